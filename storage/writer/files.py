"""Texts of files, and which capture of a file each state of an article shows.

A text belongs to the capture it was read from, so that a file many articles link is kept once, and a file that was replaced
under its address leaves the old text where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from storage import points, schema
from storage.records import INSTEAD, UNSHOWN, AttachmentText, Capture, EventKind
from storage.redaction.veil import MARK
from storage.silent import unshown
from storage.text import sha256_text
from storage.writer import words

_article, _revision, _capture = schema.article, schema.revision, schema.capture
_attachment, _text = schema.attachment, schema.file_text

_NEWEST = (
    select(
        _capture.c.key, func.coalesce(func.max(case((_text.c.flag != INSTEAD, _text.c.entry))), func.max(_text.c.entry))
    )
    .join(_capture, _capture.c.entry == _text.c.entry)
    .where(_capture.c.portal == bindparam("portal"), _capture.c.key.in_(bindparam("keys", expanding=True)))
    .group_by(_capture.c.key)
)

LONGEST_KEY = 2048
"""Bytes of a key; files behind longer addresses are never asked for."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A file in the current state of an article: the capture it shows now, if any, that one's digest, text and flag."""

    article: str
    entry: int | None
    sha256: str | None
    text: str | None
    flag: str | None

    def waits(self, capture: Capture) -> bool:
        """Whether nothing was shown yet, or a web page that came earlier in the file's place."""
        return self.entry is None or (self.flag == INSTEAD and self.entry < capture.entry)


def text(conn: Connection, entry: int) -> tuple[AttachmentText, str] | None:
    """What was read from a capture, and the version that read it; None if it was not read yet."""
    row = conn.execute(select(_text).where(_text.c.entry == entry)).first()
    return (AttachmentText(row.text, row.pages, row.flag), row.reader) if row else None


def keep(conn: Connection, capture: Capture, found: AttachmentText, *, reader: str) -> list[tuple[EventKind, str]]:
    """Store a file's text and show it in the articles that offer the file; returns their events.

    Where an article's current state showed other bytes, it gets a new state that differs in its files alone: the article's
    own text and digest stay. A capture older than the one that is shown changes nothing. Where the server asks from now on
    that no archive show the file, or no longer asks, all its texts leave the index, or come back.
    """
    shown, silent = _shown(conn, capture), _is_silent(conn, capture)
    with words.kept(conn, sorted({item.article for item in shown})):
        changed = _put(conn, capture.entry, found, reader)
        points.reached("file.stored")
        _show_first(conn, capture)
        _show_freed(conn, capture, found)
        replaced = _replaced(shown, capture, found)
        for article in replaced:
            _replace(conn, article, capture)
    turned = silent != _is_silent(conn, capture)
    fresh = {
        item.article for item in shown if turned or item.waits(capture) or (changed and item.entry == capture.entry)
    }
    again: list[tuple[EventKind, str]] = [("reextracted", article) for article in sorted(fresh - set(replaced))]
    return [*again, *(("revised", article) for article in replaced)]


def newest(conn: Connection, portal: str, keys: Iterable[str]) -> Mapping[str, int]:
    """The newest captures of some files that were read, by key; web pages only for want of any."""
    return {key: entry for key, entry in conn.execute(_NEWEST, {"portal": portal, "keys": list(keys)})}


def fitting(key: str) -> str:
    """`key` as it is kept, empty if it is too long to be one."""
    return key if len(key.encode("utf-8", "surrogatepass")) <= LONGEST_KEY else ""


def _shown(conn: Connection, capture: Capture) -> list[_Shown]:
    """The current states that offer the capture's file."""
    query = (
        select(_attachment.c.article, _attachment.c.entry, _capture.c.payload_sha256, _text.c.text, _text.c.flag)
        .where(_article.c.visibility != "redacted")
        .join(_article, (_article.c.id == _attachment.c.article) & (_article.c.revision == _attachment.c.revision))
        .join(_capture, _capture.c.entry == _attachment.c.entry, isouter=True)
        .join(_text, _text.c.entry == _attachment.c.entry, isouter=True)
        .where(_attachment.c.key == capture.key, _article.c.portal == capture.portal)
    )
    return [_Shown(*row) for row in conn.execute(query)]


