"""XML from strangers, safely: no DTD, no entities, no network, and forgiving about what editors paste into feeds."""

from __future__ import annotations

import html
import re
import zlib
from typing import Any

from lxml import etree

Element = Any
"""An lxml element; lxml has no type information of its own."""

_MOST_BYTES = 64 * 1024 * 1024
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_XML_ENTITIES = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_DECLARATION = re.compile(rb"^<\?xml[^>]*\?>")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)[\s/>]")
_PROLOG = re.compile(rb"\A(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)+", re.DOTALL | re.IGNORECASE)


def unpacked(body: bytes) -> bytes:
    """`body` without gzip (as sitemaps are sent), cut at 64 MiB; what is damaged is read as far as it goes."""
    if body[:2] != b"\x1f\x8b":
        return body
    stream = zlib.decompressobj(wbits=31)
    try:
        return stream.decompress(body, _MOST_BYTES)
    except zlib.error:
        return b""


def root_name(body: bytes) -> str:
    """The local name of the first element, lower case, without parsing: `rss`, `urlset`, `html`; empty if there is none."""
    head = body[:20_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    head = _PROLOG.sub(b"", head)
    found = _ROOT.match(head)
    return found.group(1).decode("ascii").lower() if found else ""


def parse(body: bytes) -> Element | None:
    """The root of an XML document, None when nothing can be made of it.

    A document type is removed unread, so no entity of its own is ever expanded; HTML's entities (`&nbsp;`) are what they mean.
    """
    body = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    body = _DOCTYPE.sub(b"", body, count=1)
    body = _ENTITY.sub(_named, body)
    encoding = None
    if b"\x00" not in body[:200]:
        try:
            body.decode("utf-8")
            body, encoding = _DECLARATION.sub(b"", body), "utf-8"
        except UnicodeDecodeError:
            pass  # the declaration may know
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        recover=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError):
        return None


def _named(found: re.Match[bytes]) -> bytes:
    if found.group(1) in _XML_ENTITIES:
        return found.group(0)
    char = html.unescape(found.group(0).decode("ascii"))
    return (
        "".join(f"&#{ord(part)};" for part in char).encode()
        if not char.startswith("&")
        else b"&amp;" + found.group(1) + b";"
    )


def local(element: Element) -> str:
    """An element's name without its namespace, lower case; empty for comments."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def text_of(element: Element | None) -> str:
    """An element's text with all its children's, stripped; empty for None."""
    return "".join(element.itertext()).strip() if element is not None else ""
