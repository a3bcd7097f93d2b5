"""How often a portal publishes, learned from its own days of publication, and what its present silence means.

Time is counted in working days of the portal: weekdays weigh what they weighed so far, holidays next to nothing. The gaps
between two days with news are heavy-tailed, and come in bursts; so the chance of a silence is the larger one of a log-t
distribution and of a Pareto tail behind the longest gaps. Few gaps lean on what is known of all portals.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from statistics import NormalDist

from monitoring.holidays import activity
from storage.text import VIETNAM

LEARNED_FROM = timedelta(days=400)
"""How far back days of publication count: a year with its Tết, and a little more."""

WEEK = (1.0, 1.0, 1.0, 1.0, 1.0, 0.35, 0.2)
"""What the days of a week weigh before anything is known, Monday first."""

_WEEKS_BELIEVED = 6.0
"""So many weeks the weights above count beside those that were seen."""

_HALF_LIFE = 180.0
"""Days after which a gap counts half: wards change their ways."""

RARE = 0.1
"""A silence is late if the portal, at its pace, has one so long less often than this many times a year."""

QUIET = 0.05
"""A silence is quiet, and said to be, if no more than this share of the portal's gaps is so long."""

_OFFICE = (7, 17)
"""Hours between which the news of a day come in."""

_FURTHEST = 900


