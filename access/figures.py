"""What takes longer to count than a page may take: counted beside the pages, and shown with the moment of the count.

Nobody waits for a number that is known, however old it is: it is shown as of its moment, and counted anew meanwhile, once for
all who ask. Numbers belong to the database that they were counted in: when another file takes its place nothing is known yet.
On PostgreSQL nobody notices that an archive was made anew: its old numbers are shown, as of their moment, until they are old.
"""

from __future__ import annotations

import logging
import pickle
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Collection
from concurrent.futures import Future, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from access.background import Background
from storage.engine import Database
from storage.errors import PhuongChiError
from storage.serving import Unhurried

FRESH = 600.0
"""Seconds after which a number is counted anew, for whoever asks then."""

PATIENCE = 0.05
"""Seconds that a page waits for numbers that were never counted; one that goes without them says so."""

AGAIN = 60.0
"""Seconds after which a count that failed is tried again."""

MOST = 64 * 2**20
"""Bytes of numbers that are kept: those of 3,321 large portals, some 15 KB each."""

_PATIENT = 10.0
"""How many times as long as a visitor's questions those of a count may take for which nobody waits."""

log = logging.getLogger("phuongchi.serve")

T = TypeVar("T")
Count = Callable[[Database], T]


@dataclass(frozen=True, slots=True)
class Figure(Generic[T]):
    """What was counted, and when its count began."""

    value: T
    at: datetime


@dataclass(frozen=True, slots=True)
class _Kept:
    """A figure as few bytes (the days of ten years are 300 KB as a dict, a twentieth so), and until when it is fresh."""

    value: bytes
    at: datetime
    until: float

    def figure(self) -> Figure[Any]:
        return Figure(pickle.loads(zlib.decompress(self.value)), self.at)  # noqa: S301 - written by this process


class Figures:
    """Numbers by name; those that were asked for longest ago go, `lasting` ones never. One thread counts, until `close`.

    `database` is the one that is served at the moment, `now` the time that people are told. What is counted can be pickled.
    """

    def __init__(
        self, database: Callable[[], Database], now: Callable[[], datetime], *, lasting: Collection[object] = ()
    ) -> None:
        self._database, self._now, self._lasting = database, now, lasting
        self._of: Database | None = None
        self._known = OrderedDict[object, _Kept]()
        self._weight = 0
        self._failed = dict[object, float]()
        self._lock = threading.Lock()
        self._counting = Background("figures", first=lasting)
        self._unhurried = Unhurried(_PATIENT)

    def here(self, name: object, count: Count[T]) -> Figure[T]:
        """What takes but a moment: counted by whoever asks if it is not known, or not fresh. Raises what `count` raises."""
        known, fresh = self._found(name)
        return known if known and fresh else self._counted(name, count, self._there())

    def beside(self, name: object, count: Count[T], *, patience: float = PATIENCE) -> Figure[T] | None:
        """What is known, of any age; None if nothing is after so many seconds. Whoever asks never counts."""
        known, fresh = self._found(name)
        if not fresh:
            under_way = self.renew(name, count)
            if known is None and under_way is not None:
                wait([under_way], patience)
                known, _ = self._found(name)
        return known

    def renew(self, name: object, count: Count[T]) -> Future[None] | None:
        """Have it counted, once for all who want that; None: it failed a moment ago, or the server ends."""
        with self._lock:
            if time.monotonic() < self._failed.get(name, 0.0):
                return None
        return self._counting.ask(name, lambda: self._attempted(name, count))

    def failed(self, name: object) -> bool:
        """Whether it could not be counted when that was tried last."""
        with self._lock:
            return name in self._failed

    def settle(self) -> None:
        """Wait until nothing waits to be counted."""
        self._counting.settle()

    def close(self, patience: float = 0.0) -> None:
        """Forget what waits, break off what is counted, and wait so many seconds at most for the end of that."""
        self._counting.close()
        self._unhurried.end()
        self._counting.join(patience)

    def _there(self) -> Database:
        """The database that is there now; of another one than before nothing is known."""
        db = self._database()
        with self._lock:
            if db is not self._of:
                self._of, self._weight = db, 0
                self._known.clear()
                self._failed.clear()
        return db

    def _found(self, name: object) -> tuple[Figure[Any] | None, bool]:
        """What is known in the database that is there now, and whether it is fresh."""
        self._there()
        with self._lock:
            kept = self._known.get(name)
            if kept is None:
                return None, False
            self._known.move_to_end(name)
        return kept.figure(), time.monotonic() < kept.until

    def _attempted(self, name: object, count: Count[T]) -> None:
        db = self._of
        try:
            db = self._there()
            with self._unhurried.asking():
                self._counted(name, count, db)
        except Exception as error:
            if self._unhurried.ended:
                return
            with self._lock:
                if db is self._of:  # else it is of a database that is no more
                    self._failed[name] = time.monotonic() + AGAIN
            if isinstance(error, PhuongChiError):
                log.warning("%s could not be counted: %s", name, error)
            else:
                log.exception("%s could not be counted", name)

    def _counted(self, name: object, count: Count[T], db: Database) -> Figure[T]:
        at = self._now()
        made = Figure(count(db), at)
        kept = _Kept(zlib.compress(pickle.dumps(made.value), 1), at, time.monotonic() + FRESH)
        with self._lock:
            if db is self._of:
                self._failed.pop(name, None)
                self._keep(name, kept)
        return made

    def _keep(self, name: object, kept: _Kept) -> None:
        """Keep a figure, and no more than so many bytes."""
        old = self._known.pop(name, None)
        self._known[name] = kept
        self._weight += len(kept.value) - (len(old.value) if old else 0)
        while self._weight > MOST:
            longest = next((one for one in self._known if one not in self._lasting), None)
            if longest is None:
                break
            self._weight -= len(self._known.pop(longest).value)
