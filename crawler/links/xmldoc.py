"""XML from strangers, safely: no DTD, no entities, no network, and forgiving about what editors paste into feeds."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

Element = Any
"""An lxml element; lxml has no type information of its own."""

_MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_LARGEST_ENTRY = 2 * 1024 * 1024
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_XML_ENTITIES = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_DECLARATION = re.compile(rb"^<\?xml[^>]*\?>")
_HEAD = 64 * 1024
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)[\s/>]")
_PROLOG = re.compile(rb"\A(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)+", re.DOTALL | re.IGNORECASE)


class Unread(Exception):
    """The rest of a document is more than one answer may bring; the message says what is left out."""


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


def entries(body: bytes, *names: str) -> Iterator[Element]:
    """The elements with one of these local names, each as soon as it is whole; it is emptied when the next one is asked for.

    So a document of any size costs only as much as is taken from it. A document type is removed unread, so no entity of its own
    is ever expanded; HTML's entities (`&nbsp;`) are what they mean. What is damaged is read as far as it goes. Raises Unread
    when an entry does not end within 2 MiB.
    """
    body = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    body = _DOCTYPE.sub(b"", body[:_HEAD], count=1) + body[_HEAD:]
    encoding = None
    if b"\x00" not in body[:200]:
        try:
            body.decode("utf-8")
            body, encoding = _DECLARATION.sub(b"", body[:_HEAD]) + body[_HEAD:], "utf-8"
        except UnicodeDecodeError:
            pass  # the declaration may know
    silence = 0
    for chunk, elements in _fed(body, encoding):
        silence += len(chunk)
        for element in elements:
            if local(element) in names:
                silence = 0
                yield element
                _forget(element)
        if silence > _LARGEST_ENTRY:
            raise Unread(f"an entry that does not end within {_LARGEST_ENTRY} bytes, and what follows it")


def _fed(body: bytes, encoding: str | None) -> Iterator[tuple[bytes, Iterator[Element]]]:
    """The document in pieces, with the elements that ended in each."""
    parser = etree.XMLPullParser(
        ("end",),
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        recover=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    start, sound = 0, True
    while start < len(body) and sound:
        end = body.find(b">", start + _CHUNK, start + 2 * _LARGEST_ENTRY) + 1 or len(body)
        chunk, start = body[start:end], end
        try:
            parser.feed(_ENTITY.sub(_named, chunk))
        except (etree.XMLSyntaxError, LookupError, ValueError):
            sound = False
        yield chunk, (element for _, element in parser.read_events())


def _forget(element: Element) -> None:
    """Give back what an entry and those before it hold."""
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


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
