"""What was read of a page or file, without what is veiled."""

from __future__ import annotations

from dataclasses import replace

from storage.records import AttachmentText, DateCandidate, Reading
from storage.redaction.veil import MARK, Veil

NOTHING_LEFT = "redacted"
"""Why a page is no article whose headline nobody may read."""


def veiled_reading(veil: Veil, reading: Reading) -> Reading:
    """A reading with marks; the same value where nothing in it is veiled."""
    if not veil.heads or not reading.article or not _hides(veil, reading):
        return reading
    text = veil.text
    dates = reading.dates
    masked = replace(
        reading,
        title=text(reading.title),
        lead=text(reading.lead),
        paragraphs=tuple(map(text, reading.paragraphs)),
        captions=tuple(map(text, reading.captions)),
        authors=tuple(map(text, reading.authors)),
        credits=tuple(map(text, reading.credits)),
        category=text(reading.category),
        rights_notice=text(reading.rights_notice),
        attachments=tuple(replace(item, name=text(item.name)) for item in reading.attachments),
        images=tuple(replace(item, caption=text(item.caption), alt=text(item.alt)) for item in reading.images),
        dates=replace(
            dates,
            published=_date(veil, dates.published),
            updated=_date(veil, dates.updated),
            rejected=tuple(replace(item, evidence=text(item.evidence)) for item in dates.rejected),
        ),
    )
    if masked.title == MARK:
        return replace(masked, article=False, reason=NOTHING_LEFT)
    return masked


def veiled_file(veil: Veil, found: AttachmentText) -> AttachmentText:
    """A file's text with marks."""
    return replace(found, text=veil.text(found.text)) if veil.hides(found.text) else found


def _hides(veil: Veil, reading: Reading) -> bool:
    dates = (reading.dates.published, reading.dates.updated, *reading.dates.rejected)
    return any(
        veil.hides(text)
        for text in (
            reading.title, reading.lead, *reading.paragraphs, *reading.captions, *reading.authors, *reading.credits,
            reading.category, reading.rights_notice, *(item.name for item in reading.attachments),
            *(text for item in reading.images for text in (item.caption, item.alt)),
            *(date.evidence for date in dates if date),
        )
    )  # fmt: skip


def _date(veil: Veil, date: DateCandidate | None) -> DateCandidate | None:
    return replace(date, evidence=veil.text(date.evidence)) if date else None
