"""Where the change feed stands, looked up once for all who wait for it: a hundred who wait cost the database as much as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fastapi.concurrency import run_in_threadpool

LOOK_EVERY = 0.5
"""Seconds between two looks for something new."""

Stand = tuple[int, int]
"""Epoch and number of the newest entry."""


class News:
    """The newest stand that somebody has seen."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._stand: Stand = (0, 0)
        self._next = 0.0

    async def stand(self, look: Callable[[], Stand]) -> Stand:
        """Where the feed stands, as `look` says or said less than LOOK_EVERY ago. Raises what `look` raises."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now >= self._next:
                self._stand = await run_in_threadpool(look)
                self._next = now + LOOK_EVERY
            return self._stand
