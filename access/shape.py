"""The one shape in which articles leave the archive: lines of `export jsonl`, answers of the API, `show --json`.

`docs/article.schema.json` describes it. Fields may be added, never renamed.
"""

from __future__ import annotations

from typing import Any

from storage.reader import ArticleState
from storage.text import instant_text

SCHEMA = "phuongchi.article/1"

Article = dict[str, Any]
"""An object of the schema. Unknown is `null`, never an empty string, except in texts that are always there."""


def shaped(state: ArticleState) -> Article:
    """A state of an article as an object of the schema."""
    read = state.revision
    paragraphs = list(read["paragraphs"])
    return {
        "schema": SCHEMA,
        "id": state.id,
        "portal": state.portal,
        "ward": state.ward or None,
        "unit": state.unit or None,
        "province": state.province or None,
        "url": state.url,
        "urls": list(state.urls),
        "kind": read["kind"],
        "title": read["title"],
        "lead": paragraphs[0] if paragraphs else "",
        "text": "\n\n".join(paragraphs),
        "paragraphs": paragraphs,
        "captions": list(read["captions"]),
        "authors": list(read["authors"]),
        "credits": list(read["credits"]),
        "category": read["category"] or None,
        "language": read["language"],
        "published_at": read["published_at"] or None,
        "published_precision": read["published_precision"] or None,
        "published_source": read["published_source"] or None,
        "published_basis": read["published_basis"] or None,
        "published_evidence": read["published_evidence"] or None,
        "updated_at": read["updated_at"] or None,
        "event_date": read["event_date"] or None,
        "first_seen": instant_text(state.first_seen),
        "last_seen": instant_text(state.last_seen),
        "removed_at": instant_text(state.removed_at) if state.removed_at else None,
        "attachments": [
            {
                "url": file.url,
                "name": file.name,
                "media_type": file.media_type or None,
                "size": file.size,
                "sha256": file.sha256 or None,
                "pages": file.pages or None,
                "flag": file.flag or None,
                "text": file.text,
            }
            for file in state.attachments
        ],
        "images": [
            {"url": image.url, "caption": image.caption, "alt": image.alt, "sha256": image.sha256 or None}
            for image in state.images
        ],
        "revision": state.number,
        "revisions": state.revisions,
        "cluster": state.cluster or None,
        "cluster_size": state.cluster_size,
        "text_sha256": read["text_sha256"],
        "rights": {
            "notice": read["rights_notice"] or None,
            "status": "notice-printed" if read["rights_notice"] else "unknown",
        },
        "visibility": state.visibility,
        "capture": {
            "id": state.capture.entry,
            "warc": state.capture.file,
            "offset": state.capture.offset,
            "fetched_at": instant_text(state.capture.fetched_at),
            "status": state.capture.status,
        },
        "reader": read["reader"],
    }
