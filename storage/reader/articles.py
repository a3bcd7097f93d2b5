"""Lists of articles and the history of one, without their texts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, select

from storage import schema, search
from storage.engine import Database
from storage.reader.among import among
from storage.reader.captures import host_of
from storage.reader.files import hits
from storage.reader.filters import Filters, Key, portals_of, question, row_conditions
from storage.reader.units import Meant, meaning
from storage.reader.values import ArticleLine, RevisionLine
from storage.search import Query, Ranker

_article, _portal, _revision, _address = schema.article, schema.portal, schema.revision, schema.article_address
_LINE = (
    *(_article.c[name] for name in (
        "id", "portal", "url", "kind", "title", "lead", "category", "published_at", "sort_at", "sort_key", "first_seen",
        "removed_at", "revision", "visibility",
    )),
    _portal.c.name.label("place"), _portal.c.province,
)  # fmt: skip
_SPARE = 10  # rows that the index gives beyond a page, for articles that are hidden
_MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Known:
    """What a search is known to find: what its names mean, and its newest answers, as many as were asked for."""

    meant: Meant
    newest: tuple[Key, ...]


def articles(db: Database, filters: Filters, *, after: Key | None = None, limit: int = 20) -> list[ArticleLine]:
    """One page of the articles that are asked for, newest first. Raises UsageError for dates that are none."""
    with db.read() as connection:
        return _lines(connection, _newest(connection, filters, after, limit))


def newest_first(db: Database, filters: Filters, *, after: Key | None = None, limit: int = 200) -> list[Key]:
    """The keys of one page of the articles that are asked for: what an export walks by."""
    with db.read() as connection:
        return _newest(connection, filters, after, limit)


def lines(db: Database, keys: Sequence[Key]) -> list[ArticleLine]:
    """The lines of articles whose keys are known, newest first."""
    with db.read() as connection:
        return _lines(connection, keys)


def known(db: Database, filters: Filters, *, limit: int) -> Known:
    """What the names in filters mean, and the newest answers. Raises UsageError for bad dates and names of several places."""
    with db.read() as connection:
        meant = meaning(connection, ward=filters.ward, province=filters.province, platform=filters.platform)
        return Known(meant, tuple(_newest(connection, filters, None, limit, meant=meant)))


def relevant(
    db: Database, filters: Filters, *, skip: int = 0, limit: int = 20, known: Known | None = None
) -> list[ArticleLine]:
    """The articles that answer the words best, of the newest that do (`search.NEWEST`, and `search.TITLED` by their titles).

    What stands there with the accents that were typed comes first. `known` answers are not looked for again. Raises UsageError
    for dates that are none.
    """
    query, meant = search.parse(filters.words), known.meant if known else None
    ranker = search.ranker(query)
    with db.read() as connection:
        keys = list(known.newest[: search.NEWEST]) if known else _newest(connection, filters, None, search.NEWEST)
        if titled := search.in_titles(query):
            keys += _newest(connection, filters, None, search.TITLED, titled, meant=meant)
        keys = _promising(connection, ranker, list(dict.fromkeys(keys)), skip + limit)
        texts = told(connection, {key.id for key in keys})
    ranks = {key: (ranker.rank(*texts[key.id]), key.sort_key) for key in keys}
    best = sorted(ranks, key=ranks.__getitem__, reverse=True)[skip : skip + limit]
    with db.read() as connection:
        lines = {line.id: line for line in _lines(connection, best)}
    return [lines[key.id] for key in best if key.id in lines]


def _promising(connection: Connection, ranker: Ranker, keys: list[Key], count: int) -> list[Key]:
    """Those whose titles leave it open whether they are among the `count` best: to read and to cut texts is what costs."""
    titles = select(_article.c.sort_key, _article.c.title)
    rows = connection.execute(titles.where(among(connection, _article.c.sort_key, [key.sort_key for key in keys])))
    ranks = {sort_key: ranker.bounds(title) for sort_key, title in rows}
    least = sorted((low for low, _ in ranks.values()), reverse=True)
    return [key for key in keys if len(least) < count or ranks[key.sort_key][1] >= least[count - 1]]


def illustrated(db: Database, words: str, lines: Sequence[ArticleLine]) -> list[ArticleLine]:
    """Lines of a list with the pieces of their texts and files that hold the words."""
    query = search.parse(words)
    if not query.wanted:
        return list(lines)
    files = hits(db, words, [line.id for line in lines])
    with db.read() as connection:
        texts = told(connection, {line.id for line in lines})
    return [
        replace(
            line, files=files.get(line.id, ()), heading=search.marked(line.title, query, field="title"),
            snippet=search.snippet(texts.get(line.id, ("", ""))[1], query),
        )
        for line in lines
    ]  # fmt: skip


def meant(db: Database, filters: Filters) -> Meant:
    """What the names in filters stand for. Raises UsageError for a name of several places."""
    with db.read() as connection:
        return meaning(connection, ward=filters.ward, province=filters.province, platform=filters.platform)


def told(connection: Connection, articles: Collection[str]) -> dict[str, tuple[str, str]]:
    """Title and text of some articles (a few hundred), as they stand and as they are found by."""
    current = (_revision.c.article == _article.c.id) & (_revision.c.number == _article.c.revision)
    columns = (_revision.c.article, *(_revision.c[name] for name in ("title", "paragraphs", "captions", "authors")))
    query = select(*columns).join(_article, current).where(among(connection, _article.c.id, articles))
    return {
        row.article: (row.title, "\n".join((*row.paragraphs, *row.captions, *row.authors)))
        for row in connection.execute(query)
    }


def _newest(
    connection: Connection, filters: Filters, after: Key | None, limit: int, instead: Query | None = None,
    *, meant: Meant | None = None,
) -> list[Key]:  # fmt: skip
    """The keys of a page; with `instead` of those that answer that query and not the filters' words."""
    portals = meant.portals if meant else portals_of(connection, filters)
    wanted = row_conditions(filters, portals)
    asked = question(filters, portals)
    if instead is not None and asked is not None:
        asked = replace(asked, query=instead)
    below = after.sort_key if after is not None else search.END
    if asked is None:
        return _keys(connection, [*wanted, _article.c.sort_key < below], limit)
    found: list[Key] = []
    below, most = min(asked.below, below), limit + _SPARE
    while len(found) < limit:
        rows = search.newest(connection, replace(asked, below=below), most)
        if rows:
            found += _keys(connection, [*wanted, among(connection, _article.c.sort_key, rows)], limit - len(found))
        if len(rows) < most:
            break
        below, most = rows[-1], min(2 * most, _MOST_ROWS)
    return found


