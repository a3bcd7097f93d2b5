"""What takes longer to count than a page may take: counted beside the pages, and shown with the moment of the count.

Nobody waits for a number that is known, however old it is: it is shown as of its moment, and counted anew meanwhile, once for
all who ask. Numbers belong to the database that they were counted in; of another one in its place nothing is known yet.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from storage.engine import Database
from storage.errors import PhuongChiError
from storage.serving import unhurried

FRESH = 600.0
"""Seconds after which a number is counted anew, for whoever asks then."""

PATIENCE = 0.05
"""Seconds that a page waits for numbers that were never counted; one that goes without them says so."""

AGAIN = 60.0
"""Seconds after which a count that failed is tried again."""

_MOST = 200
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


class Figures:
    """Numbers by name; those that were counted longest ago go. One thread counts, until `close`.

    `database` is the one that is served at the moment, `now` the time that people are told.
    """

    def __init__(self, database: Callable[[], Database], now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._of: Database | None = None
        self._known = OrderedDict[object, tuple[Figure[Any], float]]()
        self._under_way = dict[object, Future[None]]()
        self._resting = dict[object, float]()
        self._lock = threading.Lock()
        self._counting = ThreadPoolExecutor(1, "figures")

    def here(self, name: object, count: Count[T]) -> Figure[T]:
        """What takes but a moment: counted by whoever asks if it is not known, or not fresh. Raises what `count` raises."""
        known, fresh = self._found(name)
        return known if known and fresh else self._counted(name, count)

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
        """Have it counted, once for all who want that; None: it failed a moment ago."""
        with self._lock:
            if name not in self._under_way and time.monotonic() >= self._resting.get(name, 0.0):
                self._under_way[name] = self._counting.submit(self._attempted, name, count)
            return self._under_way.get(name)

    def close(self) -> None:
        """End the thread; what it counts at the moment is counted to its end."""
        self._counting.shutdown(cancel_futures=True)

    def _found(self, name: object) -> tuple[Figure[Any] | None, bool]:
        """What is known in the database that is there now, and whether it is fresh."""
        db = self._database()
        with self._lock:
            if db is not self._of:
                self._of = db
                self._known.clear()
            known, until = self._known.get(name, (None, 0.0))
        return known, time.monotonic() < until

    def _attempted(self, name: object, count: Count[T]) -> None:
        try:
            with unhurried(_PATIENT):
                self._counted(name, count)
            self._resting.pop(name, None)
        except PhuongChiError as error:
            self._resting[name] = time.monotonic() + AGAIN
            log.warning("%s could not be counted: %s", name, error)
        finally:
            with self._lock:
                del self._under_way[name]

    def _counted(self, name: object, count: Count[T]) -> Figure[T]:
        db, at = self._database(), self._now()
        made = Figure(count(db), at)
        with self._lock:
            if db is self._of:
                self._known[name] = made, time.monotonic() + FRESH
                self._known.move_to_end(name)
                while len(self._known) > _MOST:
                    self._known.popitem(last=False)
        return made