@dataclass(frozen=True, slots=True)
class Prior:
    """What is known of the gaps of all portals: mean and variance of their logarithms, and as how many gaps each counts."""

    mean: float = 1.0
    variance: float = 1.2
    mean_weight: float = 1.5
    variance_weight: float = 6.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What was learned of one portal: the weights of its weekdays, its gaps as a distribution.

    `gaps` is how many were seen, `last` the last day with news; `center`, `scale` and `freedom` are those of the log-t
    distribution, `tail` the Pareto one: (share of the gaps beyond a length, that length, exponent). `usual` is the silence that
    few gaps exceed, `longest` the one that is late.
    """

    week: tuple[float, ...]
    gaps: int
    last: date | None
    center: float
    scale: float
    freedom: float
    tail: tuple[float, float, float] | None = None
    per_year: float = 52.0
    usual: float = 0.0
    longest: float = 0.0

    def weight(self, day: date) -> float:
        """How much of a working day of this portal `day` is."""
        return self.week[day.weekday()] * activity(day)

    def chance(self, silence: float) -> float:
        """The chance that a gap is longer than `silence`, in working days of the portal."""
        if silence <= 0:
            return 1.0
        body = _t_above((math.log(silence) - self.center) / self.scale, self.freedom)
        if self.tail is None:
            return body
        share, beyond, exponent = self.tail
        far = share * (silence / beyond) ** -exponent if silence > beyond else 0.0
        return min(1.0, max(body, far))

    def length(self, chance: float) -> float:
        """The silence, in working days of the portal, that a gap exceeds with this chance."""
        body = math.exp(min(12.0, self.center + self.scale * _t_quantile(chance, self.freedom)))
        if self.tail is None or self.tail[0] <= chance:
            return body
        share, beyond, exponent = self.tail
        return max(body, float(beyond * (share / chance) ** (1 / exponent)))


@dataclass(frozen=True, slots=True)
class Cadence:
    """How a portal publishes and what its present silence means.

    `per_week` are days with news in a week; `gaps` how many gaps that rests on (few: mostly what is known of all portals).
    `last` is the last sign of life, `looked_at` the last visit that could have seen news. `expected_by`: news are there by then
    nineteen times of twenty; from `late_after` on the silence is one that the portal has less than once in ten years.
    `chance` is the share of gaps that are longer than the silence between `last` and `looked_at`, `silence` its days.
    """

    per_week: float
    gaps: int
    last: datetime | None
    looked_at: datetime | None
    expected_by: datetime | None
    late_after: datetime | None
    chance: float
    silence: int

    @property
    def late(self) -> bool:
        """Whether the portal is silent for longer than it should ever be."""
        return self.late_after is not None and self.looked_at is not None and self.looked_at >= self.late_after

    @property
    def quiet(self) -> bool:
        """Whether the portal is silent for longer than it mostly is."""
        return self.chance < QUIET


def local_day(instant: datetime) -> date:
    """The day in Viet Nam."""
    return instant.astimezone(VIETNAM).date()


def learn(days: Iterable[date], *, today: date, prior: Prior | None = None) -> Rhythm:
    """The rhythm of a portal that had news on these days; days after `today` and long past ones do not count."""
    prior = prior or Prior()
    since = today - LEARNED_FROM
    seen = sorted({day for day in days if since <= day <= today})
    week = _week(seen, today)
    logs = _log_gaps(seen, week, today)
    center, scale, freedom = _log_t(logs, prior)
    mean = math.exp(min(center + scale * scale / 2, 6.0))
    yearly = sum(week) * 50.0 / max(mean, 0.2)
    rhythm = Rhythm(
        week=week, gaps=len(logs), last=seen[-1] if seen else None, center=center, scale=scale, freedom=freedom,
        tail=_pareto(logs), per_year=min(yearly, 366.0),
    )  # fmt: skip
    rare = min(QUIET / 2, RARE / rhythm.per_year)
    return replace(rhythm, usual=rhythm.length(QUIET), longest=rhythm.length(rare))


def pooled(rhythms: Sequence[Rhythm]) -> Prior:
    """What the portals of an archive have in common, from those that are well known; the default while there are few."""
    known = [rhythm for rhythm in rhythms if rhythm.gaps >= 12]
    if len(known) < 8:
        return Prior()
    mean = sum(rhythm.center for rhythm in known) / len(known)
    spread = sum((rhythm.center - mean) ** 2 for rhythm in known) / len(known)
    within = sum(rhythm.scale**2 for rhythm in known) / len(known)
    return Prior(mean=mean, variance=within, mean_weight=max(0.5, within / max(spread, 0.05)), variance_weight=6.0)


def cadence(rhythm: Rhythm, *, last: datetime | None, looked_at: datetime | None) -> Cadence:
    """What the silence since `last` means at `looked_at`, the last visit that could have seen news."""
    per_week = rhythm.per_year / 52.0
    if last is None or looked_at is None:
        return Cadence(per_week, rhythm.gaps, last, looked_at, None, None, 1.0, 0)
    silent = max(looked_at, last)
    return Cadence(
        per_week=per_week, gaps=rhythm.gaps, last=last, looked_at=looked_at,
        expected_by=_after(rhythm, last, rhythm.usual), late_after=_after(rhythm, last, rhythm.longest),
        chance=rhythm.chance(_between(rhythm, last, silent)), silence=(local_day(silent) - local_day(last)).days,
    )  # fmt: skip


# --- time in working days -------------------------------------------------------------------------------------------


def _week(days: Sequence[date], today: date) -> tuple[float, ...]:
    """What each weekday weighs: how often it brought news, beside the mean of Monday to Friday."""
    if not days:
        return WEEK
    weeks = max(1.0, ((today - days[0]).days + 1) / 7)
    seen = [0.0] * 7
    for day in days:
        seen[day.weekday()] += 1.0
    usual = (sum(seen[:5]) + 1.0) / (5 * weeks + 1.0)
    rates = [(seen[at] + _WEEKS_BELIEVED * usual * WEEK[at]) / (weeks + _WEEKS_BELIEVED) for at in range(7)]
    mean = sum(rates[:5]) / 5
    return tuple(min(1.6, max(0.03, rate / mean)) for rate in rates)


def _log_gaps(days: Sequence[date], week: Sequence[float], today: date) -> list[tuple[float, float]]:
    """The logarithm of each gap between two days with news, with how much it counts, the oldest first."""
    found: list[tuple[float, float]] = []
    gap, at = 0.0, 0
    if len(days) < 2:
        return found
    day = days[0]
    while at < len(days) - 1:
        day += timedelta(days=1)
        gap += week[day.weekday()] * activity(day)
        if day == days[at + 1]:
            found.append((math.log(max(gap, 0.2)), 0.5 ** ((today - day).days / _HALF_LIFE)))
            gap, at = 0.0, at + 1
    return found


def _between(rhythm: Rhythm, last: datetime, until: datetime) -> float:
    """Working days of the portal from the day of its last news to an instant; of a day only its office hours count."""
    day, end, total = local_day(last), local_day(until), 0.0
    if (end - day).days > _FURTHEST:
        day = end - timedelta(days=_FURTHEST)
    while day < end:
        day += timedelta(days=1)
        total += rhythm.weight(day) * (1.0 if day < end else _share_of_day(until))
    return total


def _after(rhythm: Rhythm, last: datetime, length: float) -> datetime:
    """The end of the day on which so many working days have passed since the last news."""
    day, total = local_day(last), 0.0
    for _ in range(_FURTHEST):
        if total >= length:
            break
        day += timedelta(days=1)
        total += rhythm.weight(day)
    return datetime.combine(day, time(_OFFICE[1]), VIETNAM).astimezone(UTC)


def _share_of_day(instant: datetime) -> float:
    local = instant.astimezone(VIETNAM)
    opens, closes = _OFFICE
    return min(1.0, max(0.0, (local.hour + local.minute / 60 - opens) / (closes - opens)))


# --- distributions --------------------------------------------------------------------------------------------------


def _log_t(logs: Sequence[tuple[float, float]], prior: Prior) -> tuple[float, float, float]:
    """Center, scale and degrees of freedom of the next gap's logarithm: normal data, normal-gamma prior."""
    weight = sum(part for _, part in logs)
    mean = sum(value * part for value, part in logs) / weight if weight else prior.mean
    squares = sum(part * (value - mean) ** 2 for value, part in logs)
    total = prior.mean_weight + weight
    center = (prior.mean_weight * prior.mean + weight * mean) / total
    freedom = prior.variance_weight + weight
    pull = prior.mean_weight * weight / total * (mean - prior.mean) ** 2 if weight < 8 else 0.0
    variance = (prior.variance_weight * prior.variance + squares + pull) / freedom
    return center, math.sqrt(variance * (1 + 1 / total)), freedom


