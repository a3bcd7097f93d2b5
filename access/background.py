"""One thread for work that nobody waits for: what was asked for last comes first, each thing once, until it is closed.

The thread keeps no process from ending, and what waits is forgotten then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future

WAITING = 32
"""Things that wait at most. Whose is forgotten asks again: a page that is loaded anew."""

log = logging.getLogger("phuongchi.serve")


class Background:
    """Work by name. What has a name in `first` comes before all else and is never forgotten."""

    def __init__(self, name: str, first: Collection[object] = ()) -> None:
        self._name, self._first = name, first
        self._waiting = dict[object, tuple[Callable[[], object], Future[None]]]()
        self._under_way: tuple[object, Future[None]] | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def ask(self, name: object, act: Callable[[], object]) -> Future[None] | None:
        """Have something done; what waits already comes next. Cancelled: it was forgotten. None: nothing is done any more."""
        with self._changed:
            if self._closed:
                return None
            if self._under_way and self._under_way[0] == name:
                return self._under_way[1]
            task = self._waiting.pop(name, None) or (act, Future())
            self._waiting[name] = task
            if len(self._waiting) > WAITING:
                self._forget(next(name for name in self._waiting if name not in self._first))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return task[1]

    def close(self) -> None:
        """Forget what waits; the thread ends when what it does now is done."""
        with self._changed:
            self._closed = True
            for name in [*self._waiting]:
                self._forget(name)
            self._changed.notify_all()

    def settle(self) -> None:
        """Wait until there is nothing to do."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and self._under_way is None)

    def join(self, patience: float) -> None:
        """Wait so many seconds at most for the thread to end."""
        if self._thread is not None:
            self._thread.join(patience)

    def _forget(self, name: object) -> None:
        _, done = self._waiting.pop(name)
        done.cancel()
        done.set_running_or_notify_cancel()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            act, done = task
            try:
                act()
            except Exception:
                log.exception("%s ended by an error", self._name)
            with self._changed:
                self._under_way = None
                self._changed.notify_all()
            done.set_result(None)

    def _next(self) -> tuple[Callable[[], object], Future[None]] | None:
        """What is done next, once there is something; None: the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            name = next((name for name in self._waiting if name in self._first), next(reversed(self._waiting)))
            act, done = self._waiting.pop(name)
            done.set_running_or_notify_cancel()
            self._under_way = name, done
            return act, done
