"""Rows beside articles that say something veiled, and rows about records that became others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, func, literal, select, tuple_, update

from storage import schema
from storage.engine import Database, Fence
from storage.redaction.articles import REDACTED
from storage.redaction.files import Replaced, exchanges
from storage.redaction.records import FileText, is_tombstone
from storage.redaction.veil import MARK, Veil
from storage.redaction.words import spelled
from storage.text import sha256_text
from storage.warc.members import Record
from storage.writer import words
from storage.writer.articles import publish

_capture, _page, _text = schema.capture, schema.page, schema.file_text
_SLICE = 500
_NAMED = 10_000  # numbers that a statement may name; the limits of both databases are above 30,000

SAYING: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (schema.sighting, ("anchor", "date_text")),
    (schema.reading, ("detail",)),
    (schema.failure, ("detail",)),
    (schema.alert, ("detail",)),
    (schema.visit, ("detail",)),
    (schema.portal_state, ("cause",)),
    (schema.template, ("body",)),
)
"""Columns, beside those of articles and files, that may repeat what a page says; not those that hold addresses."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row that says something veiled: its key, and what its columns shall say."""

    table: str
    key: Mapping[str, Any]
    values: Mapping[str, Any]


def lines(db: Database, veil: Veil) -> Iterator[Line]:
    """The rows that say something veiled."""
    for table, columns in SAYING:
        for row in _each(db, table, columns):
            mine = veil.of(row["portal"]) if "portal" in row else veil
            values = {name: masked for name in columns if (masked := _masked(mine, row[name])) != row[name]}
            if values:
                yield Line(table.name, {column.name: row[column.name] for column in table.primary_key}, values)


def put(conn: Connection, line: Line) -> None:
    """Let a row say what it shall."""
    table = schema.metadata.tables[line.table]
    here = [table.c[name] == value for name, value in line.key.items()]
    conn.execute(update(table).where(*here).values(**line.values))
    if table is schema.sighting:
        row = conn.execute(select(table.c.portal, table.c.key).where(*here)).one()
        asked = select(_capture.c.entry).where(_capture.c.portal == row.portal, _capture.c.key == row.key)
        read = schema.reading
        conn.execute(update(read).where(read.c.entry.in_(asked)).values(evidence=None))


def addresses(db: Database, veil: Veil) -> list[str]:
    """Addresses of articles that spell what is veiled: they stay, since pages are known by them."""
    table = schema.article_address
    found: list[str] = []
    after = ("", "")
    while True:
        behind = tuple_(table.c.portal, table.c.key) > tuple_(literal(after[0]), literal(after[1]))
        query = select(table.c.portal, table.c.key, table.c.url).where(behind)
        with db.read() as conn:
            rows = conn.execute(query.order_by(table.c.portal, table.c.key).limit(_SLICE)).all()
        found += [row.url for row in rows if veil.of(row.portal).runs(spelled(row.url, tags=True))]
        if len(rows) < _SLICE:
            return found
        after = (rows[-1].portal, rows[-1].key)


def files(db: Database, veil: Veil) -> list[int]:
    """The captures of files whose texts say something veiled."""
    found: list[int] = []
    after = 0
    while True:
        with db.read() as conn:
            query = select(_text.c.entry, _text.c.text, _capture.c.portal).join(
                _capture, _capture.c.entry == _text.c.entry
            )
            rows = conn.execute(query.where(_text.c.entry > after).order_by(_text.c.entry).limit(50)).all()
        found += [row.entry for row in rows if veil.of(row.portal).hides(row.text)]
        if len(rows) < 50:
            return found
        after = rows[-1].entry


def unmasked(db: Database) -> frozenset[int]:
    """The captures of files whose text was masked when it was read, while the bytes still say it.

    Every text is looked through, so many at a time: no transaction lasts as long as an archive is large.
    """
    found: set[int] = set()
    after = 0
    while True:
        ahead = select(_text.c.entry).where(_text.c.entry > after).order_by(_text.c.entry).limit(_SLICE).subquery()
        with db.read() as conn:
            last = conn.execute(select(func.max(ahead.c.entry))).scalar()
            if last is None:
                return frozenset(found)
            query = select(_text.c.entry).join(_capture, _capture.c.entry == _text.c.entry).where(_capture.c.size > 0)
            here = (_text.c.entry > after) & (_text.c.entry <= last)
            masked = query.where(here, _text.c.text.contains(MARK, autoescape=True))
            found |= set(conn.execute(masked).scalars())
        after = last


def foreign(db: Database) -> frozenset[str]:
    """The WARC files with captures of others that nobody has read yet: they were brought in as they are."""
    query = select(_capture.c.file).distinct().where(schema.is_set(_capture.c.unread), _capture.c.origin != "crawl")
    with db.read() as conn:
        return frozenset(conn.execute(query).scalars())


def places(db: Database, entries: Iterable[int]) -> frozenset[str]:
    """The WARC files that hold these captures."""
    found: set[str] = set()
    with db.read() as conn:
        for some in _some(entries):
            found |= set(conn.execute(select(_capture.c.file).where(_capture.c.entry.in_(some))).scalars())
    return frozenset(found)


def with_same_bytes(db: Database, veil: Veil, entries: Iterable[int]) -> frozenset[int]:
    """These captures, and all others with the same bytes that nobody has read: a text of their own would tell what they say.

    Not those of portals for which no rule was made: a redaction is not the same story's elsewhere.
    """
    found = set(entries)
    with db.read() as conn:
        for some in _some(tuple(found)):
            digests = select(_capture.c.payload_sha256).where(
                _capture.c.entry.in_(some), _capture.c.payload_sha256 != ""
            )
            same = select(_capture.c.entry, _capture.c.portal).join(
                _text, _text.c.entry == _capture.c.entry, isouter=True
            )
            unread = func.coalesce(_text.c.text, "") == ""
            rows = conn.execute(same.where(_capture.c.payload_sha256.in_(digests), _capture.c.size > 0, unread)).all()
            found |= {row.entry for row in rows if veil.of(row.portal)}
    return frozenset(found)


