"""What an address says before anybody asked for it: its shape, and whether the crawl may go there at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from crawler import platforms
from crawler.items import PatternStat, PortalPlan
from crawler.links.documents import KINDS
from crawler.links.keys import absolute, ask_form, bare_host, host_of, is_noise, page_key, split
from crawler.links.noise import MAX_LENGTH, is_trap

__all__ = ["allowed", "is_document", "page_key", "record", "repeats", "resolve", "shape"]

_DOCUMENT = re.compile(rf"\.(?:{KINDS})$", re.IGNORECASE)
_DOCUMENT_PATH = re.compile(
    r"/get_?file\b|/download(?:file|handler|attachment)?\.(?:ashx|aspx|php)$|/download/\d+$|/api/(?:\w+/)?(?:files?|attachments?)/[^/]"
    r"|\.(?:pdf|docx?|xlsx?|zip|rar)/[0-9a-f-]{36}$|^/documents/\d+/\d+/(?!.*\.(?:jpe?g|png|gif)/)(?:[^/]+/)*[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$",
    re.IGNORECASE,
)
_BARREN = 30
PROVEN = 3
"""So many pages of a shape tell what its pages are."""

_LONG_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\b[0-9a-f]{24}\b|\b[0-9a-f]{32}\b", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]+")
_EXTENSION = re.compile(r"\.(?:html?|htx|aspx?|php|jsp|vnp|chn|ashx)$", re.IGNORECASE)


def is_document(url: str) -> bool:
    """True for a file to be kept as it is: by its extension, also inside a parameter, or by a download address."""
    parts = split(url)
    if parts is None:
        return False
    path = unquote(parts.path)
    if _DOCUMENT.search(path) or _DOCUMENT_PATH.search(path):
        return True
    return any(
        _DOCUMENT.search(value) or (name.lower() == "download" and value.lower() in ("1", "true"))
        for name, value in parse_qsl(parts.query)
    )


def allowed(url: str, plan: PortalPlan) -> bool:
    """True when the crawl may ask for `url`: on the portal's hosts and ports, inside its scope, no trap and no noise.

    `www.` before a host of the plan makes no difference. Documents may lie outside the scope folder (sites of one server share
    their upload folder), never on another host.
    """
    return _allowed(url, plan.hosts, plan.scope, plan.platform)


def _allowed(url: str, hosts: frozenset[str], scope: str, platform: str) -> bool:
    parts = split(url)
    if parts is None or not {host := host_of(parts), bare_host(host), f"www.{host}"} & hosts:
        return False
    path = parts.path or "/"
    if is_document(url):
        return len(url) <= MAX_LENGTH
    lower, folder = path.lower(), scope.lower()
    if (not lower.startswith(folder) and f"{lower}/" != folder) or is_trap(path, parts.query):
        return False
    known = platforms.find(platform)
    return known is None or not known.is_refused(f"{path}?{parts.query}" if parts.query else path)


def resolve(href: str, base: str, plan: PortalPlan) -> tuple[str, str] | None:
    """The address to ask for and its key, for a link as written on a page at `base`; None when the crawl may not go there.

    Menus are the same on every page of a portal, so answers are remembered.
    """
    if href.startswith("/") or "://" in href[:8]:
        base = base[: base.find("/", 8) + 1] or base  # only its host matters
    elif href[:1].isalnum():
        folder = base.partition("?")[0]
        base = folder[: folder.rfind("/", 8) + 1] or base  # only its folder matters
    return _resolve(href, base, plan.url, plan.hosts, plan.scope, plan.platform)


@lru_cache(maxsize=32_768)
def _resolve(
    href: str, base: str, home: str, hosts: frozenset[str], scope: str, platform: str
) -> tuple[str, str] | None:
    url = absolute(href, base)
    if url is None or not _allowed(url, hosts, scope, platform):
        return None
    url = ask_form(url, home)
    return url, page_key(url, platform)


def _masked_segment(segment: str, *, last: bool) -> str:
    bare = _EXTENSION.sub("", segment)
    extension = segment[len(bare) :].lower()
    bare = _LONG_ID.sub("#", bare)
    words, digits = _WORDS.findall(bare), _DIGITS.findall(bare)
    if len(words) < (4 if last else 7):
        if last and len(words) > 1 and digits and bare[-1].isdigit():
            return f"~#{extension}"  # short headline with its id: `dai-hoi-doan-123.html`
        return _DIGITS.sub("#", bare) + extension
    tail = "#" if bare[-1].isdigit() or bare[-1] == "#" else ""
    head = "#" if bare[0].isdigit() and "-" in bare[:9] and len(digits[0]) > 1 else ""
    return f"{head}*{tail}{extension}"


@lru_cache(maxsize=16_384)
def shape(url: str) -> str:
    """The form of an address, equal for the articles of one section: numbers `#`, headline slugs `*`, short words as they are.

    `/tin-tuc/van-hoa/le-hoi-dau-xuan-nam-2025-4711.html` is `/tin-tuc/van-hoa/*#.html`, `/?gd=4&cn=28&tc=9` is
    `/?cn=#&gd=#&tc=#`. The host does not count. Empty for what is no web address.
    """
    parts = split(url)
    if parts is None:
        return ""
    segments = [segment for segment in unquote(parts.path).split("/") if segment]
    masked = [_masked_segment(segment, last=index == len(segments) - 1) for index, segment in enumerate(segments)]
    query = sorted(
        _masked_token(token) for token in parts.query.split("&") if token and not is_noise(*token.partition("=")[::2])
    )
    return "/" + "/".join(masked) + ("?" + "&".join(dict.fromkeys(query)) if query else "")


def _masked_token(token: str) -> str:
    name, sign, value = token.partition("=")
    name = _DIGITS.sub("#", name)
    if not sign:
        return name
    bare = _LONG_ID.sub("#", unquote(value))
    return f"{name}={_DIGITS.sub('#', bare) if len(bare) <= 24 and len(_WORDS.findall(bare)) < 3 else '*'}"


def record(stat: PatternStat | None) -> int:
    """What a shape's record says of the next page of that shape: 1 article, -1 barren, 0 nothing yet."""
    if stat is None:
        return 0
    if stat.articles >= PROVEN and stat.articles >= 2 * stat.others:
        return 1
    return -1 if stat.articles == 0 and stat.others >= _BARREN else 0


def repeats(url: str, patterns: Mapping[str, PatternStat]) -> bool:
    """Whether `url` is an article's address with one parameter more, of a shape that only ever repeated such an article.

    Pages of comments, other widths, ways back: whatever a system hangs onto its addresses, learned from what came of the first
    ones on this portal.
    """
    head, _, query = url.partition("?")
    stat = patterns.get(shape(url)) if query else None
    if stat is None or stat.articles or stat.others < PROVEN:
        return False
    tokens = query.split("&")
    fewer = ("&".join((*tokens[:at], *tokens[at + 1 :])) for at in range(len(tokens)))
    return any(record(patterns.get(shape(f"{head}?{rest}" if rest else head))) > 0 for rest in fewer)
