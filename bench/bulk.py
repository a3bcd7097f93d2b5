"""An archive of up to a million articles that the follower has dealt with already, made in minutes: rows, without pages.

    python -m bench.clusters --behind 10000 100000 1000000

To cut and sign a million texts would take two hours. So the sketches of a few thousand articles of another world are told
again and again. A form is told as the forms of that world resemble one another: its signature keeps as many lanes of
another's as two of its kind have in common, its text is that one's. A story is nobody else's, so its lanes are chance.
Buckets hold at most as many as the follower puts there.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from struct import pack, unpack

from sqlalchemy import insert

from bench.stories import START, Told, world
from crawler.ingest.clusters.content import content, shingles
from crawler.ingest.clusters.marks import marks, packed
from crawler.ingest.clusters.minhash import BANDS, LANES, ROWS, buckets, estimate, signature
from storage import schema
from storage.engine import Database
from storage.order import sort_key
from storage.writer.buckets import FULL

POOL = 3_000
"""Articles of another world that are told again."""

SLICE = 20_000
"""Articles that are written at a time."""

FIRST = 10_000_000
"""The number of the first article: those that are measured are counted from 1."""

_FORMS = ("Lịch công tác", "Thông báo", "Thư chúc mừng", "Công khai tình hình")
_SHAPE = f"<{LANES}H"


@dataclass(frozen=True, slots=True)
class Model:
    """An article of the pool as it is told again. `near` are the shares of lanes that others of its kind have in common with
    it; empty for a story."""

    signature: bytes
    marks: bytes
    buckets: tuple[int, ...]
    title: str
    paragraphs: str
    head: bool
    near: tuple[float, ...]


def fill(db: Database, size: int, seed: int) -> None:
    """Write `size` articles with their sketches and buckets."""
    rng, pool = Random(seed), models(seed)
    portals = max(20, size // 100)
    _put_ground(db, portals, size)
    full = Counter[int]()
    fingerprints: list[tuple[int, int]] = []
    for start in range(0, size, SLICE):
        numbers = range(FIRST + start, FIRST + min(size, start + SLICE))
        chosen = [(number, rng.choice(pool)) for number in numbers]
        rows = [told_again(rng, number, model, portals, full, fingerprints) for number, model in chosen]
        _put(db, rows)
    fingerprints.sort()  # in the order of the key: so is a bulk load of rows that came at random
    for start in range(0, len(fingerprints), 500_000):
        _many(
            db,
            "INSERT OR IGNORE INTO fingerprint (bucket, number) VALUES (?, ?)",
            fingerprints[start : start + 500_000],
        )


def models(seed: int) -> list[Model]:
    """The articles of another world, as they are told again."""
    pool = list(world(POOL, seed=seed + 1000))
    signed = [signature(shingles(content(told.title, told.paragraphs))) for told in pool]
    kinds = defaultdict[str, list[int]](list)
    for place, told in enumerate(pool):
        kinds[_kind(told)].append(place)
    told_before, rng, models = set[int](), Random(seed), list[Model]()
    for place, told in enumerate(pool):
        if not signed[place]:
            continue
        kind = _kind(told)
        others = [other for other in rng.choices(kinds[kind], k=20) if other != place and signed[other]] if kind else []
        models.append(
            Model(
                signed[place], packed(marks(content(told.title, told.paragraphs), frozenset())),
                tuple(buckets(signed[place])), told.title, json.dumps(told.paragraphs, ensure_ascii=False),
                bool(kind) or told.story not in told_before,
                tuple(estimate(signed[place], signed[other]) for other in others),
            )
        )  # fmt: skip
        told_before.add(told.story)
    return models


def _kind(told: Told) -> str:
    """Which form an article is, empty for a story."""
    return " ".join(told.title.split()[:4]) if told.title.startswith(_FORMS) else ""


def told_again(
    rng: Random, number: int, model: Model, portals: int, full: Counter[int], fingerprints: list[tuple[int, int]]
) -> tuple[tuple[object, ...], tuple[object, ...], tuple[object, ...] | None]:
    """The rows of one article: itself, its sketch, and the text of one that others may be compared with."""
    lanes = unpack(_SHAPE, rng.randbytes(2 * LANES))
    kept = [False] * LANES
    if model.near:
        share, mine = rng.choice(model.near), unpack(_SHAPE, model.signature)
        kept = [rng.random() < share for _ in range(LANES)]
        lanes = tuple(own if keep else other for own, other, keep in zip(mine, lanes, kept, strict=True))
    if model.head:
        for band in range(BANDS):
            same = all(kept[band * ROWS : (band + 1) * ROWS])
            bucket = model.buckets[band] if same else rng.randrange(-(2**63), 2**63)
            if same and full[bucket] >= FULL:
                continue
            full[bucket] += same
            fingerprints.append((bucket, number))
    article, portal = f"b{number}", f"q{int(portals * rng.random() ** 2)}.gov.vn"
    published = START + timedelta(minutes=rng.randrange(500 * 24 * 60))
    at = published.strftime("%Y-%m-%d %H:%M:%S.%f")
    url = f"https://{portal}/{number}.html"
    digest = f"{rng.getrandbits(256):064x}"
    itself = (article, number, sort_key(published, number), portal, url, url, model.title, at, at, at, digest, digest)
    sketch = (number, article, digest, pack(_SHAPE, *lanes), model.marks)
    text = (article, at, model.title, model.paragraphs, digest, digest) if model.near else None
    return itself, sketch, text


def _put(
    db: Database, rows: Sequence[tuple[tuple[object, ...], tuple[object, ...], tuple[object, ...] | None]]
) -> None:
    _many(
        db,
        "INSERT INTO article (id, number, sort_key, portal, identity, url, title, sort_at, first_seen, last_seen, text_sha256,"
        " twin_sha256, revision, kind, lead, category, published_at, visibility)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 'article', '', '', '', 'public')",
        [article for article, _, _ in rows],
    )
    _many(
        db,
        "INSERT INTO sketch (number, article, state, signature, marks, stale) VALUES (?, ?, ?, ?, ?, 0)",
        [sketch for _, sketch, _ in rows],
    )
    _many(
        db,
        "INSERT INTO revision (article, seen_at, title, paragraphs, text_sha256, digest, number, entry, reader, changed,"
        " kind, captions, authors, credits, category, language, published_at, published_precision, published_source,"
        " published_basis, published_evidence, updated_at, event_date, candidates, rights_notice, flags)"
        f" VALUES (?, ?, ?, ?, ?, ?, 1, {FIRST}, '1.0', '[]', 'article', '[]', '[]', '[]', '', 'vi', '', '', '', '', '', '',"
        " '', '[]', '', '[]')",
        [text for _, _, text in rows if text],
    )


def _put_ground(db: Database, portals: int, size: int) -> None:
    """What the rows refer to: portals, whose standing sentences were counted, and one capture for all."""
    names, at = [f"q{number}.gov.vn" for number in range(portals)], START
    with db.write() as conn:
        rows = [{"id": name, "url": f"https://{name}/", "row": {}, "added_at": at} for name in names]
        conn.execute(insert(schema.portal), rows)
        counted = [{"portal": name, "sentences": b"", "articles": size} for name in names]
        conn.execute(insert(schema.standing), counted)
        conn.execute(insert(schema.warc_file).values(name="others", series="keep", state="closed", opened_at=at))
        capture = {"entry": FIRST, "portal": names[0], "key": "k", "url": "https://q/", "purpose": "article",
                   "fetched_at": at, "status": 200, "series": "keep", "file": "others", "offset": 0, "length": 1}  # fmt: skip
        conn.execute(insert(schema.capture).values(**capture))


def _many(db: Database, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    with db.write() as conn:
        for some in _slices(rows):
            conn.exec_driver_sql(statement, some)


def _slices(rows: Sequence[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    for start in range(0, len(rows), 50_000):
        yield list(rows[start : start + 50_000])
