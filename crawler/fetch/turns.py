"""Whose turn a server is among the processes of one archive: only one of them asks it at a time.

A lease of a minute, renewed for all servers together: a single process pays a small write four times a minute. Who finds a
server taken leaves a wish; the holder sees it when it renews, finishes what flies, and steps back for a moment. Leases use
real time: that of a process which was killed is free at once on the same machine, elsewhere when it runs out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from crawler.fetch.pace import Server
from storage import leases
from storage.engine import Database

Word = Literal["ours", "free", "late", "taken"]
"""A server is `ours` already; it was `free` until now; it was another's that did not give it back (`late`: nobody knows when it
was asked last); or it is another's."""


@dataclass(slots=True)
class _Turn:
    """`until`: the monotonic instant to which it is surely ours, 0 while it is another's; `again`: not to be asked for before;
    `since`: since when it is waited for without a break; `yielding`: nothing more is started, because another process waits."""

    until: float = 0.0
    again: float = 0.0
    since: float = 0.0
    yielding: bool = False


class Turns:
    """The servers that this process may ask. Instants are seconds of the crawl's monotonic clock.

    `left` is told of each server before it is given up, so that what it asked for can be remembered.
    """

    def __init__(self, db: Database, *, lease: float, left: Callable[[str], None]) -> None:
        self._db, self._lease, self._left = db, lease, left
        self._turns: dict[str, _Turn] = {}
        self._renew_at = 0.0

    def take(self, server: str, now: float) -> Word:
        """Be the one that asks a server, if nobody else is. Costs a write where it is not ours yet."""
        turn = self._turns.setdefault(server, _Turn())
        if turn.yielding or turn.again > now:
            return "taken"
        if turn.until > now:
            return "ours"
        word = leases.take_turn(self._db, server, ttl=self._lease)
        if word == "taken":
            if now > turn.again + self._lease:  # nobody waited meanwhile: its hours were quiet, or it asked for a pause
                turn.since = 0.0
            turn.since, turn.again = turn.since or now, now + self._lease / 12
        else:
            self._turns[server] = _Turn(until=now + 0.9 * self._lease)
            self._renew_at = self._renew_at or now + self._lease / 4
        return word

    def again(self, server: str, now: float) -> float:
        """When to look again for a server that is another's."""
        return max(self._turns[server].again, now + self._lease / 60)

    def waited(self, server: str, now: float) -> float:
        """Seconds that this process has waited for a server that is another's."""
        since = self._turns[server].since
        return now - since if since else 0.0

    def keep(self, servers: Mapping[str, Server], now: float) -> None:
        """Renew when it is time: `servers` are those still needed. The others go, and those that another process waits for."""
        if not self._turns or now < self._renew_at:
            return
        mine = [name for name, turn in self._turns.items() if turn.until and name in servers]
        kept, wanted = leases.keep_turns(self._db, mine, ttl=self._lease)
        for name in mine:
            self._turns[name].until = now + 0.9 * self._lease if name in kept else 0.0
            self._turns[name].yielding = name in wanted
        given = [name for name in wanted if not servers[name].flying]
        self._give_up([*(name for name in self._turns if name not in servers), *given])
        self._turns |= {name: _Turn(again=now + self._lease / 6, since=now) for name in given}
        self._renew_at = now if wanted - {*given} else now + self._lease / 4

    def close(self) -> None:
        """Give all servers back."""
        self._give_up(list(self._turns))

    def _give_up(self, names: list[str]) -> None:
        for name in names:
            if self._turns.pop(name).until:
                self._left(name)
        if names:
            leases.leave_turns(self._db, names)
