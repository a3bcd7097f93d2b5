"""Points at which a test may end this process, or let a disk be full or a database busy: `PHUONGCHI_KILL=NAME:N[:FAULT]`.

At the N-th pass through the point NAME the process is killed as by `kill -9`; with the fault `stop` it stands still until it
gets SIGCONT; with `full` or `busy` the point raises what a full disk or a busy database raises there. NAME may be `any`: then
all points count together that can do it. Children inherit the variable, and each process counts for itself. Without it a point
is one look at a variable.
"""

from __future__ import annotations

import errno
import os
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from storage.errors import UsageError

VARIABLE = "PHUONGCHI_KILL"
ANY = "any"

Fault = Literal["kill", "stop", "full", "busy"]
FAULTS: Mapping[str, tuple[Fault, ...]] = {
    "file": ("kill", "stop", "full"),
    "database": ("kill", "stop", "full", "busy"),
    "between": ("kill", "stop"),
}
"""What can happen where: while a file is written, inside a transaction, between the two."""


class Point(NamedTuple):
    """Where a point lies (a key of `FAULTS`), and what has happened when it is reached."""

    where: str
    meaning: str

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What can happen here."""
        return FAULTS[self.where]


POINTS: Mapping[str, Point] = {
    "warc.made": Point("file", "a WARC file was begun; it holds nothing yet"),
    "warc.write": Point("file", "the records of an answer are about to be written"),
    "warc.torn": Point("file", "half of the bytes of a write are with the system"),
    "warc.written": Point("between", "the records of an answer are with the system, not on the disk"),
    "warc.sync": Point("file", "what was written is about to be made durable"),
    "warc.synced": Point("between", "what was written is durable; no row points at it"),
    "warc.close": Point("file", "a WARC file is about to get its final name"),
    "warc.renamed": Point("file", "a WARC file has its final name; the manifest does not know it"),
    "warc.listed": Point("between", "the manifest has the digest of a finished file; its row has not"),
    "warc.copied": Point("between", "a record was copied into the other series; its row points at the first one"),
    "warc.cut": Point("file", "the torn tail of a dead run's file is kept apart; it is not cut yet"),
    "database.begun": Point("database", "a transaction has begun and its fence holds"),
    "database.commit": Point("database", "a transaction is about to be committed"),
    "database.committed": Point("between", "a transaction was committed"),
    "lease.taken": Point("between", "a lease was taken"),
    "lease.release": Point("between", "a lease is about to be given back"),
    "run.begun": Point("between", "a run was begun or gone on with"),
    "run.end": Point("between", "the end of a run is about to be written down"),
    "visit.begin": Point("between", "a visit is about to begin"),
    "visit.begun": Point("between", "a visit is `running`, its seeds are not lined up"),
    "visit.end": Point("between", "everything of a visit is stored, its end is not"),
    "fetch.request": Point("between", "a request is about to leave"),
    "fetch.answer": Point("between", "an answer has its records; it is in no group yet"),
    "fetch.hop": Point("between", "a redirect hop is in the group"),
    "fetch.robots": Point("between", "a robots.txt is in the group"),
    "fetch.captures": Point("database", "the rows of a group's captures are written, not those of its pages"),
    "fetch.outcomes": Point("database", "what became of a group's pages is written, not what they mention"),
    "fetch.links": Point("database", "what the pages of a group mention is written"),
    "read.slice": Point("between", "some captures were read; nothing of it is stored"),
    "read.numbers": Point("between", "a slice of captures has its article numbers; nothing else of it is stored"),
    "store.article": Point("database", "new articles have their rows, and no revision"),
    "store.revision": Point("database", "revisions are stored without their files and images"),
    "store.current": Point("database", "revisions are stored, their articles still show those before"),
    "store.removed": Point("database", "an article is marked as removed"),
    "store.noted": Point("database", "captures are marked as read"),
    "feed.numbered": Point("database", "events of the change feed have their numbers, and no rows"),
    "feed.appended": Point("database", "events of the change feed are written"),
    "template.stored": Point("between", "a learned template is stored; nothing was read with it"),
    "file.read": Point("between", "the text of a file was read; nothing of it is stored"),
    "file.stored": Point("database", "the text of a file is stored; the articles do not show it"),
    "cluster.placed": Point("database", "a slice of articles is placed in clusters; the cursor has not moved"),
    "cluster.advanced": Point("database", "the cursor has moved; the events of it are not written"),
    "backup.copy": Point("file", "a WARC file is about to be copied"),
    "backup.listed": Point("between", "a WARC file is copied and in the manifest of the backup"),
    "backup.snapshot": Point("file", "the database is copied into a draft, the configuration is not"),
    "backup.ready": Point("file", "a snapshot is complete, without its final name"),
    "backup.named": Point("between", "a snapshot has its final name"),
    "backup.rotated": Point("between", "an old snapshot was taken away"),
    "reindex.created": Point("between", "the new database has its tables"),
    "reindex.described": Point("between", "the new database knows its archive, files and portals"),
    "reindex.replayed": Point("between", "the answers of a run are in the new database, unread"),
    "reindex.read": Point("between", "the answers of a run are read"),
    "reindex.replace": Point("between", "the new database is complete and about to take its place"),
    "reindex.folded": Point("file", "the log of the old database is folded in"),
    "reindex.linked": Point("file", "the old database has its second name"),
    "reindex.replaced": Point("between", "the new database is in its place"),
    "shelf.put": Point("between", "a finished file is about to be put on its shelf"),
    "shelf.there": Point("between", "the shelf says that it has a file; nobody has compared the bytes"),
    "shelf.compared": Point("file", "the shelf has a file, byte for byte; the local copy is still there"),
    "shelf.dropped": Point("between", "a file stands on its shelf alone"),
    "verify.checked": Point("between", "a file was checked; nothing says so"),
    "verify.noted": Point("between", "the check of a file is written down"),
    "ledger.write": Point("file", "a line is about to be written into the ledger"),
    "ledger.torn": Point("file", "half of a line of the ledger is with the system"),
    "ledger.written": Point("between", "a line of the ledger is durable"),
    "export.written": Point("file", "an export is written, beside the file whose place it takes"),
    "export.replaced": Point("between", "an export is in its place"),
    "restore.files": Point("between", "the WARC files of a backup are copied back"),
    "restore.database": Point("between", "the database of a backup is back, in a new epoch"),
    "restore.configured": Point("file", "the configuration of a backup is drafted"),
    "import.written": Point("between", "the answers of an import are with the system, not on the disk"),
    "import.adopted": Point("between", "what an interrupted import wrote has rows; nothing says so"),
    "import.end": Point("between", "everything of an import is stored, its end is not"),
    "redact.ruled": Point("between", "a rule is in the ledger, and nothing is masked"),
    "redact.drafted": Point("file", "a WARC file without what is redacted stands beside it"),
    "redact.promised": Point("file", "the manifest has the digest of a masked file that did not take its place"),
    "redact.replaced": Point("between", "a masked file is in its place; its rows are those of before"),
    "redact.stored": Point("between", "files and rows are masked; clusters, exports and the free pages are not"),
    "redact.cleaned": Point("between", "everything is masked; the ledger does not say so"),
    "expire.kept": Point(
        "between", "what is still needed of old files is copied to `keep`; nothing says which files go"
    ),
    "expire.decided": Point("between", "the ledger says which files go; all of them are there"),
    "expire.noted": Point("between", "the rows of files that go say so; the manifest does not, the files are there"),
    "expire.listed": Point("file", "the manifest says that a file is gone; it is there"),
    "expire.unlinked": Point("between", "a file is gone"),
}
"""Every point by name; `docs/guarantees.md` lists them."""


@dataclass(slots=True)
class _Armed:
    """What happens at which pass; `passes` counts all of them."""

    name: str
    number: int
    fault: Fault
    passes: Counter[str] = field(default_factory=Counter)

    def reached(self, name: str) -> None:
        point = POINTS[name]
        self.passes[name] += 1
        if self.fault not in point.faults:
            return
        if self.name == ANY:
            self.passes[ANY] += 1
        elif self.name != name:
            return
        if self.passes[self.name] == self.number:
            _happen(self.fault, point.where)


_armed: _Armed | None = None
_told = os.environ.get(VARIABLE, "")


def reached(name: str) -> None:
    """The process has come to this point. Raises OSError or SQLAlchemy's OperationalError if it was told to, here and now."""
    if _armed is not None:
        _armed.reached(name)
    elif _told:
        arm(_told)
        reached(name)


