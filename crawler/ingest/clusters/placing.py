"""Where an article belongs: alone, in the cluster of an earlier one, or at the head of those that repeat it.

Inside the caller's transaction. A head is an article that is no other's copy: alone, or the earliest of its cluster; only heads
stand in buckets. What a decision means for others is not followed up at once: they are marked, and looked at in a later slice.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from crawler.ingest.clusters import content as contents
from crawler.ingest.clusters.content import Content
from crawler.ingest.clusters.marks import agree, unpacked
from crawler.ingest.clusters.minhash import buckets, estimate
from storage.engine import Transaction
from storage.writer import clusters as rows
from storage.writer.buckets import Buckets
from storage.writer.clusters import Sketched, State

SAME = 0.7
"""Jaccard similarity from which two texts whose salient tokens agree are one story."""

NEAR = 0.55
"""Estimated similarity under which texts are not compared: more than three standard deviations below SAME."""

KEPT = 200
"""Texts of heads that are kept for the next comparison."""

Texts = OrderedDict[tuple[str, str], Content]
"""Texts by article and state, those that were compared last at the end."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """An article that is to be placed, with the buckets of its signature. Without a signature it is compared with nothing."""

    state: State
    text: Content
    signature: bytes = b""
    marks: bytes = b""
    buckets: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class _Match:
    head: Sketched
    similarity: float


@dataclass(slots=True)
class Placing:
    """Places articles one after another. `standing` gives a portal's standing sentences."""

    conn: Transaction
    standing: Callable[[Transaction, str], frozenset[int]]
    texts: Texts
    skipped: int = 0
    _before: dict[str, str] = field(default_factory=dict)
    _buckets: Buckets = field(init=False)

    def place(self, sketches: Sequence[Sketch]) -> None:
        """Find the place of one article after another; once in a transaction.

        Those that are new stand in no bucket and no cluster, so that their sketches can be written down together.
        """
        known = rows.known(self.conn, [sketch.state.article for sketch in sketches])
        new = [sketch for sketch in sketches if sketch.state.article not in known]
        rows.keep(self.conn, [(sketch.state, sketch.signature, sketch.marks) for sketch in new])
        self._buckets = Buckets(self.conn, chain.from_iterable(sketch.buckets for sketch in sketches))
        for sketch in sketches:
            if sketch.state.article in known:
                self._place_again(sketch)
            elif sketch.signature:
                self._settle(sketch)
        self._buckets.write()

    def _place_again(self, sketch: Sketch) -> None:
        """Find the article's place, if it changed or was marked since it was placed last."""
        state = sketch.state
        old = rows.sketch_of(self.conn, state.article)
        changed = old is None or old.state != state.digest
        if not changed and old and not old.stale:
            return
        if old is not None:
            self._buckets.withdraw(state.number, buckets(old.signature))
        rows.keep(self.conn, [(state, sketch.signature, sketch.marks)])
        cluster = self._cluster(state.article) if old else ""
        if not sketch.signature:
            self._retire(state.article, cluster)
        elif not cluster:
            self._settle(sketch)
        elif cluster != state.article:
            self._check(sketch, cluster)
        else:
            self._lead(sketch, changed=changed)

    def events(self) -> list[tuple[Literal["clustered", "unclustered"], str]]:
        """What the change feed gets: articles whose cluster is another one than before this transaction."""
        now = rows.memberships(self.conn, self._before)
        return [
            ("clustered" if article in now else "unclustered", article)
            for article, before in self._before.items()
            if now.get(article, "") != before
        ]

    # --- the ways of an article -------------------------------------------------------------------------------------

    def _settle(self, sketch: Sketch) -> None:
        """An article that is in no cluster: a copy of an earlier head, or a head, of what repeats it too."""
        met, full = self._buckets.meet(sketch.state.number, sketch.buckets)
        self.skipped += len(full)
        matches = self._matches(sketch, rows.sketched(self.conn, met)) if met else []
        earlier = [
            match for match in matches if match.head.order < sketch.state.order and self._has_room(match, sketch)
        ]
        if earlier:
            self._join(sketch, max(earlier, key=lambda match: match.similarity))
            return
        self._buckets.enter(sketch.state.number, set(sketch.buckets) - full)
        for match in matches:
            if match.head.order > sketch.state.order:
                self._take_over(sketch, match)

    def _check(self, sketch: Sketch, cluster: str) -> None:
        """A member: it stays while it is like the earliest, goes to the head if it is earlier still, or looks for a place."""
        head = rows.sketch_of(self.conn, cluster)
        matches = self._matches(sketch, [head] if head else [])
        if not matches or not self._has_room(matches[0], sketch):
            self._leave(sketch.state.article, cluster)
            self._settle(sketch)
        elif matches[0].head.order < sketch.state.order:
            rows.join(self.conn, sketch.state.article, cluster, matches[0].similarity)
        else:
            self._succeed(cluster, sketch.state.article)

    def _lead(self, sketch: Sketch, *, changed: bool) -> None:
        """The earliest of a cluster: another may be that now, and who was like it may not be like it any more."""
        article = sketch.state.article
        earliest, *others = (order[-1] for order in rows.members(self.conn, article))
        if earliest != article:
            self._succeed(article, earliest)
            return
        self._buckets.enter(sketch.state.number, sketch.buckets)
        if changed:
            rows.doubt(self.conn, others)

    def _retire(self, article: str, cluster: str) -> None:
        """An article that may not be shown, or says too little, is in no cluster; the next one leads what it led."""
        if not cluster:
            return
        others = [order[-1] for order in rows.members(self.conn, cluster) if order[-1] != article]
        if cluster == article and len(others) > 1:
            self._succeed(article, cluster := others[0])
        self._leave(article, cluster)

    # --- changes of membership ----------------------------------------------------------------------------------------

    def _join(self, sketch: Sketch, match: _Match) -> None:
        cluster, article, portal = match.head.article, sketch.state.article, sketch.state.portal
        self._touch(article, cluster)
        rows.join(self.conn, cluster, cluster, 1.0)
        rows.doubt(self.conn, [order[-1] for order in rows.members(self.conn, cluster, portal)])
        rows.join(self.conn, article, cluster, match.similarity)

    def _take_over(self, sketch: Sketch, match: _Match) -> None:
        """An article that is earlier than the head it is like takes its place."""
        head = match.head
        self._touch(head.article, sketch.state.article)
        rows.join(self.conn, head.article, self._cluster(head.article) or head.article, match.similarity)
        rows.join(self.conn, sketch.state.article, head.article, 1.0)
        self._succeed(head.article, sketch.state.article)

    def _succeed(self, cluster: str, article: str) -> None:
        """Another member is the earliest: the cluster bears its id, and the others are compared with it."""
        everybody = [order[-1] for order in rows.members(self.conn, cluster)]
        self._touch(*everybody)
        for name, acts in ((cluster, self._buckets.withdraw), (article, self._buckets.enter)):
            sketch = rows.sketch_of(self.conn, name)
            if sketch is not None:
                acts(sketch.number, buckets(sketch.signature))
        rows.rename(self.conn, cluster, article)
        rows.join(self.conn, article, article, 1.0)
        rows.doubt(self.conn, [name for name in everybody if name != article])

    def _leave(self, article: str, cluster: str) -> None:
        """The article is no member any more; a cluster of one is none."""
        self._touch(article)
        rows.leave(self.conn, article)
        left = [order[-1] for order in rows.members(self.conn, cluster)]
        if len(left) == 1:
            self._touch(*left)
            rows.leave(self.conn, left[0])
            rows.doubt(self.conn, left)

    def _touch(self, *articles: str) -> None:
        """Remember where articles were before this transaction moved them."""
        new = [article for article in articles if article not in self._before]
        found = rows.memberships(self.conn, new)
        self._before |= {article: found.get(article, "") for article in new}

    # --- comparison ---------------------------------------------------------------------------------------------------

    def _matches(self, sketch: Sketch, heads: list[Sketched]) -> list[_Match]:
        """Those of the heads that tell the article's story on another portal."""
        mine = unpacked(sketch.marks)
        found = []
        for head in heads:
            if head.portal == sketch.state.portal or not head.signature:
                continue
            if estimate(sketch.signature, head.signature) < NEAR or not agree(mine, unpacked(head.marks)):
                continue
            left_out = self.standing(self.conn, sketch.state.portal) | self.standing(self.conn, head.portal)
            similarity = contents.similarity(sketch.text, self._text(head), left_out)
            if similarity >= SAME:
                found.append(_Match(head, similarity))
        return found

    def _has_room(self, match: _Match, sketch: Sketch) -> bool:
        """Whether no earlier article of the same portal is in the cluster: one of a portal is in it, the earliest."""
        order = sketch.state.order
        return all(other >= order for other in rows.members(self.conn, match.head.article, sketch.state.portal))

    def _text(self, head: Sketched) -> Content:
        key = (head.article, head.state)
        if key not in self.texts:
            self.texts[key] = contents.content(*rows.texts(self.conn, [head.article])[head.article])
            if len(self.texts) > KEPT:
                self.texts.popitem(last=False)
        self.texts.move_to_end(key)
        return self.texts[key]

    def _cluster(self, article: str) -> str:
        return rows.memberships(self.conn, [article]).get(article, "")