def _replaced(shown: Sequence[_Shown], capture: Capture, found: AttachmentText) -> list[str]:
    """Articles that showed other bytes before. Those of a file that was redacted are not there to be compared, its text is."""
    if found.flag == INSTEAD:
        return []
    return sorted({
        item.article
        for item in shown
        if not item.waits(capture) and item.entry is not None and item.entry < capture.entry
        and item.sha256 != capture.payload_sha256 and not (MARK in found.text and item.text == found.text)
    })  # fmt: skip


def _put(conn: Connection, entry: int, found: AttachmentText, reader: str) -> bool:
    """Store the text; True if there was another one."""
    values = {"text": found.text, "text_sha256": sha256_text(found.text), "pages": found.pages, "flag": found.flag}
    row = conn.execute(select(_text).where(_text.c.entry == entry)).mappings().first()
    if row is None:
        conn.execute(insert(_text).values(entry=entry, reader=reader, **values))
        return False
    conn.execute(update(_text).where(_text.c.entry == entry).values(reader=reader, **values))
    return any(row[name] != value for name, value in values.items())


def _show_first(conn: Connection, capture: Capture) -> None:
    """Every state that waited for the file shows this capture of it, also in place of a web page that came before it."""
    ours = select(_article.c.id).where(_article.c.portal == capture.portal)
    pages = (
        select(_text.c.entry)
        .join(_capture, _capture.c.entry == _text.c.entry)
        .where(_capture.c.portal == capture.portal, _capture.c.key == capture.key)
        .where(_text.c.flag == INSTEAD, _text.c.entry < capture.entry)
    )
    here = (_attachment.c.key == capture.key) & _attachment.c.article.in_(ours)
    waiting = here & (_attachment.c.entry.is_(None) | _attachment.c.entry.in_(pages))
    conn.execute(update(_attachment).where(waiting).values(entry=capture.entry))


def _show_freed(conn: Connection, capture: Capture, found: AttachmentText) -> None:
    """States that show the same bytes from when nobody might read them show this capture, whose text was read."""
    if found.flag in (UNSHOWN, INSTEAD):
        return
    before = (
        select(_text.c.entry)
        .join(_capture, _capture.c.entry == _text.c.entry)
        .where(_capture.c.portal == capture.portal, _capture.c.key == capture.key, _text.c.entry < capture.entry)
        .where(_capture.c.payload_sha256 == capture.payload_sha256, _text.c.flag == UNSHOWN)
    )
    here = (_attachment.c.key == capture.key) & _attachment.c.entry.in_(before)
    conn.execute(update(_attachment).where(here).values(entry=capture.entry))


def _is_silent(conn: Connection, capture: Capture) -> bool:
    return bool(unshown(conn, [(capture.portal, capture.key)]))


def _replace(conn: Connection, article: str, capture: Capture) -> None:
    """A new state of an article, the same but for the capture that shows one of its files."""
    old: int = conn.execute(select(_article.c.revision).where(_article.c.id == article)).scalar_one()
    query = select(_revision).where(_revision.c.article == article, _revision.c.number == old)
    row = dict(conn.execute(query).mappings().one())
    row |= {"number": old + 1, "seen_at": capture.fetched_at, "changed": ["attachments"]}
    conn.execute(insert(_revision).values(**row))
    for table in (_attachment, schema.image):
        parts = select(table).where(table.c.article == article, table.c.revision == old)
        if rows := [{**part, "revision": old + 1} for part in conn.execute(parts).mappings()]:
            conn.execute(insert(table), rows)
    new = (_attachment.c.article == article) & (_attachment.c.revision == old + 1) & (_attachment.c.key == capture.key)
    conn.execute(update(_attachment).where(new).values(entry=capture.entry))
    conn.execute(update(_article).where(_article.c.id == article).values(revision=old + 1))
