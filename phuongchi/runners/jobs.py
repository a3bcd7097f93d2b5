"""The upkeep that the schedule does by day: one table, and the list of portals that outlives a broken file.

| job | command | when | what it is |
|---|---|---|---|
| `verify` | `verify` | `verify.at` | a thirtieth of all bytes read again each day |
| `expire` | `expire` | 07:30 | `watch` files beyond `warc.watch_retention_days`, if set |
| `backup` | `backup --to` | `backup.at` | the archive a second time in `backup.to`, if set |

Three more things roll, but are no jobs, because each portal's visit carries its part of them: the deep pass over all lists
(weekly by portal, `crawler.fetch.plans.deep_due`), the rechecks of articles, files and removed pages (`page.due_at`,
`crawler.fetch.conditional`), and the relearning of templates (with each reading, `crawler.ingest.driver.learning`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from monitoring.nights import Job
from phuongchi.archive import Archive
from phuongchi.portals.file import FILE
from phuongchi.times import parse_times
from storage.errors import UsageError
from storage.records import Portal

if TYPE_CHECKING:
    pass


def jobs_of(archive: Archive) -> tuple[Job, ...]:
    """The upkeep that an archive's configuration asks for."""
    values = archive.config.values
    verify, backup, to = (str(values[name]) for name in ("verify.at", "backup.at", "backup.to"))
    found = []
    if verify:
        found.append(Job("verify", parse_times(verify), ("verify",)))
    if archive.config.warc.watch_retention_days:
        found.append(Job("expire", EXPIRE, ("expire",)))
    if to:
        place = to if "://" in to else str(archive.folder / to)
        found.append(Job("backup", parse_times(backup), ("backup", "--to", place)))
    return tuple(found)


EXPIRE = "30 7 * * *"
"""When files beyond their retention go: by day, behind `verify`."""


class PortalList:
    """The portals of `portals.toml`, read anew when the file has changed; while it is broken, the last good list.

    What is wrong with the file is said once to `say`, and that it is well again.
    """

    def __init__(self, archive: Archive, say: Callable[[str], None]) -> None:
        self._archive, self._say = archive, say
        self._mark, self._good = self._state(), archive.portals()
        self._trouble = ""

    def __call__(self) -> tuple[Portal, ...]:
        """The list as it holds now."""
        if (mark := self._state()) == self._mark:
            return self._good
        self._mark = mark
        try:
            self._good, trouble = self._archive.portals(), ""
        except UsageError as error:
            trouble = str(error)
        if trouble and trouble != self._trouble:
            self._say(f"Giữ danh sách nguồn trước đó | the list of portals before it stays in use: {trouble}")
        elif self._trouble and not trouble:
            self._say(f"Danh sách nguồn dùng được trở lại | the list of portals is well again: {len(self._good)}")
        self._trouble = trouble
        return self._good

    def _state(self) -> tuple[int, ...]:
        """What changes with the file: it is large, and looked at each minute."""
        try:
            found = (self._archive.folder / FILE).stat()
        except OSError:
            return ()
        return found.st_mtime_ns, found.st_size, found.st_ino
