"""The rows of some verdicts, written together: each table once, in an order in which no row points at one that is not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Executable, Insert, bindparam, delete, update

from storage import points, schema, search
from storage.engine import upsert_on
from storage.order import sort_key
from storage.records import Capture, Reading
from storage.search import Document
from storage.writer import files, notes, words
from storage.writer.values import revision_columns, sort_instant, twin_digest

_article, _revision, _address, _page = schema.article, schema.revision, schema.article_address, schema.page
_PARTS = (schema.attachment, schema.image)

Row = dict[str, Any]

# Built once: building a statement costs more than SQLite takes to run it.
_NEW, _NEW_REVISION, _NEW_ADDRESS = _article.insert(), _revision.insert(), _address.insert()
_NEW_PARTS = [table.insert() for table in _PARTS]
_OF_ARTICLE: BindParameter[Any] = bindparam("of_article")
_CHANGED = update(_article).where(_article.c.id == _OF_ARTICLE)
_HERE = (_revision.c.article == _OF_ARTICLE) & (_revision.c.number == bindparam("of_number"))
_RESTATED = update(_revision).where(_HERE)
_OLD_PARTS = [
    delete(table).where(table.c.article == _OF_ARTICLE, table.c.revision == bindparam("of_number")) for table in _PARTS
]
_MET = update(_address).where(_address.c.portal == bindparam("of_portal"), _address.c.key == bindparam("of_key"))
_PAGE = update(_page).where(_page.c.id == bindparam("of_page"))


@cache
def _counted(dialect: str) -> Insert:
    """Adds to what is known of a shape of addresses."""
    known, new = schema.pattern.c, upsert_on(dialect, schema.pattern)
    more = {name: known[name] + new.excluded[name] for name in ("articles", "others")}
    return new.on_conflict_do_update(index_elements=["portal", "shape"], set_=more)


@dataclass(slots=True)
class Rows:
    """What waits to be written of one portal. Nothing here is known to the database before `write`."""

    portal: str
    _new: list[Row] = field(default_factory=list)
    _revisions: list[Row] = field(default_factory=list)
    _restated: list[Row] = field(default_factory=list)
    _emptied: list[Row] = field(default_factory=list)
    _parts: tuple[list[Row], list[Row]] = field(default_factory=lambda: ([], []))
    _documents: dict[str, Document] = field(default_factory=dict)
    _current: dict[str, Row] = field(default_factory=dict)
    _seen: dict[str, Row] = field(default_factory=dict)
    _addresses: dict[str, Row] = field(default_factory=dict)
    _met: dict[str, Row] = field(default_factory=dict)
    _pages: dict[tuple[int, tuple[str, ...]], Row] = field(default_factory=dict)
    _shapes: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    _read: dict[int, Row] = field(default_factory=dict)

    def article(self, article: str, number: int, url: str, capture: Capture, reading: Reading) -> Row:
        """A new article, whose first state is this reading; returns its columns of `revision`."""
        columns, at = revision_columns(reading), capture.fetched_at
        row = current_columns(columns, reading, at, number)
        self._new.append({
            "id": article, "number": number, "portal": self.portal, "identity": reading.identity, "url": url,
            "revision": 1, "first_seen": at, "last_seen": at, **row,
        })  # fmt: skip
        named = words.joined(item.name for item in reading.attachments if item.name)
        self._documents[article] = Document(
            row["sort_key"], reading.title, words.text(columns), named, self.portal, reading.kind, reading.category,
            columns["published_basis"], has_files=bool(reading.attachments),
        )  # fmt: skip
        return columns

    def state(self, article: str, number: int, capture: Capture, changed: Sequence[str], columns: Row) -> None:
        """One more state of an article, not yet its current one."""
        here = {"article": article, "number": number, "entry": capture.entry, "seen_at": capture.fetched_at}
        self._revisions.append({**here, "changed": list(changed), **columns})

    def restated(self, article: str, number: int, columns: Row) -> None:
        """A known state says something else, and offers other files: those that it has now, and `parts`."""
        here = {"of_article": article, "of_number": number}
        self._restated.append({**here, **columns})
        self._emptied.append(here)

    def parts(self, article: str, number: int, reading: Reading, keys: Sequence[str]) -> None:
        """A state's files, with the keys of their pages, and its images, in the order of the page."""
        here = {"article": article, "revision": number}
        files_, images = self._parts
        files_ += (
            {**here, "position": n, "url": item.url, "key": key, "name": item.name, "media_type": item.media_type}
            for n, (item, key) in enumerate(zip(reading.attachments, keys, strict=True))
        )
        images += (
            {**here, "position": n, "url": item.url, "caption": item.caption, "alt": item.alt}
            for n, item in enumerate(reading.images)
        )

    def shows(self, article: str, row: Row) -> None:
        """What is repeated of an article's current state beside it changes."""
        self._current[article] = {"of_article": article, **row}

    def seen(self, article: str, last_seen: datetime, removed_at: datetime | None) -> None:
        """An article was met again."""
        self._seen[article] = {"of_article": article, "last_seen": last_seen, "removed_at": removed_at}

    def address(self, key: str, article: str, url: str, at: datetime) -> None:
        """An article has one more address."""
        row = {"portal": self.portal, "key": key, "article": article, "url": url}
        self._addresses[key] = {**row, "first_seen": at, "last_seen": at}

    def met(self, key: str, first_seen: datetime, last_seen: datetime) -> None:
        """An address showed its article again."""
        self._met[key] = {"of_portal": self.portal, "of_key": key, "first_seen": first_seen, "last_seen": last_seen}

    def page(self, number: int, **columns: Any) -> None:
        """A page is something else to the fetching half."""
        self._pages[number, tuple(columns)] = {"of_page": number, **columns}

    def shape(self, shape: str, *, articles: int, others: int) -> None:
        """So many more pages of a shape are articles, and others."""
        counts = self._shapes[shape]
        counts[0] += articles
        counts[1] += others

    def read(self, row: Row) -> None:
        """A capture was read: what `notes.note` says of it."""
        self._read[row["entry"]] = row

    def write(self, conn: Connection) -> None:
        """Write everything that waits."""
        self.write_articles(conn)
        self._write_pages(conn)
        notes.write(conn, list(self._read.values()))
        self._read.clear()

    def write_articles(self, conn: Connection) -> None:
        """Write what waits of articles and their addresses."""
        if not any((self._new, self._revisions, self._restated, self._current, self._seen, self._addresses, self._met)):
            return
        with words.kept(conn, list(self._current)):
            _all(conn, _NEW, self._new, then="store.article")
            _all(conn, _RESTATED, self._restated)
            revised = bool(self._revisions)
            _all(conn, _NEW_REVISION, self._revisions, then="store.revision")
            shown = self._write_parts(conn)
            if revised and self._current:
                points.reached("store.current")
            _all(conn, _CHANGED, self._current)
        _all(conn, _CHANGED, self._seen)
        _all(conn, _NEW_ADDRESS, self._addresses)
        _all(conn, _MET, self._met)
        search.add_all(conn, [
            words.document(conn, article) if article in shown else document for article, document in self._documents.items()
        ])  # fmt: skip
        self._documents.clear()

    def _write_parts(self, conn: Connection) -> set[str]:
        """Write files and images of states; returns the articles of which some files were read already."""
        offered = self._parts[0]
        newest = files.newest(conn, self.portal, {row["key"] for row in offered} - {""}) if offered else {}
        for row in offered:
            row["entry"] = newest.get(row["key"])
        shown = {row["article"] for row in offered if row["entry"] is not None}
        for old, new, rows in zip(_OLD_PARTS, _NEW_PARTS, self._parts, strict=True):
            _all(conn, old, self._emptied.copy())
            _all(conn, new, rows)
        self._emptied.clear()
        return shown

    def _write_pages(self, conn: Connection) -> None:
        alike = defaultdict[tuple[str, ...], list[Row]](list)
        for (_, names), row in self._pages.items():
            alike[names].append(row)
        for rows in alike.values():
            _all(conn, _PAGE, rows)
        self._pages.clear()
        here = {"portal": self.portal}
        counts = [
            {**here, "shape": shape, "articles": articles, "others": others}
            for shape, (articles, others) in sorted(self._shapes.items())
        ]
        _all(conn, _counted(conn.dialect.name), counts)
        self._shapes.clear()


def _all(conn: Connection, statement: Executable, rows: list[Row] | dict[str, Row], *, then: str = "") -> None:
    """Run a statement for all rows that wait, if any do; then they wait no longer."""
    if not rows:
        return
    conn.execute(statement, list(rows.values() if isinstance(rows, dict) else rows))
    rows.clear()
    if then:
        points.reached(then)


def current_columns(columns: Row, reading: Reading, first_seen: datetime, number: int) -> Row:
    """The columns of `article` that repeat its current state for lists and sorting; `columns` are those of `revision`."""
    sort_at = sort_instant(columns["published_at"], first_seen)
    return {
        "kind": reading.kind,
        "title": reading.title,
        "lead": reading.lead,
        "category": reading.category,
        "published_at": columns["published_at"],
        "sort_at": sort_at,
        "sort_key": sort_key(sort_at, number),
        "text_sha256": columns["text_sha256"],
        "twin_sha256": twin_digest(reading),
    }
