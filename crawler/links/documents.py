"""Addresses of documents: what a link, a frame or a button points at. The crawl and the reading half share this."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

Element = Any
"""An lxml element; lxml has no type information of its own."""

KINDS = r"pdf|docx?|docm|xlsx?|xlsm|pptx?|odt|ods|odp|rtf|zip|rar|7z"
"""Endings of document files, as an expression."""
_FILE = re.compile(
    rf"\.(?:{KINDS})(?=$|[/?#&])"
    r"|/(?:downloads?|attachments?|get_?files?|download-?files?|download(?:handler|attachment|doc(?:ument)?)|file-?download|tai-?file"
    r"|tai-?ve|dinh-?kem)(?:\.(?:aspx|ashx|php|jsp|do))?(?=$|[/?])"
    r"|/[\w-]*(?:file|download|attach|upload)[\w-]*\.ashx\b|/api/(?:\w+/)?(?:files?|attachments?)/[^/]"
    r"|[?&](?:download|attachment|(?:file|attachment|download)_?id|file|dinhkem|file_?name|file_?path)=(?!0\b|false\b)"
    r"|/documents/\d+/\d+/(?!.*\.(?:jpe?g|png|gif|webp|svg)/)(?:[^/?]+/)*[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?=$|[?#])",
    re.IGNORECASE,
)
_LONGEST = 4_096
"""Characters of an address that are looked at: what is longer is a picture or a state, written where an address belongs."""
# Stores that offices use because their own system takes no large files; a form or a map there is no document.
_SHARED = re.compile(
    r"^(?:https?:)?//(?:drive\.google\.com/(?:a/[\w.]+/)?(?:file/|open\?|uc\?|drive/(?:u/\d/)?folders/)"
    r"|docs\.google\.com/(?:document|spreadsheets|presentation)/(?:u/\d/)?d/|(?:www\.)?dropbox\.com/(?:s|sh|scl)/|1drv\.ms/"
    r"|onedrive\.live\.com/|[\w-]+\.sharepoint\.com/:|(?:www\.)?(?:mediafire\.com|fshare\.vn)/(?:file|folder)/)",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"\.(?:{KINDS})$", re.IGNORECASE)
_VIEWER = re.compile(r"viewer|gview|/op/(?:embed|view)\.aspx|pdf-?js|flip-?book", re.IGNORECASE)
_SHOWS_ONLY_FILES = re.compile(
    r"^(?:https?:)?//(?:(?:docs|drive)\.google\.com/(?:viewerng/)?(?:g?view|viewer)|[\w.]*officeapps\.live\.com/op/)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?:)?//|\.{0,2}/", re.IGNORECASE)
_QUOTED = re.compile(r"['\"]([^'\"<>]*/[^'\"<>]*)['\"]")
_EMBEDS = {"object": "data", "iframe": "src", "embed": "src", "frame": "src"}
_LAZY = ("data-src", "data-lazy-src", "data-original")
_MOST_INSIDE = 20
_PARAMS = ("src", "data", "url", "filename", "movie")
_ATTRIBUTES = (
    "file file-url fileurl filepath file-path pdf pdf-url pdfurl doc document download href url link src source path"
)
POINTING = frozenset(("onclick", *(f"data-{name}" for name in _ATTRIBUTES.split())))
"""Attributes by which a button or a box may name a document."""

NOWHERE = re.compile(r"\s*(?:#|javascript:|$)", re.IGNORECASE)
"""Addresses of links that only a script leads on."""


def is_file(href: str) -> bool:
    """Whether a link leads to a document rather than a page, by its address."""
    return bool(href) and (_FILE.search(href, 0, _LONGEST) is not None or _SHARED.match(href) is not None)


def is_named(href: str) -> bool:
    """Whether an address ends as a document's file name does, before its parameters."""
    return _NAMED.search(href.partition("?")[0].partition("#")[0]) is not None


def viewed(href: str, *, framed: bool = False) -> str:
    """The address of the document that a viewer's address names in a parameter or behind `#`; empty if there is none.

    What stands in a frame is a viewer whatever it is called, if a parameter holds a whole address.
    """
    if "=" not in href and "#" not in href:
        return ""
    viewer = _VIEWER.search(href.partition("?")[0].partition("#")[0]) is not None
    if not (viewer or framed):
        return ""
    try:
        parts = urlsplit(href)
        if is_named(parts.path) or (not viewer and is_file(parts.path)):
            return ""
        shown = next(_shown(parts.query, parts.fragment, viewer, _SHOWS_ONLY_FILES.match(href) is not None), "")
        return urljoin(href, shown) if shown else ""
    except ValueError:
        return ""


def _shown(query: str, fragment: str, viewer: bool, always: bool) -> Iterator[str]:
    for _, value in parse_qsl(query):
        shows = is_file(value) and (viewer or _ADDRESS.match(value) is not None)
        if shows or (always and value[:4].lower() == "http"):
            yield value
    if is_file(fragment) and (_ADDRESS.match(fragment) or is_named(fragment)):
        yield fragment


def embedded(element: Element) -> str:
    """What an `object`, `iframe`, `embed` or `frame` shows, as the page has it; empty if it names nothing.

    An `object` may leave that to what stands in it: parameters, other frames, a link for browsers that cannot show it.
    """
    own = _shows(element)
    if own or not len(element):
        return own
    inside = list(itertools.islice(element.iter("param", "embed", "iframe", "object", "a"), _MOST_INSIDE))
    params = (one.get("value") for one in inside if one.tag == "param" and (one.get("name") or "").lower() in _PARAMS)
    frames = (_shows(one) for one in inside if one.tag in _EMBEDS)
    links = (one.get("href") for one in inside if one.tag == "a")
    return next((address.strip() for found in (params, frames, links) for address in found if address), "")


def _shows(element: Element) -> str:
    own = element.get(_EMBEDS[element.tag]) or ""
    if not own or own.startswith("about:"):
        own = next(filter(None, map(element.get, _LAZY)), "")
    return str(own).strip()


def pointed(attributes: Mapping[str, str]) -> str:
    """The address of the document that a script on click or a data attribute names; empty if there is none."""
    for name, value in attributes.items():
        scripted = name == "onclick" or (name == "href" and value[:11].lower() == "javascript:")
        if name not in POINTING and not scripted:
            continue
        for address in _QUOTED.findall(value) if scripted else (value.strip(),):
            if is_file(address) or viewed(address):
                return str(address)
    return ""
