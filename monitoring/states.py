"""How a portal stands: its last visits, its cadence and the state before become a state with its cause. Pure.

observations -> a symptom of each visit (`monitoring.symptoms`) -> runs of bad and good visits -> state, alarm

One bad night changes nothing; the second one in a row does, or the third of six. Two good ones end it. A visit that tells
nothing (it was stopped, or the night was over) changes nothing either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.cadence import Cadence
from monitoring.symptoms import UNKNOWN, Symptom, symptoms
from storage.observations import Observation
from storage.text import VIETNAM

STATES = (
    "healthy", "quiet", "late", "empty-listing", "layout-changed", "needs-browser", "blocked", "maintenance", "unreachable",
    "tls", "robots-deferred", "moved", "dissolved", "hijacked", "error", "never-ran", "paused", "new",
)  # fmt: skip
"""Every state there is. `new`: nobody has visited it yet, and it is not time."""

BENIGN = frozenset(("healthy", "quiet", "paused", "new"))
"""States in which nothing is wrong."""

OVERDUE = timedelta(hours=12)
"""How much later than its schedule a visit may begin before it counts as not made."""

ANNOUNCED = timedelta(days=14)
"""How long a portal's word of its end is believed although it goes on."""

SELDOM = timedelta(days=7)
"""How long a failing portal may be left alone (`monitoring.polling`)."""

UNTROUBLED = BENIGN | {"late", "never-ran"}
"""States of portals whose visits show no trouble."""

_CERTAIN, _OFTEN, _WINDOW, _WELL, _MUTE = 2, 3, 6, 2, 5
_TOLD = 5


@dataclass(frozen=True, slots=True)
class PortalState:
    """How a portal stands at this moment.

    `since` is when the state began: for trouble the first bad visit, for recovery the first good one. `vi` and `en` say why,
    `evidence` are the facts behind it, one visit a line, the newest last. `alarm`: somebody should know; `visits` is how many
    visits of this episode were bad. A single bad visit leaves the state as it was; `doubt` is what it seemed to
    show, `doubted_at` when.
    """

    portal: str
    state: str
    since: datetime
    vi: str = ""
    en: str = ""
    evidence: tuple[str, ...] = ()
    alarm: bool = False
    visits: int = 0
    doubt: str = ""
    doubted_at: datetime | None = None

    @property
    def fell_at(self) -> datetime:
        """When the trouble began, also one that only a single visit has shown."""
        return self.doubted_at or self.since

    @property
    def cause(self) -> str:
        """The reason as it is written down: Vietnamese, then English."""
        return f"{self.vi} | {self.en}" if self.vi else ""


@dataclass(frozen=True, slots=True)
class Before:
    """The state that was written down last: since when, and why."""

    state: str
    since: datetime
    vi: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of a portal when it is judged: `observed` are its last visits, the oldest first; `every` is how often
    it should be visited, `added` when it came to the archive; `farewell` is a headline of the last months that tells of the
    portal's end or its new address."""

    portal: str
    observed: Sequence[Observation]
    cadence: Cadence
    before: Before | None = None
    every: timedelta = timedelta(days=1)
    enabled: bool = True
    added: datetime | None = None
    farewell: str = ""


def decide(case: Case, *, now: datetime) -> PortalState:
    """How a portal stands."""
    if not case.enabled:
        return _state(case, "paused", now, "tạm dừng theo portals.toml", "paused in portals.toml")
    waits_since = case.observed[-1].at if case.observed else case.added
    rests = case.before is not None and case.before.state not in BENIGN
    if waits_since is not None and now - waits_since > max(case.every, SELDOM if rests else case.every) + OVERDUE:
        return _never_ran(case, waits_since)
    if not case.observed:
        return _state(case, "new", now, "chưa thu thập lần nào", "not visited yet")
    told = symptoms(case.observed)
    series = [one for one in told if one.state != UNKNOWN]
    if (mute := _mute(case, told)) is not None:
        return mute
    return _in_trouble(case, series) or _by_cadence(case, series)


# --- trouble --------------------------------------------------------------------------------------------------------


def _in_trouble(case: Case, series: Sequence[Symptom]) -> PortalState | None:
    """The trouble that the last visits show, or that has not certainly ended; None if the portal is well."""
    episode = _episode(series)
    bad = [one for one in episode if one.bad]
    if not bad:
        return None
    known = case.before is not None and case.before.state not in UNTROUBLED
    first = len(bad) == len(series)  # nobody has seen it well
    certain = (
        known
        or episode[-1].sure
        or _in_a_row(episode) >= _CERTAIN
        or sum(one.bad for one in series[-_WINDOW:]) >= _OFTEN
    )
    if not certain:
        return _unproven(case, bad[-1]) if first else None
    named = _named(case, bad)
    return _state(case, named.state, bad[0].at, named.vi, named.en, alarm=certain, visits=len(bad),
                  evidence=tuple(_line(one) for one in episode[-_TOLD:]))  # fmt: skip


