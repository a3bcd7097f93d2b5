"""The one shape in which articles leave the archive: lines of `export jsonl`, answers of the API, `show --json`.

`docs/article.schema.json` describes it. Fields may be added, never renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from access.masking import places_of
from access.personal import find
from storage.reader import ArticleState, CaptureInfo
from storage.reader.values import Decision
from storage.text import instant_text

SCHEMA = "phuongchi.article/1"

Article = dict[str, Any]
"""An object of the schema. Unknown is `null`, never an empty string, except in texts that are always there."""


def shaped(state: ArticleState, *, marked: bool = True) -> Article:
    """A state of an article as an object of the schema. Unless `marked`, personal data is not looked for: half the work."""
    return {
        "schema": SCHEMA,
        "id": state.id,
        "portal": state.portal,
        "ward": state.ward or None,
        "unit": state.unit or None,
        "province": state.province or None,
        "url": state.url,
        "urls": list(state.urls),
        **_text(state.revision),
        "personal_data": places_of(find(state.revision["paragraphs"])) if marked else [],
        **_dates(state),
        **_files(state),
        "revision": state.number,
        "revisions": state.revisions,
        "cluster": state.cluster or None,
        "cluster_size": state.cluster_size,
        "text_sha256": state.revision["text_sha256"],
        "rights": _rights(state.revision["rights_notice"]),
        "visibility": state.visibility,
        "tombstone": _tombstone(state.decision),
        "capture": _capture(state.capture),
        "reader": state.revision["reader"],
    }


def tombstone(article: Article, visibility: str, reason: str, at: str) -> Article:
    """The article without a word of its page: why nobody sees it any more, and since when."""
    return {
        **article, "title": "", "lead": "", "text": "", "paragraphs": [], "personal_data": [], "captions": [], "authors": [],
        "credits": [], "category": None, "published_evidence": None, "rights": _rights(""), "attachments": [], "images": [],
        "visibility": visibility, "tombstone": {"reason": reason, "at": at},
    }  # fmt: skip


def _text(read: Mapping[str, Any]) -> Article:
    paragraphs = list(read["paragraphs"])
    return {
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
    }


def _dates(state: ArticleState) -> Article:
    names = ("at", "precision", "source", "basis", "evidence")
    read = state.revision
    return {
        **{f"published_{name}": read[f"published_{name}"] or None for name in names},
        "updated_at": read["updated_at"] or None,
        "event_date": read["event_date"] or None,
        "first_seen": instant_text(state.first_seen),
        "last_seen": instant_text(state.last_seen),
        "removed_at": instant_text(state.removed_at) if state.removed_at else None,
    }


def _files(state: ArticleState) -> Article:
    attachments = [
        {"url": file.url, "name": file.name, "media_type": file.media_type or None, "size": file.size,
         "sha256": file.sha256 or None, "pages": file.pages or None, "flag": file.flag or None, "text": file.text}
        for file in state.attachments
    ]  # fmt: skip
    images = [
        {"url": image.url, "caption": image.caption, "alt": image.alt, "sha256": image.sha256 or None}
        for image in state.images
    ]
    return {"attachments": attachments, "images": images}


def _rights(notice: str) -> Article:
    return {"notice": notice or None, "status": "notice-printed" if notice else "unknown"}


def _tombstone(decision: Decision | None) -> Article | None:
    return {"reason": decision.reason, "at": instant_text(decision.at)} if decision else None


def _capture(capture: CaptureInfo) -> Article:
    return {
        "id": capture.entry,
        "warc": capture.file,
        "offset": capture.offset,
        "fetched_at": instant_text(capture.fetched_at),
        "status": capture.status,
        "tls": _tls(capture.tls),
    }


def _tls(text: str) -> Article | None:
    """What was wrong with the certificate of the server that answered; None for a verified one and for plain http."""
    *wrong, sha256 = text.split() or [""]
    return {"wrong": wrong, "sha256": sha256.removeprefix("sha256:")} if text else None
