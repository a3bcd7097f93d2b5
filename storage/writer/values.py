"""A Reading as the columns of `revision` and its tables, and back; digests over it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any

from storage.records import Attachment, DateCandidate, Dates, Image, Kind, Reading
from storage.text import VIETNAM, fold, sha256_text

SHORT_TEXT = 400
"""Characters under which equal texts may be two notices of one form: their twin digest holds the date too."""


def revision_columns(reading: Reading) -> dict[str, Any]:
    """The columns of `revision` that describe a state; article, number, entry, changed and seen_at are the caller's."""
    published = reading.dates.published
    return {
        "reader": reading.reader,
        "kind": reading.kind,
        "title": reading.title,
        "paragraphs": list(reading.paragraphs),
        "captions": list(reading.captions),
        "authors": list(reading.authors),
        "credits": list(reading.credits),
        "category": reading.category,
        "language": reading.language,
        "published_at": published.value if published else "",
        "published_precision": published.precision if published else "",
        "published_source": published.source if published else "",
        "published_basis": published.basis if published else "",
        "published_evidence": published.evidence if published else "",
        "updated_at": reading.dates.updated.value if reading.dates.updated else "",
        "event_date": reading.dates.event_date,
        "candidates": [asdict(candidate) for candidate in _side_candidates(reading.dates)],
        "rights_notice": reading.rights_notice,
        "flags": list(reading.flags),
        "text_sha256": sha256_text(reading.text),
        "digest": digest(reading),
    }


def _side_candidates(dates: Dates) -> tuple[DateCandidate, ...]:
    """Every date beside the published one; the update date is the one without a reason for rejection."""
    return ((dates.updated,) if dates.updated else ()) + dates.rejected


def reading_of(
    row: Mapping[str, Any],
    attachments: Sequence[Mapping[str, Any]],
    images: Sequence[Mapping[str, Any]],
    identity: str,
) -> Reading:
    """The stored state of a revision as the Reading it came from (aliases and confidence are not kept)."""
    candidates = [DateCandidate(**candidate) for candidate in row["candidates"]]
    published = None
    if row["published_at"]:
        published = DateCandidate(
            row["published_at"],
            row["published_precision"],
            row["published_source"],
            row["published_basis"],
            row["published_evidence"],
        )
    kind: Kind = row["kind"]
    return Reading(
        article=True,
        reader=row["reader"],
        identity=identity,
        kind=kind,
        title=row["title"],
        lead=row["paragraphs"][0] if row["paragraphs"] else "",
        paragraphs=tuple(row["paragraphs"]),
        captions=tuple(row["captions"]),
        authors=tuple(row["authors"]),
        credits=tuple(row["credits"]),
        category=row["category"],
        language=row["language"],
        dates=Dates(
            published,
            next((candidate for candidate in candidates if not candidate.rejected), None),
            row["event_date"],
            tuple(candidate for candidate in candidates if candidate.rejected),
        ),
        attachments=tuple(Attachment(item["url"], item["name"], item["media_type"]) for item in attachments),
        images=tuple(Image(item["url"], item["caption"], item["alt"]) for item in images),
        rights_notice=row["rights_notice"],
        flags=tuple(row["flags"]),
    )


def digest(reading: Reading) -> str:
    """Hex SHA-256 over everything that a follower of the change feed would store of this state."""
    published = reading.dates.published
    state = [
        reading.kind,
        reading.title,
        reading.paragraphs,
        reading.captions,
        reading.authors,
        reading.credits,
        reading.category,
        asdict(published) if published else None,
        reading.dates.updated.value if reading.dates.updated else "",
        reading.dates.event_date,
        [(item.url, item.name) for item in reading.attachments],
        [(item.url, item.caption) for item in reading.images],
    ]
    return sha256_text(json.dumps(state, ensure_ascii=False, separators=(",", ":")))


@lru_cache(maxsize=64)
def twin_digest(reading: Reading) -> str:
    """The same for two addresses of one story on one portal: over folded title and text.

    For short texts the printed date and the files count too: two monthly notices may share every word of title and text.
    """
    marks = [fold(reading.title), fold(reading.text)]
    if len(reading.text) < SHORT_TEXT:
        published = reading.dates.published
        marks.append(published.value[:10] if published and published.basis != "inferred" else "")
        marks.extend(sorted(item.url for item in reading.attachments))
    return sha256_text("\n".join(marks))


def sort_instant(value: str, first_seen: datetime) -> datetime:
    """The instant an article is sorted by: the earliest one its printed date allows, else when it was first seen."""
    if not value:
        return first_seen
    padded = value + "-01-01"[len(value) - 4 :] if len(value) < 10 else value
    instant = datetime.fromisoformat(padded)
    return instant if instant.tzinfo else instant.replace(tzinfo=VIETNAM)
