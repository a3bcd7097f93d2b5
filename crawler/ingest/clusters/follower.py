"""A follower of the change feed: each article that appears or changes finds its cluster.

    events -> texts and sketches (reading) -> candidates -> comparison -> membership and events, one transaction a slice

Serial: one process at a time, in the feed's order. A slice and the cursor behind it are stored in one transaction, so it may be
killed at any point; an event whose article stands as it was sketched changes nothing, however often it is read.

An article is compared with those that are no other's copy: only they stand in buckets. So a story that all wards repeat
costs no more than one that two do, and nobody is a member by way of a member.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from struct import pack, unpack

from crawler.ingest.clusters import content as contents
from crawler.ingest.clusters.content import Content
from crawler.ingest.clusters.marks import marks, packed
from crawler.ingest.clusters.minhash import buckets, signature
from crawler.ingest.clusters.placing import Placing, Sketch, Texts
from storage import points
from storage.engine import Database, Fence, Transaction
from storage.leases import hold
from storage.writer import articles, following
from storage.writer import clusters as rows

SLICE = 20
"""Articles that are placed in one transaction."""

LOOKED_AT = 100
"""Events that are looked through for them."""

SAMPLE = 60
"""A portal's newest articles, over which its standing sentences are counted."""


@dataclass(slots=True)
class Counts:
    """What one sitting did: articles looked at, those that came into a cluster or left one, full buckets that were skipped."""

    articles: int = 0
    clustered: int = 0
    unclustered: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class _Slice:
    """What one transaction deals with: sketches to be placed, and where the cursor stands before and after."""

    before: int
    after: int
    sketches: tuple[Sketch, ...]


@dataclass(slots=True)
class _Memory:
    """Standing sentences of memory, for one sitting: counted at the first, and whenever a portal has twice as many articles."""

    known: dict[str, frozenset[int]] = field(default_factory=dict)
    new: dict[str, int] = field(default_factory=dict)
    texts: Texts = field(default_factory=OrderedDict)

    def of(self, conn: Transaction, portal: str) -> frozenset[int]:
        """A portal's standing sentences."""
        if portal not in self.known:
            sentences, before = rows.standing(conn, portal)
            count = rows.how_many(conn, portal)
            if before and count < 2 * before:
                self.known[portal] = frozenset(unpack(f"<{len(sentences) // 8}Q", sentences))
            else:
                self.known[portal] = contents.standing(rows.newest(conn, portal, SAMPLE))
                self.new[portal] = count
        return self.known[portal]

    def store(self, conn: Transaction) -> None:
        """Write down what was counted."""
        found = [(portal, sorted(self.known[portal]), count) for portal, count in self.new.items()]
        rows.keep_standing(conn, [(portal, pack(f"<{len(keys)}Q", *keys), count) for portal, keys, count in found])
        self.new.clear()


def follow(
    db: Database, folder: Path, *, now: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False
) -> Counts:
    """Deal with all events that nobody dealt with, or until `stopping`. Raises Held while another process does."""
    counts, memory = Counts(), _Memory()
    with hold(db, folder, what="clusters") as fence:
        while not stopping() and _step(db, fence, memory, counts, now):
            pass
    return counts


def _step(db: Database, fence: Fence, memory: _Memory, counts: Counts, now: Callable[[], datetime]) -> bool:
    """One slice; False when nothing is left to be done."""
    with db.read() as conn:
        work = _next(conn, memory)
    if work is None:
        return False
    with db.write(fence) as conn:
        placing = Placing(conn, memory.of, memory.texts)
        placing.place(work.sketches)
        memory.store(conn)
        points.reached("cluster.placed")
        if work.after != work.before:
            following.advance(conn, rows.FOLLOWER, work.before, work.after)
            points.reached("cluster.advanced")
        happened = placing.events()
        articles.publish(conn, [(kind, article, now()) for kind, article in happened])
    counts.articles += len(work.sketches)
    counts.skipped += placing.skipped
    for kind, _ in happened:
        counts.clustered += kind == "clustered"
        counts.unclustered += kind == "unclustered"
    return True


def _next(conn: Transaction, memory: _Memory) -> _Slice | None:
    """The next articles to be placed: those whose cluster changed under them, then those that the feed tells of."""
    at = following.cursor(conn, rows.FOLLOWER)
    doubted = rows.stale(conn, SLICE)
    if doubted:
        states = rows.states(conn, doubted)
        return _Slice(at, at, _sketches(conn, memory, [states[article] for article in doubted]))
    told = rows.news(conn, at, LOOKED_AT)
    if not told:
        return None
    wanted: dict[str, rows.State] = {}
    after = at
    for number, article, state in _new(conn, told):
        if state is not None:
            if len(wanted) == SLICE and article not in wanted:
                break
            wanted[article] = state
        after = number
    return _Slice(at, after, _sketches(conn, memory, wanted.values()))


def _new(conn: Transaction, told: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str, rows.State | None]]:
    """Events with their articles as they stand, if they were not sketched so; a few are asked for at a time."""
    for start in range(0, len(told), SLICE):
        some = told[start : start + SLICE]
        states = rows.states(conn, {article for _, article in some if article})
        known = rows.known(conn, states)
        for number, article in some:
            state = states.get(article)
            yield number, article, state if state and known.get(article) != state.digest else None


def _sketches(conn: Transaction, memory: _Memory, states: Collection[rows.State]) -> tuple[Sketch, ...]:
    """Articles with their texts and what they are compared by."""
    texts = rows.texts(conn, [state.article for state in states if state.digest])
    return tuple(
        _sketch(state, contents.content(*texts[state.article], memory.of(conn, state.portal)))
        if state.digest
        else Sketch(state, Content("", ()))
        for state in states
    )


def _sketch(state: rows.State, text: Content) -> Sketch:
    """What an article is compared by; nothing if it says too little."""
    told = contents.shingles(text)
    if len(told) < contents.ENOUGH:
        return Sketch(state, text)
    return Sketch(state, text, signed := signature(told), packed(marks(text)), buckets(signed))
