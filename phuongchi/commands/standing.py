"""How portals stand, as `status` shows it: states with their causes and cures, and troubles that several have together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from storage.text import VIETNAM, instant_text

if TYPE_CHECKING:
    from monitoring.cadence import Cadence
    from monitoring.states import PortalState
    from monitoring.watch import Picture
    from phuongchi.commands.common import Session

_SILENT = ("healthy", "new", "paused")


def of_portals(picture: Picture) -> dict[str, dict[str, Any]]:
    """Each portal's standing for programs."""
    return {portal: _standing(state, picture.cadences[portal]) for portal, state in picture.states.items()}


def of_outages(picture: Picture) -> list[dict[str, Any]]:
    """Troubles that several portals have together, for programs."""
    return [
        {"key": one.key, "state": one.state, "portals": list(one.portals), "since": _iso(one.since), "alarm": one.alarm}
        for one in picture.outages
    ]


def show(session: Session, portals: Sequence[Mapping[str, Any]], outages: Sequence[Mapping[str, Any]]) -> None:
    """Say which portals are not simply well, why, and what to do; portals of one outage only once."""
    from monitoring.words import meaning

    say = session.voice.result
    together = {portal for one in outages for portal in one["portals"]}
    for one in outages:
        words = meaning(one["state"])
        say(f"{one['key']}: {words.vi} | {words.en}, từ | since {_local(one['since'])}: {', '.join(one['portals'])}")
    told = [portal for portal in portals if portal["standing"] and portal["standing"]["state"] not in _SILENT]
    alone = [portal for portal in told if portal["id"] not in together]
    if alone:
        say("Tình trạng nguồn | how portals stand:")
    for portal in alone:
        standing, words = portal["standing"], meaning(portal["standing"]["state"])
        cause = f": {standing['cause']['vi']} | {standing['cause']['en']}" if standing["cause"]["vi"] else ""
        say(f"  {portal['id']}: {words.vi} | {words.en}, từ | since {_local(standing['since'])}{cause}")
        if standing["alarm"]:
            say(f"    → {words.vi_cure} | {words.en_cure}")


def _standing(state: PortalState, cadence: Cadence) -> dict[str, Any]:
    return {
        "state": state.state, "since": _iso(state.since), "alarm": state.alarm, "cause": {"vi": state.vi, "en": state.en},
        "doubt": state.doubt, "evidence": list(state.evidence),
        "cadence": {
            "per_week": round(cadence.per_week, 2), "gaps": cadence.gaps, "last": _iso(cadence.last),
            "expected_by": _iso(cadence.expected_by), "late_after": _iso(cadence.late_after), "silent_days": cadence.silence,
            "chance": round(cadence.chance, 5),
        },
    }  # fmt: skip


def _local(instant: str | None) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(VIETNAM):%d/%m/%Y}" if instant else "–"


def _iso(instant: datetime | None) -> str | None:
    return instant_text(instant) if instant is not None else None
