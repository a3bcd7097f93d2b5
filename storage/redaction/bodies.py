"""Answers without what is veiled, masked before anything of them is kept: what was redacted once never comes back with the
next visit."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection
from dataclasses import replace
from urllib.parse import urlsplit

from storage.redaction import words as cutting
from storage.redaction.veil import MARK, Veil
from storage.warc import BODY_LIMIT, Exchange, decode

_ADDRESS = re.compile(
    r"""(?:\b(?:href|src|action)\s*=\s*(?P<quote>["']))(?P<value>.*?)(?P=quote)|(?P<bare>https?:(?:\\?/){2}[^\s"'<>]+)""",
    re.IGNORECASE | re.DOTALL,
)
_TEXT = ("text/", "html", "xml", "json", "javascript")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def veiled_exchange(veil: Veil, exchange: Exchange, *, key: str = "") -> Exchange:
    """An exchange as it may be kept; without a body if the page with this key shows an article that is redacted.

    A masked body is kept without its content coding.
    """
    if not veil or not exchange.body:
        return exchange
    if key and key in veil.gone:
        return replace(exchange, body=b"", response_head=_plain_head(exchange))
    codings = ",".join(value for name, value in exchange.response_head if name.lower() == "content-encoding")
    body, problem = decode(exchange.body, codings, limit=BODY_LIMIT)
    kinds = [value for name, value in exchange.response_head if name.lower() == "content-type"]
    masked = veiled_body(veil, body, content_type=kinds[0] if kinds else "", hosts={urlsplit(exchange.url).netloc})
    if masked == body or (problem and problem != "coding"):
        return exchange
    return replace(exchange, body=masked, response_head=_plain_head(exchange))


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


def _plain_head(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    dropped = ("content-encoding", "content-length")
    return tuple((name, value) for name, value in exchange.response_head if name.lower() not in dropped)
