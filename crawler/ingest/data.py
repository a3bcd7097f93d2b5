"""Articles that come as data: JSON, or the data in a page that its scripts would draw, as the page it stands for. Pure.

The stages read pages; so the parts of the data become one, with nothing else on it: headline, text as markup, files, byline.
Dates go into its head under their own names, and are `embedded` like every date that is written for machines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from crawler.links.data import FIELDS, article_in, leads, markup, named, words
from crawler.links.discover import parse_html
from crawler.links.shells import embedded, is_shell

_DATA = (b"application/json", b"__next_data__", b"initialstate")
_ASSIGNED = re.compile(rb"\.__[a-z_]{3,40}__\s*=")
_MARKUP = re.compile(r"<(?:p|div|br|table|ul|ol|h[1-6]|section|span|strong|img|figure|a)\b", re.IGNORECASE)
_MOST_FILES, _MOST_BYTES = 50, 4 * 2**20

Parts = Mapping[str, tuple[str, Any]]


def page_of(body: bytes, media_type: str, charset: str = "") -> bytes:
    """The page to read for a capture's body: made from its data if it is an article's data, else the body itself.

    Data in a page counts only where the page shows nothing without its scripts.
    """
    parts = article_in(body[:_MOST_BYTES]) if "json" in media_type else _embedded(body, charset)
    return _page(parts).encode() if parts is not None else body


def _embedded(body: bytes, charset: str) -> Parts | None:
    small = body[:_MOST_BYTES].lower()
    if not any(word in small for word in _DATA) and not (b".__" in small and _ASSIGNED.search(small)):
        return None
    tree, _ = parse_html(body, charset)
    if tree is None or not is_shell(tree):
        return None
    return next((parts for data in embedded(tree) if (parts := article_in(data)) is not None), None)


def _page(parts: Parts) -> str:
    title = escape(words(parts["title"][1]))
    lead = words(parts["lead"][1]) if "lead" in parts else ""
    text = _text(markup(parts["body"][1]))
    author = words(parts["author"][1]) if "author" in parts else ""
    opening = f"<p><strong>{escape(lead)}</strong></p>" if lead and lead not in words(text) else ""
    byline = f"<p>Tác giả: {escape(author)}</p>" if author else ""
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title><meta property='og:type' content='article'>"
        f"{''.join(_head(parts))}</head><body><article><h1>{title}</h1><div class='content'>{opening}{text}{byline}</div>"
        f"{''.join(_files(parts))}</article></body></html>"
    )


def _text(body: str) -> str:
    """The text as markup; plain lines become paragraphs."""
    if _MARKUP.search(body):
        return body
    return "".join(f"<p>{escape(line.strip())}</p>" for line in body.splitlines() if line.strip())


def _head(parts: Parts) -> Iterator[str]:
    for part, role in (("date", "published"), ("updated", "modified")):
        if part in parts and isinstance(value := parts[part][1], str | int):
            told = (
                str(value) if str(value).isdigit() else f'"{parts[part][0]}": "{value}"'
            )  # seconds since 1970 stand alone
            yield f"<meta name='json:{role}' content='{escape(told)}'>"
    if "category" in parts and (section := words(parts["category"][1])):
        yield f"<meta property='article:section' content='{escape(section)}'>"
    if "address" in parts and leads(parts["address"][1]):
        yield f"<link rel='canonical' href='{escape(parts['address'][1])}'>"


def _files(parts: Parts) -> Iterator[str]:
    """Links to files: each an address, or an object that has one."""
    value = parts["files"][1] if "files" in parts else ()
    for item in value[:_MOST_FILES] if isinstance(value, list) else ():
        fields = {name: inner for name, (_, inner) in named(item).items()} if isinstance(item, dict) else {"url": item}
        keys = (*FIELDS["address"], "fileurl", "filepath", "src")
        href = next((fields[key] for key in keys if leads(fields.get(key))), "")
        label = next(filter(None, (words(fields.get(key)) for key in ("filename", "tentep", *FIELDS["title"]))), "")
        if href:
            yield f"<p><a href='{escape(href)}'>{escape(label or href.rpartition('/')[2])}</a></p>"