def _unproven(case: Case, one: Symptom) -> PortalState:
    """A portal that nobody has seen well, after one bad visit."""
    return _state(case, "new", one.at, one.vi, one.en, evidence=(_line(one),), doubt=(one.state, one.at))


def _episode(series: Sequence[Symptom]) -> Sequence[Symptom]:
    """The visits since the portal was last certainly well, beginning with a bad one."""
    start, well = len(series), 0
    for at in range(len(series) - 1, -1, -1):
        if series[at].bad:
            start, well = at, 0
            continue
        well += 1
        if well >= _WELL:
            break
    return series[start:]


def _in_a_row(episode: Sequence[Symptom]) -> int:
    count = 0
    for one in reversed(episode):
        if not one.bad:
            break
        count += 1
    return count


def _named(case: Case, bad: Sequence[Symptom]) -> Symptom:
    """What the trouble is called: what it was called before until the last two visits agree on another name."""
    last = bad[-1]
    if case.before is None or case.before.state == last.state or case.before.state in UNTROUBLED:
        return last
    if len(bad) >= 2 and bad[-2].state == last.state:
        return last
    same = [one for one in bad if one.state == case.before.state]
    return same[-1] if same else last


def _mute(case: Case, told: Sequence[Symptom]) -> PortalState | None:
    """A portal whose visits have long come to no end that tells anything; not one that is put off on purpose."""
    tail: list[Observation] = []
    for one, symptom in zip(reversed(case.observed), reversed(told), strict=True):
        if symptom.state != UNKNOWN or one.state == "running" or one.cause == "platform.stopped":
            break
        tail.append(one)
    if len(tail) < _MUTE:
        return None
    cause = tail[0].cause or tail[0].state
    vi, en = (
        f"{len(tail)} lần thu thập liền không đi đến đâu ({cause})",
        f"{len(tail)} visits in a row came to nothing ({cause})",
    )
    return _state(case, "error", tail[-1].at, vi, en, alarm=True, visits=len(tail))


# --- no trouble -----------------------------------------------------------------------------------------------------


def _by_cadence(case: Case, series: Sequence[Symptom]) -> PortalState:
    """Healthy, quiet or late, by how long the portal has been silent."""
    cadence = case.cadence
    last = series[-1] if series else None
    doubt = (last.state, last.at) if last is not None and last.bad else ("", None)
    evidence = (_line(last),) if last is not None else ()
    well = case.observed[-1].at
    for one in reversed(series):
        if one.bad:
            break
        well = one.at
    if case.farewell and (cadence.quiet or _just_said(case)):
        vi, en = f"tin của cổng: “{case.farewell[:120]}”", f"its own news; silent for {cadence.silence} days"
        return _state(case, "dissolved", well, vi, en, alarm=True, evidence=evidence, doubt=doubt)
    if cadence.late and cadence.late_after is not None:
        vi = (
            f"im lặng {cadence.silence} ngày; nhịp {_pace(cadence)} ngày có tin mỗi tuần: chưa tới một lần trong 10 năm"
        )
        en = f"silent for {cadence.silence} days; {_pace(cadence)} days with news a week: less than once in ten years"
        return _state(case, "late", cadence.late_after, vi, en, alarm=True, evidence=evidence, doubt=doubt)
    if cadence.quiet and cadence.expected_by is not None:
        vi = f"im lặng {cadence.silence} ngày, lâu hơn thường lệ nhưng vẫn từng có"
        en = f"silent for {cadence.silence} days: longer than mostly, but it happens"
        return _state(case, "quiet", cadence.expected_by, vi, en, evidence=evidence, doubt=doubt)
    return _state(case, "healthy", well, "", "", evidence=evidence, doubt=doubt)


def _just_said(case: Case) -> bool:
    """Whether the portal announced its end in the last two weeks."""
    latest = case.observed[-1].at
    return any(one.counts.get("farewell") and latest - one.at <= ANNOUNCED for one in case.observed)


def _never_ran(case: Case, since: datetime) -> PortalState:
    day = f"{since.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
    if not case.observed:
        said = (f"chưa từng được thu thập từ {day}", f"never visited since {day}")
    else:
        said = (f"không có phiên nào từ {day}: lỗi ở lịch chạy hay máy, không phải ở cổng",
                f"no visit since {day}: the schedule's or the machine's fault, not the portal's")  # fmt: skip
    return _state(case, "never-ran", since, *said, alarm=True)


def _state(
    case: Case, name: str, at: datetime, vi: str, en: str, *, alarm: bool = False, visits: int = 0,
    evidence: tuple[str, ...] = (), doubt: tuple[str, datetime | None] = ("", None),
) -> PortalState:  # fmt: skip
    """The state; one that goes on began when it was first seen."""
    goes_on = case.before is not None and case.before.state == name
    since = case.before.since if goes_on and case.before is not None else at
    return PortalState(case.portal, name, since, vi, en, evidence, alarm, visits, *doubt)


def _pace(cadence: Cadence) -> str:
    return f"{cadence.per_week:.1f}"


def _line(one: Symptom) -> str:
    return f"{one.at.astimezone(VIETNAM):%d/%m/%Y %H:%M} {one.fact}"
