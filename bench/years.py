"""A year of nights over all portals of the country, behind a million articles: what the pages about portals, runs and the whole
archive have to count. Rows alone: no texts, no search index, no WARC files.

    python -m bench.years sqlite:////path/to/phuongchi.db [--articles 1000000] [--portals 3321] [--nights 365]

The database is made; PostgreSQL must have an empty one of that name. Of each night every portal has its
visit; articles come evenly over the nights, four in ten of them on a hundredth of the portals. Each portal stands for a ward of
today, each of these was made of three. One article in fifty was removed, one portal in twelve needs a person. Five stories are
told by nearly every portal, and five articles are long, with many files.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import JSON, Connection, String, Table, func, insert, literal, select, true

from storage import schema
from storage.engine import Database, connect, create
from storage.order import sort_key

NIGHT = datetime(2025, 11, 1, 15, tzinfo=UTC)
"""When the first night began."""

SLICE = 20_000
PROVINCES = [f"Tỉnh {number}" for number in range(34)]
STORIES = 5
FILES = 30
OLDER = 3
"""Wards that became one on 1 July 2025."""

_STATES = ("healthy", "late", "failing", "healthy", "robots-blocked", "healthy")
_BORN, _END = "2004-01-01", "2025-07-01"


def main() -> None:
    """Make the archive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--portals", type=int, default=3_321)
    parser.add_argument("--nights", type=int, default=365)
    given = parser.parse_args()
    create(given.database, now=NIGHT)
    db = connect(given.database)
    fill(db, given.articles, given.portals, given.nights)
    db.close()