def _keys(connection: Connection, wanted: Sequence[ColumnElement[bool]], limit: int) -> list[Key]:
    query = select(_article.c.sort_key, _article.c.id).where(*wanted)
    rows = connection.execute(query.order_by(_article.c.sort_key.desc()).limit(limit)).all()
    return [Key(sort_key, name) for sort_key, name in rows]


def find_id(db: Database, text: str) -> str:
    """The id of the article that `text` means: its id, the beginning of it, or one of its addresses; empty if none or many.

    The address that an article goes by may be one that its page names itself, at which it was never asked for.
    """
    with db.read() as connection:
        found = _at_address(connection, text) if "/" in text else _beginning(connection, text) if text else ()
    return found[0] if len(found) == 1 else ""


def _beginning(connection: Connection, text: str) -> Sequence[str]:
    query = select(_article.c.id).where(_article.c.id.startswith(text, autoescape=True))
    return connection.execute(query.limit(2)).scalars().all()


def _at_address(connection: Connection, url: str) -> Sequence[str]:
    """No index has these addresses: those of portals on its host are looked through first, and nearly always alone."""
    try:
        host = host_of(url)
    except ValueError:  # brackets around what is no address
        return ()
    asked = select(_address.c.article).where(_address.c.url == url)
    named = select(_article.c.id).where(_article.c.url == url)
    homes = connection.execute(select(_portal.c.id, _portal.c.url))
    if here := [name for name, home in homes if host_of(home) == host]:
        near = asked.where(_address.c.portal.in_(here)).union(named.where(_article.c.portal.in_(here)))
        if found := connection.execute(near.limit(2)).scalars().all():
            return found
    return connection.execute(asked.union(named).limit(2)).scalars().all()


def history(db: Database, article: str) -> list[RevisionLine]:
    """The states of an article, oldest first."""
    names = ("number", "seen_at", "changed", "title", "published_at", "reader", "text_sha256", "entry")
    query = select(*(_revision.c[name] for name in names)).where(_revision.c.article == article)
    with db.read() as connection:
        rows = connection.execute(query.order_by(_revision.c.seen_at, _revision.c.entry)).mappings()
        return [RevisionLine(**{**row, "changed": tuple(row["changed"])}) for row in rows]


def _lines(connection: Connection, keys: Sequence[Key]) -> list[ArticleLine]:
    query = select(*_LINE).join(_portal, _portal.c.id == _article.c.portal)
    query = query.where(_article.c.sort_key.in_([key.sort_key for key in keys]))
    return [ArticleLine(**row) for row in connection.execute(query.order_by(_article.c.sort_key.desc())).mappings()]