def halves(name: str, data: bytes) -> Iterator[bytes]:
    """`data` as it is; in two parts with the point between them while points are armed."""
    if _armed is None and not _told:
        yield data
        return
    middle = len(data) // 2
    yield data[:middle]
    reached(name)
    yield data[middle:]


def arm(what: str) -> None:
    """Do as `NAME:N[:FAULT]` says from now on, counting from the beginning; N of 0 only counts. Raises UsageError."""
    global _armed
    name, _, rest = what.partition(":")
    number, _, fault = rest.partition(":")
    possible = FAULTS["database"] if name == ANY else POINTS[name].faults if name in POINTS else ()
    fault = fault or "kill"
    if not number.isdecimal() or fault not in possible:
        raise UsageError(
            f"{VARIABLE}={what!r} names no point, number and fault",
            cure="docs/guarantees.md lists them: NAME:N[:FAULT]",
        )
    _armed = _Armed(name, int(number), fault)


def disarm() -> None:
    """Let nothing happen any more."""
    global _armed, _told
    _armed, _told = None, ""


def passes() -> Counter[str]:
    """How often each point was reached since `arm`."""
    return Counter() if _armed is None else _armed.passes.copy()


def _happen(fault: Fault, where: str) -> None:
    if fault in ("kill", "stop"):
        os.kill(os.getpid(), signal.SIGKILL if fault == "kill" else signal.SIGSTOP)
        return
    if where == "file":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    from sqlalchemy import exc

    from storage import sqlite

    code, words = (13, "database or disk is full") if fault == "full" else (5, "database is locked")
    error = sqlite.driver.OperationalError(words)
    error.sqlite_errorcode = code
    raise exc.OperationalError("", None, error)
