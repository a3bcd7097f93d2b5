"""How well and at what cost one story is found on several portals.

    python -m bench.clusters                        precision and recall on a labelled world of 5,000 articles
    python -m bench.clusters --cost 10000           processor time an article in a whole world of this size (up to 1,000,000)
    python -m bench.clusters --behind 10000 100000  the same for three nights in archives of these sizes (up to 1,000,000)

Articles are written as rows, without pages behind them, in slices as they come in from nightly readings; what is measured
is the follower alone. For `--behind` the archive is filled beforehand by `bench.bulk`.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import mean

from sqlalchemy import insert, select

from bench.bulk import fill
from bench.stories import Told, world
from crawler.ingest.clusters import follow
from crawler.ingest.clusters.content import content
from storage import schema
from storage.engine import Database, connect, create, next_numbers
from storage.records import DateCandidate, Dates, Reading
from storage.writer.articles import article_id
from storage.writer.values import revision_columns, twin_digest

NOW = datetime(2026, 12, 1, tzinfo=UTC)
NIGHT = 2_000
"""Articles that come in before the follower looks at them."""


def main() -> None:
    """Print the table that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cost", type=int, nargs="+", metavar="SIZE", default=[])
    parser.add_argument("--behind", type=int, nargs="+", metavar="SIZE", default=[])
    options = parser.parse_args()
    for size in options.cost:
        _print_cost(size, options.seed)
    for size in options.behind:
        _print_cost(3 * NIGHT, options.seed, before=size)
    if not options.cost and not options.behind:
        _print_quality(options.size, options.seed)


