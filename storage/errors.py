"""Everything that can go wrong on purpose, as one small tree.

    PhuongChiError                   exit code
    ├── UsageError                   2   a command, setting or file of the operator is not usable; nothing was started
    │   └── NoArchive                2   there is no archive here
    ├── Held                         3   another run holds the archive, or took it over while we slept
    ├── FetchError                   4   a portal or an address could not be fetched
    │   └── Unreachable              5   nothing answered at all, or no portal
    ├── StorageFull                  6   the folder cannot be written: full, read-only, or below `min_free`
    ├── Away                         6   where finished WARC files stand (`warc.remote`) does not answer
    ├── DatabaseError                7   the database is busy, gone or damaged
    │   ├── SchemaError              7   the database has another schema than this program
    │   └── TooSlow                  7   a question took longer than a server gives it
    ├── FixityError                  8   bytes are not what was written
    └── Stopped                      9   a signal ended the work in order; the same command goes on

Expected outcomes (a duplicate, an unchanged page, a page that is no article) are verdicts, never exceptions. Each message says
which portal and URL it is about and what to do; the exit codes are those of `docs/reference.md`.
"""

from __future__ import annotations


class PhuongChiError(Exception):
    """Something went wrong in a way the program knows.

    `cure` is one sentence that says what the operator can do; it is printed after the message. `vi` says both to Vietnamese
    readers of the pages, where people and not operators can be at fault.
    """

    exit_code = 1

    def __init__(self, message: str, *, portal: str = "", url: str = "", cure: str = "", vi: str = "") -> None:
        super().__init__(message)
        self.message, self.portal, self.url, self.cure, self.vi = message, portal, url, cure, vi

    def __str__(self) -> str:
        where = " ".join(part for part in (self.portal, self.url) if part)
        text = f"{where}: {self.message}" if where else self.message
        return f"{text}. {self.cure}" if self.cure else text


class UsageError(PhuongChiError):
    """A command, setting or file of the operator is not usable; nothing was started."""

    exit_code = 2


class NoArchive(UsageError):
    """There is no archive in this folder or above it."""


class Held(PhuongChiError):
    """Another run holds the archive, or took it over."""

    exit_code = 3


class FetchError(PhuongChiError):
    """A portal or an address could not be fetched."""

    exit_code = 4


class Unreachable(FetchError):
    """Nothing answered at the portal's address, or what answered is no portal."""

    exit_code = 5


class StorageFull(PhuongChiError):
    """The archive's folder cannot be written: its disk is full, read-only or failing."""

    exit_code = 6


class Away(PhuongChiError):
    """The shared folder or the bucket in which finished WARC files stand does not answer; nothing there is lost."""

    exit_code = 6


class DatabaseError(PhuongChiError):
    """The database is busy, gone or damaged."""

    exit_code = 7


class SchemaError(DatabaseError):
    """The database has another schema than this program."""


class TooSlow(DatabaseError):
    """A question took longer than a server gives it, or was broken off by the database's own limit."""


class FixityError(PhuongChiError):
    """Bytes in a WARC file are not those that were written."""

    exit_code = 8


class Stopped(PhuongChiError):
    """A signal ended the work in order; the same command goes on."""

    exit_code = 9
