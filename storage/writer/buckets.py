"""Which heads stand in which buckets, while a slice of articles is placed: asked together, and written down together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import Connection, Insert, bindparam, delete, select

from storage import schema
from storage.engine import upsert_on

FULL = 500
"""Articles in a bucket beyond which it tells nothing: what all of them share is a form. It is skipped and takes no more."""

_ASKED = 500  # buckets in one question

_fingerprint = schema.fingerprint

# Built once: to put a statement together takes longer than to carry it out.
_IN = select(_fingerprint.c.bucket, _fingerprint.c.number).where(
    _fingerprint.c.bucket.in_(bindparam("buckets", expanding=True))
)
_WITHDRAWN = delete(_fingerprint).where(
    (_fingerprint.c.bucket == bindparam("of_bucket")) & (_fingerprint.c.number == bindparam("of"))
)


class Buckets:
    """Buckets as they stand within the caller's transaction. Nothing of a change is in the database before `write`."""

    def __init__(self, conn: Connection, asked: Iterable[int]) -> None:
        """`asked` are all those that `meet` will be asked for."""
        self._conn = conn
        self._heads: dict[int, set[int]] = {bucket: set() for bucket in asked}
        self._changed: dict[tuple[int, int], bool] = {}  # whether an article is in a bucket now
        wanted = list(self._heads)
        for start in range(0, len(wanted), _ASKED):
            for bucket, number in conn.execute(_IN, {"buckets": wanted[start : start + _ASKED]}):
                self._heads[bucket].add(number)

    def meet(self, number: int, buckets: Sequence[int]) -> tuple[list[int], set[int]]:
        """The numbers of other articles in these buckets; and the full buckets, which tell nothing."""
        met, full = set[int](), set[int]()
        for bucket in buckets:
            heads = self._heads[bucket]
            if len(heads) - (number in heads) >= FULL:
                full.add(bucket)
            else:
                met |= heads
        return sorted(met - {number}), full

    def enter(self, number: int, buckets: Iterable[int]) -> None:
        """Put an article into these buckets."""
        for bucket in buckets:
            self._changed[bucket, number] = True
            if bucket in self._heads:
                self._heads[bucket].add(number)

    def withdraw(self, number: int, buckets: Iterable[int]) -> None:
        """Take an article out of these buckets."""
        for bucket in buckets:
            self._changed[bucket, number] = False
            if bucket in self._heads:
                self._heads[bucket].discard(number)

    def write(self) -> None:
        """Write down who came into a bucket, and who left one."""
        changed = sorted(self._changed.items())
        if left := [{"of_bucket": bucket, "of": number} for (bucket, number), stands in changed if not stands]:
            self._conn.execute(_WITHDRAWN, left)
        if came := [{"bucket": bucket, "number": number} for (bucket, number), stands in changed if stands]:
            self._conn.execute(_entered(self._conn.dialect.name), came)
        self._changed.clear()


@cache
def _entered(dialect: str) -> Insert:
    return upsert_on(dialect, _fingerprint).on_conflict_do_nothing()
