"""Values for tests with everything filled in that a test does not care about; what it cares about is said by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select

from storage import schema
from storage.engine import Database, next_numbers
from storage.records import Capture, DateCandidate, Dates, Portal, Reading, RecordRef, Sighting, portal_id

if TYPE_CHECKING:
    from storage.writer.articles import Stored
    from storage.writer.slate import Slate

NOW = datetime(2026, 11, 2, 15, 30, tzinfo=UTC)
PARAGRAPHS = (
    "Sáng 26/12, UBND phường Hưng Phúc tổ chức hội nghị tổng kết công tác năm 2023.",
    "Dự hội nghị có đại diện lãnh đạo thành phố và các ban, ngành, đoàn thể.",
)


def make_portal(url: str = "https://hungphuc.vinh.nghean.gov.vn/", **changes: Any) -> Portal:
    """A portal of one ward; `changes` are fields of Portal."""
    return Portal(**{"id": portal_id(url), "url": url, "name": "Phường Hưng Phúc", "province": "Nghệ An", **changes})


def make_capture(entry: int = 1, **changes: Any) -> Capture:
    """A response with status 200 of an article's page; `changes` are fields of Capture."""
    portal = changes.get("portal", make_portal().id)
    values: dict[str, Any] = {
        "entry": entry, "portal": portal, "url": f"https://{portal}/tin-tuc/{entry}.html", "purpose": "article",
        "fetched_at": NOW, "status": 200, "record": RecordRef("keep", "made-up-keep.warc.gz", entry * 1000, 900),
        "media_type": "text/html", "charset": "utf-8", "payload_sha256": f"{entry:064x}", "size": 60_000,
    }  # fmt: skip
    return Capture(**{**values, **changes})


def make_date(value: str = "2023-12-26", **changes: Any) -> DateCandidate:
    """A printed date; its precision follows from `value`."""
    precision = {4: "year", 7: "month", 10: "day"}.get(len(value), "minute")
    values = {"precision": precision, "source": "head-line", "basis": "printed", "evidence": value}
    return DateCandidate(**{"value": value, **values, **changes})


def make_reading(title: str = "Phường Hưng Phúc tổng kết năm 2023", **changes: Any) -> Reading:
    """An article as a reader sees it; `published` is a date's value or empty, other `changes` are fields of Reading."""
    published = changes.pop("published", "2023-12-26")
    values: dict[str, Any] = {
        "article": True, "reader": "1/0", "identity": f"title:{title}", "title": title, "paragraphs": PARAGRAPHS,
        "lead": changes.get("paragraphs", PARAGRAPHS)[0], "captions": ("Toàn cảnh hội nghị",), "authors": ("Lê Hương",),
        "dates": Dates(published=make_date(published) if published else None),
    }  # fmt: skip
    return Reading(**{**values, **changes})


def make_sighting(url: str, **changes: Any) -> Sighting:
    """A mention of `url` on its portal's home page; `changes` are fields of Sighting."""
    values: dict[str, Any] = {
        "url": url, "listing_url": url.rpartition("/")[0] + "/", "source": "listing", "position": 0, "anchor": "Tin mới",
        "date_text": "", "seen_at": NOW,
    }  # fmt: skip
    return Sighting(**{**values, **changes})


def put_portal(connection: Connection, portal: Portal) -> None:
    """Store a portal unless it is there."""
    table = schema.portal
    if connection.execute(select(table.c.id).where(table.c.id == portal.id)).first() is None:
        names = ("id", "url", "name", "unit", "province", "platform", "enabled", "retired")
        values = {name: getattr(portal, name) for name in names}
        connection.execute(insert(table).values(**values, row=asdict(portal), added_at=NOW))


def put_capture(connection: Connection, capture: Capture, *, key: str = "", unread: bool = False) -> None:
    """Store a capture and the row of its WARC file; the bytes are nowhere."""
    files = schema.warc_file
    record = capture.record
    if connection.execute(select(files.c.name).where(files.c.name == record.file)).first() is None:
        values = {"name": record.file, "series": record.series, "state": "open", "opened_at": NOW}
        connection.execute(insert(files).values(**values))
    columns = {name: value for name, value in asdict(capture).items() if name != "record"}
    columns |= {name: getattr(record, name) for name in ("series", "file", "offset", "length")}
    connection.execute(insert(schema.capture).values(**columns | {"key": key or key_of(capture.url)}, unread=unread))


def put_article(database: Database, reading: Reading, *, portal: Portal | None = None, **capture: Any) -> str:
    """Store an article as the reading half does, from a capture of its own; returns its id."""
    from storage.writer import articles

    place = portal or make_portal()
    with database.write() as connection:
        (entry,) = next_numbers(connection, "entry")
        made = make_capture(entry, **{"portal": place.id, **capture})
        made = replace(made, key=key_of(made.url))
        put_portal(connection, place)
        put_capture(connection, made)
        (number,) = next_numbers(connection, "article")
        with on_slate(connection, place.id) as slate:
            article = slate.create(made, reading, url=made.url, number=number)
        articles.publish(connection, [("created", article, NOW)])
    return article


@contextmanager
def on_slate(connection: Connection, portal: str, key: Callable[[str], str] | None = None) -> Iterator[Slate]:
    """What the block changes of a portal's articles is written at its end, as a reader writes a slice."""
    from storage.writer.slate import Slate

    slate = Slate(connection, portal, key or key_of)
    yield slate
    slate.write()


def load(connection: Connection, article: str) -> Stored:
    """An article's current state."""
    from storage.writer.slate import Slate

    return Slate(connection, portal_of(connection, article), key_of).load(article)


def revise(connection: Connection, stored: Stored, capture: Capture, reading: Reading, *changed: str) -> None:
    """Another state of an article."""
    with on_slate(connection, portal_of(connection, stored.id)) as slate:
        slate.revise(stored, capture, reading, changed)


def reextract(connection: Connection, stored: Stored, reading: Reading) -> None:
    """The same state of an article, as another version reads it."""
    with on_slate(connection, portal_of(connection, stored.id)) as slate:
        slate.reextract(stored, reading)


def portal_of(connection: Connection, article: str) -> str:
    """The portal of an article."""
    return connection.execute(select(schema.article.c.portal).where(schema.article.c.id == article)).scalar_one()


def key_of(url: str) -> str:
    """A page key for tests: the address without its scheme."""
    return url.partition("://")[2]
