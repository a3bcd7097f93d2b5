"""The files that articles offer: what is known of each, and which of them a search has found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, RowMapping, select

from storage import schema, search
from storage.engine import Database
from storage.reader.values import FileHit, FileInfo
from storage.records import UNSHOWN
from storage.search import Clause
from storage.silent import unshown

_article, _revision, _capture = schema.article, schema.revision, schema.capture
_attachment, _text = schema.attachment, schema.file_text

_AT_ONCE = 50  # articles whose files are looked through in one transaction


def offered(connection: Connection, portals: Mapping[str, str], states: Mapping[str, int]) -> dict[str, list[FileInfo]]:
    """The files of some articles in the states (revision numbers) that are asked for; `portals` are the articles' own.

    A file shows the capture that belongs to the state; one that was not read yet its newest. One whose server asks that no
    archive show it has no text, in no state, until it no longer asks.
    """
    columns = (
        _attachment, _capture.c.media_type.label("came_as"), _capture.c.size, _capture.c.payload_sha256,
        _text.c.text, _text.c.pages, _text.c.flag,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(_capture, _capture.c.entry == _attachment.c.entry, isouter=True)
        .join(_text, _text.c.entry == _attachment.c.entry, isouter=True)
        .where(_attachment.c.article.in_(list(states)))
        .order_by(_attachment.c.article, _attachment.c.position)
    )
    rows = [row for row in connection.execute(query).mappings() if row["revision"] == states[row["article"]]]
    waiting = {(portals[row["article"]], row["key"]) for row in rows if row["entry"] is None and row["key"]}
    newest = _newest(connection, waiting)
    silent = unshown(connection, {(portals[row["article"]], row["key"]) for row in rows if row["entry"] is not None})
    found = defaultdict[str, list[FileInfo]](list)
    for row in rows:
        place = (portals[row["article"]], row["key"])
        file = _file(row, newest.get(place))
        found[row["article"]].append(replace(file, text="", pages=0, flag=UNSHOWN) if place in silent else file)
    return found


def copies(db: Database, article: str, revision: int) -> list[int | None]:
    """The captures of the files that a state of an article offers, by entry number, in their order; None: not read yet."""
    mine = (_attachment.c.article == article) & (_attachment.c.revision == revision)
    with db.read() as connection:
        return list(
            connection.execute(select(_attachment.c.entry).where(mine).order_by(_attachment.c.position)).scalars()
        )


def hits(db: Database, query: str, articles: Sequence[str]) -> dict[str, tuple[FileHit, ...]]:
    """Of articles that a query found, the files that hold what was asked for: all of it, or what the article itself lacks."""
    asked = search.parse(query)
    wanted = asked.wanted
    found: dict[str, tuple[FileHit, ...]] = {}
    for start in range(0, len(articles) if wanted else 0, _AT_ONCE):
        with db.read() as connection:
            files = _texts(connection, articles[start : start + _AT_ONCE])
            own = _own_words(connection, files)
        for article, offers in files.items():
            missing = [clause for clause in wanted if not clause.stands_in(own[article])]
            found[article] = tuple(
                FileHit(offer.name, offer.url, search.snippet(offer.text, asked, field="file") if offer.text else None)
                for offer in offers
                if _found_in(offer.words, wanted, missing)
            )
    return {article: named for article, named in found.items() if named}


def _found_in(words: str, wanted: Iterable[Clause], missing: Iterable[Clause]) -> bool:
    return all(clause.stands_in(words) for clause in wanted) or any(clause.stands_in(words) for clause in missing)


def _file(row: RowMapping, newest: RowMapping | None) -> FileInfo:
    if row["entry"] is not None:
        kind = row["came_as"] or row["media_type"]
        return FileInfo(
            row["url"], row["name"], kind, row["size"], row["payload_sha256"],
            text=row["text"], pages=row["pages"], flag=row["flag"] or "",
        )  # fmt: skip
    if newest is None:
        return FileInfo(row["url"], row["name"], row["media_type"], None, "")
    kind = newest["media_type"] or row["media_type"]
    return FileInfo(row["url"], row["name"], kind, newest["size"], newest["payload_sha256"])


def _newest(connection: Connection, keys: set[tuple[str, str]]) -> dict[tuple[str, str], RowMapping]:
    """The last whole capture of each file, by portal and page key."""
    if not keys:
        return {}
    names = ("portal", "key", "media_type", "size", "payload_sha256")
    query = select(*(_capture.c[name] for name in names)).where(
        _capture.c.portal.in_({portal for portal, _ in keys}), _capture.c.key.in_({key for _, key in keys}),
        _capture.c.status == 200, _capture.c.truncated == "",
    )  # fmt: skip
    rows = connection.execute(query.order_by(_capture.c.entry)).mappings()
    return {(row["portal"], row["key"]): row for row in rows}


@dataclass(frozen=True, slots=True)
class _Offer:
    name: str
    url: str
    text: str
    words: str


def _texts(connection: Connection, articles: Sequence[str]) -> dict[str, list[_Offer]]:
    """The files of these articles as they stand, each with its words that may be shown."""
    query = (
        select(
            _attachment.c.article,
            _article.c.portal,
            *(_attachment.c[name] for name in ("key", "name", "url")),
            _text.c.text,
        )
        .join(_article, (_article.c.id == _attachment.c.article) & (_article.c.revision == _attachment.c.revision))
        .join(_text, _text.c.entry == _attachment.c.entry, isouter=True)
        .where(_attachment.c.article.in_(articles))
        .order_by(_attachment.c.article, _attachment.c.position)
    )
    rows = connection.execute(query).all()
    silent = unshown(connection, {(row.portal, row.key) for row in rows if row.text})
    found: dict[str, list[_Offer]] = {}
    for row in rows:
        said = "" if (row.portal, row.key) in silent else row.text or ""
        offer = _Offer(row.name, row.url, said, search.line(f"{row.name}\n{said}"))
        found.setdefault(row.article, []).append(offer)
    return found


def _own_words(connection: Connection, articles: Iterable[str]) -> dict[str, str]:
    """What each article says itself, as words."""
    columns = (_revision.c.article, *(_revision.c[name] for name in ("title", "paragraphs", "captions", "authors")))
    current = (_revision.c.article == _article.c.id) & (_revision.c.number == _article.c.revision)
    query = select(*columns).join(_article, current).where(_article.c.id.in_(list(articles)))
    return {
        row.article: search.line("\n".join((row.title, *row.paragraphs, *row.captions, *row.authors)))
        for row in connection.execute(query)
    }