def _pareto(logs: Sequence[tuple[float, float]]) -> tuple[float, float, float] | None:
    """The tail behind the longest tenth of the gaps (Hill), its exponent held between 1.5 and 4; None for few gaps."""
    if len(logs) < 20:
        return None
    values = sorted((value for value, _ in logs), reverse=True)
    count = max(5, len(values) // 10)
    beyond = values[count]
    mean = (sum(value - beyond for value in values[:count]) + 2.0) / (count + 5.0)
    return count / len(values), math.exp(beyond), min(4.0, max(1.5, 1 / max(mean, 1e-6)))


def _t_above(value: float, freedom: float) -> float:
    """The chance that Student's t with so many degrees of freedom is above `value`."""
    half = 0.5 * _incomplete_beta(freedom / (freedom + value * value), freedom / 2, 0.5)
    return half if value >= 0 else 1.0 - half


def _t_quantile(chance: float, freedom: float) -> float:
    """What Student's t exceeds with this chance: Cornish and Fisher's expansion, good from six degrees on."""
    z = NormalDist().inv_cdf(1 - chance)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return z + sum(term / freedom ** (at + 1) for at, term in enumerate(terms))


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz)."""
    if x <= 0.0 or x >= 1.0:
        return min(1.0, max(0.0, x))
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x >= (a + 1) / (a + b + 2):
        return 1.0 - _incomplete_beta(1.0 - x, b, a)
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-30
    c, d = 1.0, 1.0 / _away(1.0 - (a + b) * x / (a + 1), tiny)
    value = d
    for m in range(1, 200):
        for top in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                    -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):  # fmt: skip
            d, c = 1.0 / _away(1.0 + top * d, tiny), _away(1.0 + top / c, tiny)
            value *= d * c
        if abs(d * c - 1.0) < 1e-10:
            break
    return value


def _away(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
