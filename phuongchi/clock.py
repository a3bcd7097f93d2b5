"""The time of a command: the machine's at every reading, or begun at `PHUONGCHI_NOW` and running on from there.

Tests and the demo play several nights in a minute by moving this clock. Leases and locks never use it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from storage.errors import UsageError
from storage.text import VIETNAM

VARIABLE = "PHUONGCHI_NOW"


@dataclass(frozen=True, slots=True)
class Clock:
    """The machine's clock, or an instant given by hand and the reading of the monotonic clock that belongs to it.

    `simulated` says that `start` was given; only then does the time run on from there, and do children get it by environment.
    """

    start: datetime
    origin: float
    simulated: bool = False
    monotonic: Callable[[], float] = time.monotonic

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Clock:
        """The clock of a command with this environment. Raises UsageError when `PHUONGCHI_NOW` is no ISO time."""
        given = environment.get(VARIABLE, "").strip()
        start = parse_instant(given) if given else datetime.now(UTC)
        return cls(start, time.monotonic(), simulated=bool(given))

    def now(self) -> datetime:
        """The present instant of this command, in UTC.

        The real one is read anew each time: the monotonic clock stands still while a machine sleeps, and knows nothing of one
        whose time is set.
        """
        if not self.simulated:
            return datetime.now(UTC)
        return self.start + timedelta(seconds=self.monotonic() - self.origin)

    def environment(self) -> dict[str, str]:
        """What a child needs to go on from the present instant: nothing, unless the time is simulated."""
        return {VARIABLE: self.now().isoformat()} if self.simulated else {}


def parse_instant(text: str) -> datetime:
    """`text` (ISO 8601) in UTC; without a zone it is Vietnamese local time, without a time midnight.

    Raises UsageError naming the variable.
    """
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{VARIABLE}={text!r} is not an ISO time", cure=f"Write it as in {VARIABLE}=2026-11-22T22:30:00+07:00"
        ) from None
    return (value if value.tzinfo else value.replace(tzinfo=VIETNAM)).astimezone(UTC)