def pairs_found(size: int, seed: int) -> tuple[int, int, int, list[tuple[Told, Told]]]:
    """True pairs, pairs that were found, those of them that are true, and examples of those that are not."""
    with tempfile.TemporaryDirectory() as folder:
        db = _made(Path(folder))
        stories = {article: told for told, article in _nights(db, Path(folder), world(size, seed=seed))}
        with db.read() as conn:
            rows = conn.execute(select(schema.cluster.c.id, schema.cluster.c.article)).all()
        db.close()
    true = Counter((told.story) for told in stories.values())
    clusters = defaultdict[str, list[Told]](list)
    for cluster, article in rows:
        clusters[cluster].append(stories[article])
    wrong = [
        (one, other)
        for group in clusters.values()
        for at, one in enumerate(group)
        for other in group[at + 1 :]
        if one.story != other.story
    ]
    right = sum(
        count * (count - 1) // 2
        for group in clusters.values()
        for count in Counter(told.story for told in group).values()
    )
    return sum(count * (count - 1) // 2 for count in true.values()), right + len(wrong), right, wrong


def _print_quality(size: int, seed: int) -> None:
    true, found, right, wrong = pairs_found(size, seed)
    print(f"{size} articles, seed {seed}: {true} pairs of one story, {found} found")
    print(f"precision {100 * right / max(found, 1):.2f} %, recall {100 * right / max(true, 1):.2f} %")
    for one, other in wrong[:5]:
        print(f"  wrong: {one.title} | {other.title}")


def _print_cost(size: int, seed: int, *, before: int = 0) -> None:
    """Processor time an article, over all nights and in the last quarter; also as a multiple of cutting one text, made at the
    same moment, because a busy machine is slower for both."""
    with tempfile.TemporaryDirectory() as folder:
        path, spent, relative = Path(folder), list[float](), list[float]()
        db = _made(path)
        if before:
            fill(db, before, seed)
        coming = world(size, seed=seed)
        while night := list(islice(coming, NIGHT)):
            _put(db, night)
            unit = _spent(partial(_cut, night))
            spent.append(_spent(lambda: follow(db, path, now=lambda: NOW)))
            relative.append(spent[-1] / unit)
        with db.read() as conn:
            cache = conn.exec_driver_sql("PRAGMA cache_size").scalar()
        db.close()
        stored = sum(file.stat().st_size for file in path.glob("phuongchi.db*"))
    last = slice(-max(1, len(spent) // 4), None)
    whole = f"{1000 * sum(spent) / size:.2f} ms an article, {mean(relative):.2f} times what cutting its text costs"
    late = f"in the last quarter {1000 * mean(spent[last]) / NIGHT:.2f} ms, {mean(relative[last]):.2f} times"
    where = f" behind {before} others" if before else ""
    print(
        f"{size} articles{where}: {whole}; {late}; {stored / (size + before) / 1024:.1f} KiB an article, "
        f"SQLite's cache_size {cache}",
        flush=True,
    )


def _cut(night: Sequence[Told]) -> None:
    for told in night:
        content(told.title, told.paragraphs)


def _spent(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _made(folder: Path) -> Database:
    url = f"sqlite:///{folder / 'phuongchi.db'}"
    create(url, now=NOW)
    return connect(url)


def _nights(db: Database, folder: Path, coming: Iterable[Told]) -> list[tuple[Told, str]]:
    rest, found = iter(coming), list[tuple[Told, str]]()
    while night := list(islice(rest, NIGHT)):
        found += zip(night, _put(db, night), strict=True)
        follow(db, folder, now=lambda: NOW)
    return found


def _put(db: Database, night: Sequence[Told]) -> list[str]:
    """Store articles as the reading half does, but for their pages, addresses and words of the search index."""
    with db.write() as conn:
        numbers = list(next_numbers(conn, "article", len(night)))
        there = set(conn.execute(select(schema.portal.c.id)).scalars())
        portals = {f"p{told.portal}.gov.vn" for told in night} - there
        if portals:
            rows = [{"id": one, "url": f"https://{one}/", "row": {}, "added_at": NOW} for one in sorted(portals)]
            conn.execute(insert(schema.portal), rows)
        if numbers[0] == 1:
            conn.execute(insert(schema.warc_file).values(name="made-up", series="keep", state="closed", opened_at=NOW))
        made = [_rows(number, told) for number, told in zip(numbers, night, strict=True)]
        for at, table in enumerate((schema.capture, schema.article, schema.revision)):
            conn.execute(insert(table), [rows[at] for rows in made])
        events = next_numbers(conn, "event", len(night))
        conn.execute(
            insert(schema.event),
            [{"seq": seq, "kind": "created", "article": article["id"], "at": NOW, "digest": revision["digest"]}
             for seq, (_, article, revision) in zip(events, made, strict=True)],
        )  # fmt: skip
    return [str(article["id"]) for _, article, _ in made]


def _rows(number: int, told: Told) -> tuple[dict[str, object], dict[str, object], dict[str, object]]:
    portal, url = f"p{told.portal}.gov.vn", f"https://p{told.portal}.gov.vn/{number}.html"
    when = told.published.isoformat(timespec="minutes")
    date = DateCandidate(when, "minute", "head-line", "printed", when)
    reading = Reading(True, "1.0", identity=url, title=told.title, paragraphs=told.paragraphs, dates=Dates(date))
    columns = revision_columns(reading)
    article = article_id(portal, url)
    capture = {
        "entry": number, "portal": portal, "key": url, "url": url, "purpose": "article", "fetched_at": NOW, "status": 200,
        "series": "keep", "file": "made-up", "offset": number, "length": 1,
        "payload_sha256": hashlib.sha256(url.encode()).hexdigest(),
    }  # fmt: skip
    current = {
        "id": article, "number": number, "portal": portal, "identity": url, "url": url, "revision": 1, "kind": "article",
        "title": told.title, "published_at": when, "sort_at": told.published, "first_seen": NOW, "last_seen": NOW,
        "text_sha256": columns["text_sha256"], "twin_sha256": twin_digest(reading),
    }  # fmt: skip
    return (
        capture,
        current,
        {"article": article, "number": 1, "entry": number, "seen_at": NOW, "changed": [], **columns},
    )


if __name__ == "__main__":
    main()