def left(db: Database, veil: Veil, entries: Iterable[int]) -> dict[int, FileText]:
    """What is left of these files: the text of each with the marks of its own portal's rules. A file that nobody read has the
    text of one with the same bytes, of its portal if there is one."""
    texts: dict[int, FileText] = {}
    whose: dict[int, tuple[str, str]] = {}
    by_bytes: dict[tuple[str, str], FileText] = {}
    columns = (_capture.c.entry, _capture.c.payload_sha256, _capture.c.portal, _text.c.text, _text.c.pages)
    query = select(*columns).join(_text, _text.c.entry == _capture.c.entry, isouter=True)
    with db.read() as conn:
        for some in _some(entries):
            for row in conn.execute(query.where(_capture.c.entry.in_(some))):
                whose[row.entry] = (row.portal, row.payload_sha256)
                if row.text:
                    texts[row.entry] = FileText(row.text, row.pages)
                    for portal in (row.portal, ""):
                        by_bytes.setdefault((portal, row.payload_sha256), texts[row.entry])
    nothing = FileText("", 0)
    found: dict[int, FileText] = {}
    for entry, (portal, digest) in whose.items():
        said = texts.get(entry) or by_bytes.get((portal, digest)) or by_bytes.get(("", digest), nothing)
        found[entry] = FileText(veil.of(portal).text(said.text), said.pages)
    return found


def mask_file(conn: Connection, veil: Veil, entry: int, *, now: datetime) -> None:
    """Mark what is veiled in a file's text, and tell so in the feed of the articles that show it."""
    attachment, article = schema.attachment, schema.article
    row = conn.execute(
        select(_text.c.text, _capture.c.portal)
        .join(_capture, _capture.c.entry == _text.c.entry)
        .where(_text.c.entry == entry)
    ).one()
    current = (article.c.id == attachment.c.article) & (article.c.revision == attachment.c.revision)
    shown = (
        select(article.c.id)
        .join(attachment, current)
        .where(attachment.c.entry == entry, article.c.visibility != REDACTED)
    )
    articles = sorted(set(conn.execute(shown).scalars()))
    with words.kept(conn, articles):
        masked = veil.of(row.portal).text(row.text)
        values = {"text": masked, "text_sha256": sha256_text(masked)}
        conn.execute(update(_text).where(_text.c.entry == entry).values(**values))
    publish(conn, [(REDACTED, article_id, now) for article_id in articles])


def follow(db: Database, fence: Fence | None, folder: Path, replaced: Iterable[Replaced]) -> None:
    """Bring the rows of files, captures and pages up to date with files that were written anew."""
    for file in replaced:
        with db.read() as conn:
            rows = conn.execute(select(_capture).where(_capture.c.file == file.name)).mappings().all()
        by_offset = {row["offset"]: row for row in rows}
        with db.write(fence) as conn:
            table = schema.warc_file
            conn.execute(update(table).where(table.c.name == file.name).values(sha256=file.after))
            for exchange in exchanges(folder, file.name):
                answer = exchange.members[0]
                row, record = by_offset.get(answer.offset), answer.record
                digest = record.head.get("warc-payload-digest", "").removeprefix("sha256:") if record else ""
                if row is None or record is None or ":" in digest or digest == row["payload_sha256"]:
                    continue
                _other_bytes(conn, row, digest, bare=is_tombstone(record) or not _has_body(record))


def _has_body(record: Record) -> bool:
    return record.kind != "response" or bool(record.block.partition(b"\r\n\r\n")[2])


def _other_bytes(conn: Connection, row: RowMapping, digest: str, *, bare: bool) -> None:
    values: dict[str, Any] = {"payload_sha256": digest} | ({"size": 0} if bare else {})
    conn.execute(update(_capture).where(_capture.c.entry == row["entry"]).values(**values))
    page = (_page.c.portal == row["portal"]) & (_page.c.key == row["key"])
    same = _page.c.payload_sha256 == row["payload_sha256"]
    conn.execute(update(_page).where(page, same).values(payload_sha256=digest))


def _each(db: Database, table: Table, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Every row with its key and these columns, slice by slice in the order of its key."""
    keys = list(table.primary_key)
    names = [*keys, *(table.c[name] for name in columns)]
    if "portal" in table.c and table.c.portal not in keys:
        names.append(table.c.portal)
    query = select(*names).order_by(*keys).limit(_SLICE)
    behind = query
    while True:
        with db.read() as conn:
            rows = conn.execute(behind).mappings().all()
        yield from (dict(row) for row in rows)
        if len(rows) < _SLICE:
            return
        last = (literal(rows[-1][key.name], key.type) for key in keys)
        behind = query.where(tuple_(*keys) > tuple_(*last))


def _some(entries: Iterable[int]) -> Iterator[list[int]]:
    """These numbers, so many at a time as a statement may have."""
    rest = iter(entries)
    while some := list(islice(rest, _NAMED)):
        yield some


def _masked(veil: Veil, value: Any) -> Any:
    if isinstance(value, str):
        return veil.text(value)
    if isinstance(value, list):
        return [_masked(veil, item) for item in value]
    if isinstance(value, dict):
        return {_masked(veil, name): _masked(veil, item) for name, item in value.items()}
    return value
