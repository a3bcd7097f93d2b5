"""Whole articles: what was read, its files and images, its addresses, and the capture that shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from storage import schema
from storage.engine import Database
from storage.reader.files import offered
from storage.reader.values import ArticleState, CaptureInfo, Decision, FileInfo
from storage.records import Image
from storage.silent import UNSHOWN_FILES

_article, _revision, _capture, _portal = schema.article, schema.revision, schema.capture, schema.portal
_SHOWN = ("public", "restricted")
_AT_ONCE = 500


def state(db: Database, article: str, *, revision: int | None = None) -> ArticleState | None:
    """An article in its current state, or as its `revision` of this number was; None if there is no such thing."""
    found = states(db, [article], revision=revision)
    return found[0] if found else None


def states(db: Database, articles: Sequence[str], *, revision: int | None = None) -> list[ArticleState]:
    """Some articles in their current states (or in the `revision` of this number), in the order they are asked for.

    All in one transaction: ask for a hundred at a time.
    """
    with db.read() as connection:
        rows = _rows(connection, articles, revision)
        numbers = {name: row["revision_number"] for name, row in rows.items()}
        urls = _addresses(connection, articles)
        counts = _count(connection, _revision.c.article, articles)
        portals = {name: row["article_portal"] for name, row in rows.items()}
        files = offered(connection, portals, numbers)
        images = _images(connection, numbers)
        clusters = _clusters(connection, articles)
        decisions = _decisions(
            connection, [name for name, row in rows.items() if row["article_visibility"] not in _SHOWN]
        )
        sizes = _count(connection, schema.cluster.c.id, set(clusters.values()))
        units = _units(connection, {row["portal_unit"] for row in rows.values()} - {""})
    return [
        _state(
            rows[name], urls[name], counts.get(name, 1), files[name], images[name],
            clusters.get(name, ""), sizes.get(clusters.get(name, ""), 1), units.get(rows[name]["portal_unit"]),
            decisions.get(name),
        )
        for name in articles
        if name in rows
    ]  # fmt: skip


def hidden_pages(db: Database, *, restricted: bool = True) -> frozenset[tuple[str, str]]:
    """Portal and key of each page that shows an article which may not be shown, and of each file that only such ones offer.

    Without `restricted`, those of restricted articles are hidden, too, and files whose servers ask for it.
    """
    address, attachment = schema.article_address, schema.attachment
    hidden = _article.c.visibility.not_in(_SHOWN if restricted else ("public",))
    pages = select(address.c.portal, address.c.key).join(_article, _article.c.id == address.c.article).where(hidden)
    offers = select(_article.c.portal, attachment.c.key).join(_article, _article.c.id == attachment.c.article)
    offers = offers.where(attachment.c.key != "")
    with db.read() as connection:
        found = {(row.portal, row.key) for row in connection.execute(pages)}
        files = {(row.portal, row.key) for row in connection.execute(offers.where(hidden))}
        keys = sorted({key for _, key in files})
        for start in range(0, len(keys), _AT_ONCE):
            some = attachment.c.key.in_(keys[start : start + _AT_ONCE])
            files -= {(row.portal, row.key) for row in connection.execute(offers.where(~hidden, some))}
        if not restricted:
            files |= {(row.portal, row.key) for row in connection.execute(UNSHOWN_FILES)}
    return frozenset(found | files)


def _state(
    row: RowMapping,
    urls: Sequence[str],
    revisions: int,
    files: Sequence[FileInfo],
    images: Sequence[Image],
    cluster: str,
    cluster_size: int,
    unit: tuple[str, str] | None,
    decision: Decision | None,
) -> ArticleState:
    shown = row["article_visibility"] in _SHOWN
    main = row["article_url"]
    return ArticleState(
        id=row["article_id"], portal=row["article_portal"], ward=unit[0] if unit else row["portal_name"],
        unit=row["portal_unit"], province=row["portal_province"] or (unit[1] if unit else ""),
        url=main, urls=tuple(dict.fromkeys((main, *urls))), first_seen=row["article_first_seen"],
        last_seen=row["article_last_seen"], removed_at=row["article_removed_at"], visibility=row["article_visibility"],
        number=row["revision_number"], revisions=revisions, revision=_read(row, shown=shown),
        attachments=tuple(files) if shown else (), images=tuple(images) if shown else (),
        capture=CaptureInfo(
            row["capture_entry"], row["capture_url"], row["capture_file"], row["capture_offset"], row["capture_length"],
            row["capture_series"], row["capture_fetched_at"], row["capture_status"], row["capture_tls"] or "",
        ),
        cluster=cluster, cluster_size=cluster_size, decision=decision,
    )  # fmt: skip


def _read(row: RowMapping, *, shown: bool) -> dict[str, Any]:
    """The columns of `revision`; without a word of the page when it may not be shown."""
    columns = {column.name: row[f"revision_{column.name}"] for column in _revision.c}
    if shown:
        return columns
    hidden: dict[str, Any] = {"title": "", "category": "", "rights_notice": "", "published_evidence": ""}
    hidden |= dict.fromkeys(("paragraphs", "captions", "authors", "credits", "candidates", "flags"), ())
    return columns | hidden


def _rows(connection: Connection, articles: Sequence[str], revision: int | None) -> dict[str, RowMapping]:
    columns = [
        column.label(f"{table.name}_{column.name}")
        for table in (_article, _revision, _capture, _portal)
        for column in table.c
    ]
    number = _article.c.revision if revision is None else revision
    query = (
        select(*columns)
        .join(_revision, (_revision.c.article == _article.c.id) & (_revision.c.number == number))
        .join(_capture, _capture.c.entry == _revision.c.entry)
        .join(_portal, _portal.c.id == _article.c.portal)
        .where(_article.c.id.in_(articles))
    )
    return {row["article_id"]: row for row in connection.execute(query).mappings()}


def _addresses(connection: Connection, articles: Sequence[str]) -> dict[str, list[str]]:
    address, urls = schema.article_address, defaultdict[str, list[str]](list)
    query = select(address.c.article, address.c.url).where(address.c.article.in_(articles))
    for name, url in connection.execute(query.order_by(address.c.first_seen, address.c.url)):
        urls[name].append(url)
    return urls


def _clusters(connection: Connection, articles: Sequence[str]) -> dict[str, str]:
    """The cluster of each article that is in one."""
    table = schema.cluster
    query = select(table.c.article, table.c.id).where(table.c.article.in_(articles))
    return {name: cluster for name, cluster in connection.execute(query)}


def _decisions(connection: Connection, articles: Sequence[str]) -> dict[str, Decision]:
    """The last decision about each article."""
    table = schema.decision
    query = (
        select(table.c.article, table.c.reason, table.c.at).where(table.c.article.in_(articles)).order_by(table.c.id)
    )
    return {name: Decision(reason, at) for name, reason, at in connection.execute(query)} if articles else {}


def _count(connection: Connection, column: Any, values: Iterable[str]) -> dict[str, int]:
    wanted = list(values)
    if not wanted:
        return {}
    rows = connection.execute(select(column, func.count()).where(column.in_(wanted)).group_by(column))
    return {value: count for value, count in rows}


def _images(connection: Connection, numbers: dict[str, int]) -> dict[str, list[Image]]:
    table, found = schema.image, defaultdict[str, list[Image]](list)
    query = select(table).where(table.c.article.in_(list(numbers))).order_by(table.c.article, table.c.position)
    for row in connection.execute(query).mappings():
        if row["revision"] == numbers[row["article"]]:
            found[row["article"]].append(Image(row["url"], row["caption"], row["alt"]))
    return found


def _units(connection: Connection, codes: set[str]) -> dict[str, tuple[str, str]]:
    """Name and province of each unit, as of its latest state."""
    unit = schema.unit
    query = select(unit.c.code, unit.c.name, unit.c.province).where(unit.c.code.in_(codes)).order_by(unit.c.valid_from)
    return {row.code: (row.name, row.province) for row in connection.execute(query)} if codes else {}
