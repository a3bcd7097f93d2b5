"""Where crawl batches run. `LocalRunner` starts them as child processes of this one; with `runner = "queue"` workers do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from phuongchi.runners.local import LocalRunner
from phuongchi.runners.order import Observer, Order, Outcome
from storage.errors import UsageError

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from storage.records import Portal

__all__ = ["LocalRunner", "Observer", "Order", "Outcome", "check_queue", "runner_of"]


def runner_of(
    archive: Archive, observer: Observer, *, portals: Callable[[], Sequence[Portal]] | None = None
) -> LocalRunner:
    """The runner that the setting `runner` names. Raises UsageError where it cannot work."""
    if archive.config.runner == "local":
        return LocalRunner(archive, observer, portals=portals)
    check_queue(archive)
    from phuongchi.runners.queueing import QueueRunner

    return QueueRunner(archive, observer, portals=portals)


def check_queue(archive: Archive) -> None:
    """Raise UsageError unless there is what a queue needs: PostgreSQL, and the extra `queue`."""
    if not archive.config.database.startswith("postgresql"):
        raise UsageError(
            'runner = "queue" needs PostgreSQL, and the database is a SQLite file',
            cure="Move it with `phuongchi db copy --to postgresql://… --switch`",
        )
    if find_spec("procrastinate") is None:
        raise UsageError(
            'runner = "queue" needs procrastinate, which is not installed',
            cure="Install it: pip install 'phuongchi[queue]'",
        )