def fill(db: Database, articles: int, portals: int, nights: int) -> None:
    """Write it all into an empty database."""
    with db.write() as connection:
        _put(connection, schema.portal, list(map(_portal, range(portals))))
        _put(connection, schema.unit, [one for number in range(portals) for one in _units(number)])
        _put(connection, schema.succession, [one for number in range(portals) for one in _made_of(number)])
        _put(connection, schema.run, [_run(number) for number in range(nights)])
        _put(connection, schema.warc_file, [_file(number) for number in range(nights)])
    rng = Random(1)
    for start in range(0, articles, SLICE):
        with db.write() as connection:
            rows = [_article(rng, number, portals) for number in range(start + 1, min(start + SLICE, articles) + 1)]
            _put(connection, schema.article, rows)
    with db.write() as connection:
        _visits(connection)
        _put(connection, schema.portal_state, list(_states(portals, nights)))
        _put(connection, schema.alert, list(_alerts(portals, nights)))
        _put(connection, schema.failure, list(_failures(portals, nights)))
    for table, columns in _behind(nights).items():
        with db.write() as connection:
            article, run = schema.article, schema.run
            chosen = select(*columns.values()).join_from(article, run, run.c.id == article.c.number % nights + 1)
            connection.execute(insert(table).from_select(list(columns), chosen.order_by(article.c.number)))
    _tell(db, min(portals, articles // STORIES))
    with db.write() as connection:
        for name, value in (("entry", articles), ("article", articles), ("event", articles)):
            counter = schema.counter
            connection.execute(counter.update().where(counter.c.name == name).values(value=value))
        connection.exec_driver_sql("ANALYZE")


def _tell(db: Database, portals: int) -> None:
    """Stories that the country tells, and the long articles: a decree with its annexes."""
    article, revision = schema.article, schema.revision
    named = select(article.c.id).order_by(article.c.number)
    with db.write() as connection:
        for number in range(STORIES):
            some = connection.execute(named.offset(number * portals).limit(portals)).scalars().all()
            _put(connection, schema.cluster, [{"id": some[0], "article": one, "similarity": 0.9} for one in some])
        for name in connection.execute(named.limit(STORIES)).scalars().all():
            long = [f"Điều {line}. Ủy ban nhân dân phường giao các tổ dân phố thực hiện." for line in range(2_000)]
            connection.execute(revision.update().where(revision.c.article == name).values(paragraphs=long))
            _put(connection, schema.attachment, [_attachment(name, position) for position in range(FILES)])
        text = "Phụ lục kèm theo quyết định của Ủy ban nhân dân phường. " * 2_000
        facts = {"text": text, "text_sha256": "", "pages": 40, "flag": "", "reader": "1/0"}
        _put(connection, schema.file_text, [{"entry": position + 1, **facts} for position in range(FILES)])


def _attachment(article: str, position: int) -> dict[str, Any]:
    url = f"https://{_host(0)}/tep/{position}.pdf"
    return {"article": article, "revision": 1, "position": position, "url": url, "key": url[8:], "entry": position + 1,
            "name": f"Phụ lục {position}.pdf", "media_type": "application/pdf"}  # fmt: skip


def _put(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _portal(number: int) -> dict[str, Any]:
    return {"id": _host(number), "url": f"https://{_host(number)}/", "name": f"Phường số {number}", "row": {"url": "x"},
            "unit": f"{number + 10_000}", "province": PROVINCES[number % len(PROVINCES)], "added_at": NIGHT,
            "server": f"10.0.{number // 250}.{number % 250}", "platform": "vnpt"}  # fmt: skip


def _host(number: int) -> str:
    return f"phuong-{number:04}.gov.vn"


def _units(number: int) -> Iterator[dict[str, Any]]:
    province = PROVINCES[number % len(PROVINCES)]
    common = {"kind": "phường", "district": ""}
    yield {"code": f"{number + 10_000}", "valid_from": _END, "valid_to": None, "name": f"Phường số {number}",
           "folded": f"phuong so {number}", "province": province, **common}  # fmt: skip
    for older in range(OLDER):
        there = province if number % 2 else f"{province} cũ"
        yield {"code": f"{number * OLDER + older + 20_000}", "valid_from": _BORN, "valid_to": _END, "province": there,
               "name": f"Phường cũ {number} {older}", "folded": f"phuong cu {number} {older}", **common}  # fmt: skip


def _made_of(number: int) -> Iterator[dict[str, Any]]:
    for older in range(OLDER):
        yield {"id": number * OLDER + older + 1, "old_code": f"{number * OLDER + older + 20_000}", "old_from": _BORN,
               "new_code": f"{number + 10_000}", "new_from": _END, "share": "whole"}  # fmt: skip


def _at(night: int) -> datetime:
    return NIGHT + timedelta(days=night)


def _run(night: int) -> dict[str, Any]:
    return {"id": night + 1, "kind": "night", "state": "done", "slot": _at(night), "fence": 1, "started_at": _at(night),
            "ended_at": _at(night) + timedelta(hours=7), "exit_code": 4, "version": "1"}  # fmt: skip


def _file(night: int) -> dict[str, Any]:
    return {"name": f"keep-{night + 1}", "series": "keep", "run": night + 1, "state": "closed", "bytes": 30_000_000,
            "opened_at": _at(night)}  # fmt: skip


def _article(rng: Random, number: int, portals: int) -> dict[str, Any]:
    place = rng.randrange(portals // 100 + 1) if rng.random() < 0.4 else rng.randrange(portals)
    published = _at(0) - timedelta(minutes=rng.randrange(14 * 365 * 1440))
    portal, gone = _host(place), number % 50 == 0
    return {
        "id": f"a{number:016}".translate(str.maketrans("0189", "yzbc")), "number": number, "portal": portal,
        "sort_key": sort_key(published, number), "identity": f"{number}", "url": f"https://{portal}/{number}.html",
        "revision": 1, "kind": "article", "title": f"Hội nghị tổng kết công tác số {number}", "lead": "Sáng nay, phường họp.",
        "category": "Tin tức", "sort_at": published, "published_at": published.isoformat(timespec="minutes"),
        "first_seen": NIGHT, "last_seen": NIGHT, "removed_at": published + timedelta(days=400) if gone else None,
        "text_sha256": "", "twin_sha256": "",
    }  # fmt: skip


def _visits(connection: Connection) -> None:
    """Every portal in every run, all in one statement."""
    run, portal = schema.run, schema.portal
    counts = literal({"captures": 31, "listings": 9, "new": 2, "unchanged": 20}, JSON())
    columns: dict[str, Any] = {"run": run.c.id, "portal": portal.c.id, "state": literal("done"), "counts": counts}
    every = select(*columns.values()).join_from(run, portal, true()).order_by(run.c.id, portal.c.id)
    connection.execute(insert(schema.visit).from_select(list(columns), every))


def _states(portals: int, nights: int) -> Iterator[dict[str, Any]]:
    """Ten changes a year of each portal; one in twelve ends in a state that needs a person."""
    row = 0
    for change in range(10):
        for number in range(portals):
            row += 1
            state = _STATES[(number + change) % len(_STATES)]
            if change == 9:
                state = _STATES[number // 12 % len(_STATES)] if number % 12 == 0 else "healthy"
            night = nights * change // 10
            yield {"id": row, "portal": _host(number), "state": state, "cause": "lâu không có tin | no news for long",
                   "since": _at(night), "run": night + 1}  # fmt: skip


def _alerts(portals: int, nights: int) -> Iterator[dict[str, Any]]:
    for number in range(portals * 3):
        closed = _at(number % nights) + timedelta(days=2) if number % 50 else None
        yield {"portal": _host(number % portals), "cause": "late", "opened_at": _at(number % nights), "closed_at": closed,
               "detail": "lâu không có tin | no news for long"}  # fmt: skip


def _failures(portals: int, nights: int) -> Iterator[dict[str, Any]]:
    for night in range(nights):
        for number in range(night % 7, portals, 14):
            yield {"run": night + 1, "portal": _host(number), "url": f"https://{_host(number)}/x", "class": "http.5xx",
                   "detail": "503", "at": _at(night)}  # fmt: skip


def _behind(nights: int) -> dict[Table, dict[str, Any]]:
    """What each article left behind: by table the columns, in terms of the article and of the run that brought it."""
    article, run = schema.article, schema.run
    number, portal, url, at = article.c.number, article.c.portal, article.c.url, run.c.started_at
    here, seen = {"portal": portal, "key": func.substr(url, 9), "url": url}, {"first_seen": at, "last_seen": at}
    lists = {name: literal([], JSON()) for name in ("changed", "captions", "authors", "credits", "candidates", "flags")}
    return {
        schema.capture: {
            "entry": number, **here, "run": run.c.id, "purpose": literal("article"), "fetched_at": at, "status": literal(200),
            "series": literal("keep"), "file": literal("keep-") + run.c.id.cast(String), "offset": number,
            "length": literal(11_000),
        },
        schema.revision: {
            "article": article.c.id, "number": literal(1), "entry": number, "reader": literal("1/0"), "seen_at": at,
            "kind": article.c.kind, "title": article.c.title, "paragraphs": literal(["Sáng nay, phường họp."] * 12, JSON()),
            "published_at": article.c.published_at, "published_source": literal("head-line"),
            "published_basis": literal("printed"), "text_sha256": literal(""), "digest": literal(""), **lists,
        },
        schema.page: {
            "id": number, **here, **seen, "purpose": literal("article"), "run": run.c.id, "status": literal(200),
            "read_as": literal("article"),
        },
        schema.sighting: {
            "id": number, **here, **seen, "listing": portal, "source": literal("listing"), "position": literal(0),
            "anchor": article.c.title, "date_text": literal("01/11/2026"),
        },
        schema.article_address: {**here, **seen, "article": article.c.id},
        schema.event: {
            "seq": number, "kind": literal("created"), "article": article.c.id, "at": at, "digest": literal(""),
        },
    }  # fmt: skip


if __name__ == "__main__":
    main()
