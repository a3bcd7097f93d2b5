"""What takes longer to count than a page may take is counted once and shown for some minutes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request

SECONDS = 600.0
"""For how long a count is shown."""

_MOST = 500

T = TypeVar("T")


class Kept:
    """Counts by name; the oldest go."""

    def __init__(self) -> None:
        self._values: OrderedDict[object, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: object, count: Callable[[], T]) -> T:
        """The count of this name, made now if there is none or an old one."""
        with self._lock:
            made, found = self._values.get(name, (-SECONDS, None))
        if made + SECONDS > time.monotonic():
            value: T = found
            return value
        value = count()  # not under the lock: nobody waits for the count of another page
        with self._lock:
            self._values[name] = time.monotonic(), value
            self._values.move_to_end(name)
            while len(self._values) > _MOST:
                self._values.popitem(last=False)
        return value


def kept(request: Request) -> Kept:
    """The counts of the application that a request is for."""
    state = request.app.state
    if not hasattr(state, "kept"):
        state.kept = Kept()
    found: Kept = state.kept
    return found
