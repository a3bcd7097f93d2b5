"""The fields of an article with their types, as tables want them; a test holds them equal to `docs/article.schema.json`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from storage.errors import UsageError

Kind = Literal["text", "integer", "instant"] | Mapping[str, Any] | Sequence[Any]
"""A type: of a value, of an object (its fields), or of a list (one type)."""

COLUMNS: Mapping[str, Kind] = {
    "schema": "text", "id": "text", "portal": "text", "ward": "text", "unit": "text", "province": "text", "url": "text",
    "urls": ["text"], "kind": "text", "title": "text", "lead": "text", "text": "text", "paragraphs": ["text"],
    "captions": ["text"], "authors": ["text"], "credits": ["text"], "category": "text", "language": "text",
    "personal_data": [{"kind": "text", "paragraph": "integer", "start": "integer", "end": "integer"}],
    "published_at": "text", "published_precision": "text", "published_source": "text", "published_basis": "text",
    "published_evidence": "text", "updated_at": "text", "event_date": "text", "first_seen": "instant",
    "last_seen": "instant", "removed_at": "instant",
    "attachments": [{"url": "text", "name": "text", "media_type": "text", "size": "integer", "sha256": "text",
                     "pages": "integer", "flag": "text", "text": "text"}],
    "images": [{"url": "text", "caption": "text", "alt": "text", "sha256": "text"}],
    "revision": "integer", "revisions": "integer", "cluster": "text", "cluster_size": "integer", "text_sha256": "text",
    "rights": {"notice": "text", "status": "text"}, "visibility": "text",
    "tombstone": {"reason": "text", "at": "instant"},
    "capture": {"id": "integer", "warc": "text", "offset": "integer", "fetched_at": "instant", "status": "integer",
                "tls": {"wrong": ["text"], "sha256": "text"}},
    "reader": "text",
}  # fmt: skip


def chosen(fields: Sequence[str]) -> dict[str, Kind]:
    """The fields that are asked for, in that order, `id` always among them; all of them if none are named.

    Raises UsageError for one that articles do not have.
    """
    unknown = [name for name in fields if name not in COLUMNS]
    if unknown:
        raise UsageError(f"articles have no field {unknown[0]!r}", cure=f"They have: {', '.join(COLUMNS)}")
    names = dict.fromkeys(fields if "id" in fields or not fields else ("id", *fields)) or COLUMNS
    return {name: COLUMNS[name] for name in names}


def flat(columns: Mapping[str, Kind]) -> Iterator[str]:
    """The names of cells: `rights.notice` for a field of an object; lists are one cell."""
    for name, kind in columns.items():
        yield from (f"{name}.{inner}" for inner in kind) if isinstance(kind, Mapping) else (name,)
