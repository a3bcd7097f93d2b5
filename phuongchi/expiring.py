"""Old `watch` files let go, as the setting `warc.watch_retention_days` says: under the lease of a crawl, with everything
in order that an earlier process left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from phuongchi.archive import Archive

if TYPE_CHECKING:
    from storage.engine import Database, Fence
    from storage.upkeep.expiry import Plan

Say = Callable[[str], None]


def expire(archive: Archive, *, dry_run: bool, say: Say = lambda name: None) -> Plan:
    """Let go what is older than the retention; returns what went (or would go) and why the rest of it stays.

    Without a retention nothing is old; what a killed process has begun is carried out all the same. Raises Held, and
    the errors of `storage`.
    """
    from storage.upkeep import expiry
    from storage.writer import keeping

    days = archive.config.warc.watch_retention_days
    now, db = archive.clock.now(), archive.connect(readonly=dry_run)
    before = now - expiry.retention(days)
    try:
        if dry_run:
            return expiry.look(db, archive.folder, expiry.old(db, before=before) if days else [])
        archive.check_writable()
        with _in_order(archive, db) as fence:
            expiry.finish(db, archive.folder, fence)
            names = expiry.old(db, before=before) if days else []
            keeper = keeping.Keeper(db, archive.folder, fence, archive.config.user_agent, now)
            keeping.keep_changes(keeper)
            plan = expiry.prepare(keeper, names, say=say)
            expiry.carry_out(db, archive.folder, fence, plan.going, now=now)
            return plan
    finally:
        db.close()


@contextmanager
def _in_order(archive: Archive, db: Database) -> Iterator[Fence]:
    """Nobody crawls or reads, and what a killed process left is done."""
    from phuongchi import redacting

    with redacting.alone(db, archive) as fence:
        redacting.finish(archive, db, fence)
        yield fence
