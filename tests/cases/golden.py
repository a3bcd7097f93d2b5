"""How a golden case is read: folder in, the fields of its reading out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.ingest.read import Captured, read
from storage.records import Capture, Portal, Reading, RecordRef, Sighting

ROOT = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Case:
    """One golden case. `meta` has `url` and `fetched_at`, and may have `charset platform purpose selectors sightings`."""

    name: str
    body: bytes
    meta: dict[str, Any]
    expected: dict[str, Any]


def load(folder: Path) -> Case:
    """The case of a folder."""
    return Case(
        folder.name,
        (folder / "page.html").read_bytes(),
        json.loads((folder / "meta.json").read_text(encoding="utf-8")),
        json.loads((folder / "expected.json").read_text(encoding="utf-8")),
    )


def cases() -> list[Case]:
    """All cases, by name."""
    return [load(found.parent) for found in sorted(ROOT.glob("*/expected.json"))]


def reading(body: bytes, meta: dict[str, Any]) -> Reading:
    """The page as the reading half reads it without a template: a case stands for itself."""
    url, at = meta["url"], datetime.fromisoformat(meta["fetched_at"])
    parts = urlsplit(url)
    portal = Portal(
        parts.netloc,
        f"{parts.scheme}://{parts.netloc}/",
        hosts=(parts.netloc,),
        platform=meta.get("platform", ""),
        selectors=meta.get("selectors", {}),
    )
    record = RecordRef("keep", "", 0, 0)
    purpose = meta.get("purpose", "unknown")
    capture = Capture(1, portal.id, url, purpose, at, 200, record, "text/html", meta.get("charset", ""))
    sightings = tuple(
        Sighting(url, portal.url, found.get("source", "listing"), 0, found["anchor"], found.get("date_text", ""), at)
        for found in meta.get("sightings", [])
    )
    return read(Captured(capture, body, portal, sightings), template=None)


def fields(found: Reading, url: str) -> dict[str, Any]:
    """The reading in the words of `expected.json`; addresses on the page's own host are given by path and query."""
    published = found.dates.published or found.dates.updated
    if not found.article:
        return {"article": False, "reason": found.reason}
    return {
        "article": True,
        "kind": found.kind,
        "title": found.title,
        "category": found.category or None,
        "paragraphs": list(found.paragraphs),
        "captions": list(found.captions),
        "authors": list(found.authors),
        "credits": list(found.credits),
        "published_at": published.value if published else None,
        "published_source": published.source if published else None,
        "event_date": found.dates.event_date or None,
        "attachments": [_local(file.url, url) for file in found.attachments],
        "images": [_local(image.url, url) for image in found.images],
        "identity": found.identity,
    }


def _local(address: str, url: str) -> str:
    parts, own = urlsplit(address), urlsplit(url)
    if parts.netloc != own.netloc:
        return address
    return parts.path + (f"?{parts.query}" if parts.query else "")
