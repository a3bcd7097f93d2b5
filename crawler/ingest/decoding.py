"""Bytes of an HTML page to text and to a tree. The ground under the stages; it judges nothing."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from charset_normalizer import from_bytes
from lxml import etree, html

from storage.text import normalise

Element: TypeAlias = Any
"""An lxml element. lxml ships no types; ours begin where its values are read."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_.:-]+)""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# Browsers read these labels as their Windows supersets; Python does not.
_SUPERSETS = {
    "iso-8859-1": "windows-1252",
    "latin-1": "windows-1252",
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
}
_SEPARATORS = (" | ", " - ", " – ", " — ", " » ", " :: ", " · ", "|")
_ROTTEN = 0.002
"""Share of undecodable characters above which a declared UTF-8 is not believed."""


def decode(body: bytes, charset: str = "") -> tuple[str, str]:
    """The text of `body` and the charset that read it. `charset` is what the HTTP header declared, if anything.

    A byte order mark wins; then UTF-8, if the bytes are valid UTF-8 beyond ASCII, whatever was declared; then header, `meta`
    and detection. Never fails: what cannot be decoded becomes U+FFFD.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace"), name
    try:
        # Long valid UTF-8 is no accident, and servers that declare windows-1252 for it are common.
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    for name in _declared(body, charset):
        try:
            text = body.decode(name, "replace")
        except LookupError:
            continue
        if text.count("\ufffd") <= len(text) * _ROTTEN:
            return text, name
    return _detected(body)


def _declared(body: bytes, charset: str) -> Iterator[str]:
    found = _META_CHARSET.search(body[:4096])
    for label in (charset, found.group(1).decode("ascii") if found else "", "utf-8"):
        name = label.strip().lower()
        if name:
            yield _SUPERSETS.get(name, name)


def _detected(body: bytes) -> tuple[str, str]:
    best = from_bytes(body[:65536]).best()
    name = best.encoding if best else "utf-8"
    return body.decode(name, "replace"), name


def parse(body: bytes, charset: str = "") -> Element:
    """The root element of the page, without comments. An empty page gives an empty `html` element."""
    text, _ = decode(body, charset)
    return parse_text(text)


def parse_text(text: str) -> Element:
    """The root element of a page that is already text."""
    text = _XML_DECLARATION.sub("", text.replace("\x00", ""))
    # Parsed from UTF-8 bytes: libxml2 then reads it in one go, and lone surrogates cannot trip it.
    data = text.encode("utf-8", "replace")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True)
    try:
        root = html.document_fromstring(data, parser=parser) if data.strip() else None
    except etree.ParserError:
        root = None
    return html.document_fromstring("<html><body></body></html>") if root is None else root


def doc_title(tree: Element) -> str:
    """The text of the `title` element."""
    found = tree.find(".//title")
    return "" if found is None else normalise(found.text_content())


def title_parts(title: str) -> list[str]:
    """A document title cut at every separator."""
    parts = [title]
    for separator in _SEPARATORS:
        parts = [piece for part in parts for piece in part.split(separator)]
    return [part.strip() for part in parts if part.strip()]
