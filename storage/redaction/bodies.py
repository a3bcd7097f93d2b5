"""Answers without what is veiled, masked before anything of them is kept: what was redacted once never comes back with the
next visit."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from storage.redaction import words as cutting
from storage.redaction.veil import MARK, Veil
from storage.warc import BODY_LIMIT, decode

_ADDRESS = re.compile(
    r"""(?:\b(?:href|src|action)\s*=\s*(?P<quote>["']))(?P<value>.*?)(?P=quote)|(?P<bare>https?:(?:\\?/){2}[^\s"'<>]+)""",
    re.IGNORECASE | re.DOTALL,
)
_TEXT = ("text/", "html", "xml", "json", "javascript")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def veiled_answer(veil: Veil, body: bytes, *, url: str, key: str, content_type: str, coding: str) -> bytes | None:
    """The body of an answer as it may be kept, its content coding undone; None if it may be kept as it is.

    Nothing is left of a page with the `key` of a redacted article.
    """
    if not veil or not body:
        return None
    if key in veil.gone:
        return b""
    plain, _ = decode(body, coding, limit=BODY_LIMIT)
    masked = veiled_body(veil, plain, content_type=content_type, hosts={urlsplit(url).netloc})
    return None if masked == plain else masked


def veiled_body(veil: Veil, body: bytes, *, content_type: str, hosts: Collection[str]) -> bytes:
    """A decoded body with marks; bodies that are no text as they are. Addresses on `hosts` stay: pages are known by them."""
    if not veil.heads or not body or not _is_text(body, content_type):
        return body
    charset, text = _decoded(body, content_type)
    masked = veiled_markup(veil, text, hosts=hosts)
    return body if masked == text else masked.encode(charset, "xmlcharrefreplace")


def veiled_markup(veil: Veil, text: str, *, hosts: Collection[str]) -> str:
    """Markup, JSON or text with marks; tags stay, and so do addresses on `hosts`."""
    for tags in (False, True):
        words = cutting.spelled(text, tags=tags)
        runs = veil.runs(words)
        kept = _addresses(text, hosts) if runs else []
        for first, last in reversed(runs):
            start, end = words.places[first][0], words.places[last][1]
            if any(begin <= start and end <= stop for begin, stop in kept):
                continue
            if cutting.together(text, tags=tags, start=start, end=end):
                end = cutting.with_marks(text, end)
                text = text[:start] + MARK + cutting.tags_in(text[start:end]) + text[end:]
    return text


def _addresses(text: str, hosts: Collection[str]) -> list[tuple[int, int]]:
    """Where addresses of the portal's own pages stand; those that call or write to somebody are none."""
    found = []
    for match in _ADDRESS.finditer(text):
        name = "value" if match["value"] is not None else "bare"
        try:
            parts = urlsplit(match[name].strip().replace("\\/", "/"))
        except ValueError:
            continue
        if parts.netloc in hosts if parts.netloc else not parts.scheme:
            found.append(match.span(name))
    return found


def _is_text(body: bytes, content_type: str) -> bool:
    if any(kind in content_type.lower() for kind in _TEXT):
        return True
    return not content_type.strip() and (b"\0" not in body[:1024] or body.startswith(codecs.BOM_UTF16_LE))


def _decoded(body: bytes, content_type: str) -> tuple[str, str]:
    """A body as text, and the charset by which it becomes the same bytes again."""
    named = re.search(r"charset\s*=\s*[\"']?([\w-]+)", content_type, re.IGNORECASE)
    tried = [charset for bom, charset in _BOMS if body.startswith(bom)] + ["utf-8"] + ([named[1]] if named else [])
    for charset in tried:
        try:
            text = body.decode(charset)
            if text.encode(charset) == body:
                return charset, text
        except (UnicodeError, LookupError):
            continue
    return "latin-1", body.decode("latin-1")
