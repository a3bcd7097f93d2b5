"""What is said of pages elsewhere, and which readings were made before it was said.

A list may be visited after the page that it alone dates or calls by a headline. Such readings are found by a digest of the
mentions that each rests on, not by times, so that it does not matter when a page was read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, Connection, bindparam, exists, func, select, update

from storage import schema
from storage.records import Sighting
from storage.text import sha256_text
from storage.writer import queue

HEADLINE_WORDS = 4
"""Words from which the text of a link may be a headline. Shorter ones are menu items and page numbers."""

_article, _revision, _reading = schema.article, schema.revision, schema.reading
_capture, _page, _sighting = schema.capture, schema.page, schema.sighting

# Built once, as in `rows`.
_PORTAL: BindParameter[str] = bindparam("of_portal")
_UNDATED = (
    select(_revision.c.entry, _capture.c.key, _reading.c.evidence)
    .join(_article, (_article.c.id == _revision.c.article) & (_article.c.revision == _revision.c.number))
    .join(_capture, _capture.c.entry == _revision.c.entry)
    .join(_reading, _reading.c.entry == _revision.c.entry)
    .where(_article.c.portal == _PORTAL, _revision.c.entry > bindparam("after"))
    .where((_revision.c.published_basis != "printed") | (_revision.c.published_source == "listing"))
    .where(exists().where(_sighting.c.portal == _PORTAL, _sighting.c.key == _capture.c.key))
    .order_by(_revision.c.entry)
    .limit(bindparam("limit"))
)
_LAST = select(func.max(_capture.c.entry)).where(_capture.c.portal == _PORTAL, _capture.c.key == _page.c.key)
_REFUSED = (
    select(_reading.c.entry, _page.c.key, _reading.c.evidence)
    .join(_page, (_page.c.portal == _PORTAL) & (_page.c.read_as == "not-article"))
    .where(_reading.c.entry == _LAST.scalar_subquery(), _reading.c.entry > bindparam("after"))
    .where(_reading.c.verdict == "not-article", _reading.c.detail.in_(bindparam("reasons", expanding=True)))
    .where(exists().where(_sighting.c.portal == _PORTAL, _sighting.c.key == _page.c.key))
    .order_by(_reading.c.entry)
    .limit(bindparam("limit"))
)
_LINE = (_sighting.c.key, _sighting.c.source, _sighting.c.anchor, _sighting.c.date_text)
_SAID = (
    select(*_LINE, func.count())
    .where(_sighting.c.portal == _PORTAL, _sighting.c.key.in_(bindparam("keys", expanding=True)))
    .group_by(*_LINE)
)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A reading that more mentions of its page may change: its capture, the page, and the digest it was made with."""

    entry: int
    key: str
    evidence: str | None


def digest(mentions: Iterable[Sighting], *, everywhere: bool) -> str:
    """The same for mentions that say the same, and stand on nearly every page or not; empty when they say nothing."""
    return _digest({(mention.source, mention.anchor, mention.date_text) for mention in mentions}, everywhere=everywhere)


def _digest(said: Iterable[tuple[str, str, str]], *, everywhere: bool) -> str:
    telling = sorted(line for line in said if line[0] == "feed" or line[2] or len(line[1].split()) >= HEADLINE_WORDS)
    telling += [("everywhere", "", "")] if everywhere and telling else []
    return sha256_text("\n".join("\t".join(line) for line in telling)) if telling else ""


def undated(conn: Connection, portal: str, *, after: int, limit: int) -> list[Doubtful]:
    """Current states of articles whose own page prints no date, in the order of their captures behind `after`."""
    here = {"of_portal": portal, "after": after, "limit": limit}
    return [Doubtful(*row) for row in conn.execute(_UNDATED, here)]


def refused(conn: Connection, portal: str, reasons: Sequence[str], *, after: int, limit: int) -> list[Doubtful]:
    """Last readings of pages that were taken for no articles for one of these reasons, in the order of their captures."""
    here = {"of_portal": portal, "reasons": list(reasons), "after": after, "limit": limit}
    return [Doubtful(*row) for row in conn.execute(_REFUSED, here)]


def outdated(conn: Connection, portal: str, readings: Sequence[Doubtful]) -> list[int]:
    """Those of the readings that were made with other mentions than are known today, as entries of their captures."""
    today = _digests(conn, portal, [reading.key for reading in readings])
    return [reading.entry for reading in readings if (reading.evidence or "") != today.get(reading.key, "")]


def _digests(conn: Connection, portal: str, keys: Sequence[str]) -> Mapping[str, str]:
    said: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    listed = Counter[str]()
    for key, *line, count in conn.execute(_SAID, {"of_portal": portal, "keys": list(keys)}) if keys else ():
        said[key].add((line[0], line[1], line[2]))
        listed[key] += count if line[0] == "listing" else 0
    common = queue.everywhere(conn, portal, listed)
    return {key: _digest(lines, everywhere=key in common) for key, lines in said.items()}


def reopen(conn: Connection, entries: Iterable[int]) -> None:
    """These captures wait to be read again."""
    here = _capture.c.entry.in_(list(entries)) & queue.still_there()
    conn.execute(update(_capture).where(here).values(unread=True))
