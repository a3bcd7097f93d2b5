"""What a runner is asked to do and what came of it. Values and pure rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from storage.records import Portal, Visit


class Observer(Protocol):
    """Somebody who wants to see a run while it goes on."""

    def event(self, event: Mapping[str, Any]) -> None:
        """One event of a child: `{"event": "page" | "visit" | "read" | …, "portal": …}`."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """One run: the portals in batches, and how to visit them.

    `until` is when it must end (the window's end; None: no limit), `slot` the scheduled instant it stands for and `slots` all
    that it fulfils, `still_due` is asked while the archive is held whether the order still stands, `begun` is
    called in a thread once its run has begun, `read` says whether captures are read beside the crawl.
    """

    batches: tuple[tuple[Portal, ...], ...]
    kind: Literal["night", "hand", "check"] = "hand"
    full: bool = False
    since: datetime | None = None
    max_pages: int | None = None
    slot: datetime | None = None
    slots: tuple[tuple[str, datetime], ...] = ()
    still_due: Callable[[], bool] | None = None
    begun: Callable[[], None] | None = None
    until: datetime | None = None
    read: bool = True

    @property
    def portals(self) -> tuple[Portal, ...]:
        """All portals of all batches."""
        return tuple(portal for batch in self.batches for portal in batch)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: `code` is the exit code of `docs/reference.md`, `ending` is `stopped`, `limit` or nothing."""

    run: int
    code: int
    visits: tuple[Visit, ...]
    verdicts: Mapping[str, int]
    resumed: int = 0
    ending: str = ""

    def summary(self) -> dict[str, Any]:
        """What the last line of stderr says, as one JSON object."""
        counts: Counter[str] = Counter()
        for visit in self.visits:
            counts.update(visit.counts)
        portals = {
            visit.portal: {"state": visit.state, **({"cause": visit.cause} if visit.cause else {}), **visit.counts}
            for visit in self.visits
        }
        return {
            "run": self.run, "code": self.code, "ending": self.ending or "complete", "resumed": self.resumed,
            "counts": dict(counts), "verdicts": dict(self.verdicts), "portals": portals,
        }  # fmt: skip


def exit_code(visits: Sequence[Visit], *, ending: str = "") -> int:
    """0, 4, 5, 9 or 10 from how the visits ended (`docs/reference.md`, "Exit codes")."""
    if ending == "stopped":
        return 9
    unfinished = [visit for visit in visits if visit.state != "done"]
    if visits and not any(_succeeded(visit) for visit in visits) and ending != "limit":
        return 5
    if ending == "limit" or (unfinished and all(visit.cause.startswith("limit.") for visit in unfinished)):
        return 10
    return 4 if unfinished else 0


def _succeeded(visit: Visit) -> bool:
    return visit.state == "done" or (visit.state == "partial" and visit.counts.get("answered", 0) > 0)
