"""Turns what database drivers and file systems raise into the project's errors, at the border of `storage`."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from storage.errors import DatabaseError, PhuongChiError, StorageFull, TooSlow

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}
_SQLITE_ERRORS = {  # primary result codes; the higher bits of a code only refine it
    3: "no room",  # SQLITE_PERM
    5: "busy",  # SQLITE_BUSY
    6: "busy",  # SQLITE_LOCKED
    8: "no room",  # SQLITE_READONLY
    9: "slow",  # SQLITE_INTERRUPT
    10: "disk",  # SQLITE_IOERR: the system refused to read or write; the data is as it was
    11: "damaged",  # SQLITE_CORRUPT
    13: "no room",  # SQLITE_FULL
    14: "gone",  # SQLITE_CANTOPEN
    26: "damaged",  # SQLITE_NOTADB
}
_POSTGRES_ERRORS = (  # classes of `psycopg.errors`, the first that fits
    ("DiskFull", "no room"),
    ("ReadOnlySqlTransaction", "no room"),
    ("LockNotAvailable", "busy"),
    ("DeadlockDetected", "busy"),
    ("SerializationFailure", "busy"),
    ("QueryCanceled", "slow"),
    ("DataCorrupted", "damaged"),
    ("IndexCorrupted", "damaged"),
    ("OperationalError", "gone"),
)


@contextmanager
def wrapped(place: str) -> Iterator[None]:
    """Raise our own errors for the faults of the database at `place`; the driver's error stays as the cause.

    A disk that is full, read-only or failing is StorageFull; a busy, missing or damaged database is DatabaseError. Anything
    else (a broken constraint, wrong SQL) is a bug of ours and passes as it is.
    """
    try:
        yield
    except exc.DBAPIError as error:
        known = translated(error, place)
        if known is None:
            raise
        raise known from error
    except exc.TimeoutError as error:
        raise _fault("busy", place, str(error)) from error


def translated(error: exc.DBAPIError, place: str) -> PhuongChiError | None:
    """Our error for the driver's, or None if it is not one of the faults that an operator can cure."""
    original = error.orig
    if original is None:
        return None
    kind = _kind(original)
    return _fault(kind, place, str(original).strip()) if kind else None


def full_disk(error: OSError, place: str) -> StorageFull | None:
    """StorageFull for an OSError that says so (no room, quota, read-only, no right to write), else None."""
    if error.errno not in _NO_ROOM:
        return None
    return StorageFull(f"cannot write {place}: {error.strerror}", cure="Free space or make the folder writable")


def _kind(original: BaseException) -> str:
    # Who uses SQLite never loads psycopg: each process would start a tenth of a second later.
    postgres = sys.modules.get("psycopg.errors")
    for name, kind in _POSTGRES_ERRORS if postgres else ():
        if isinstance(original, getattr(postgres, name)):
            return kind
    code = getattr(original, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return ""
    return _SQLITE_ERRORS.get(code & 0xFF, "")


def _fault(kind: str, place: str, detail: str) -> PhuongChiError:
    if kind == "no room":
        return StorageFull(f"cannot write {place}: {detail}", cure="Free space or make the folder writable")
    if kind == "disk":
        return StorageFull(
            f"the disk refused to read or write {place}: {detail}",
            cure="Free space, raise quota and file size limit (ulimit -f), look for disk errors; the same command goes on",
        )
    if kind == "busy":
        return DatabaseError(f"{place} is busy: {detail}", cure="End the other program that holds it and try again")
    if kind == "slow":
        return TooSlow(f"{place} took too long to answer", cure="Ask for less: fewer or rarer words, a portal, a year")
    if kind == "damaged":
        return DatabaseError(
            f"{place} is damaged: {detail}", cure="Restore it from a backup, or make it anew with `phuongchi reindex`"
        )
    return DatabaseError(f"{place} cannot be reached: {detail}", cure="Check that it is there and its server runs")
