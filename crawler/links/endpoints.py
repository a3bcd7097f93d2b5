"""Addresses of JSON that a shell or its script names: what it asks for itself once it runs. Only what is asked by GET."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import urljoin, urlsplit

from crawler.items import Link, PortalPlan
from crawler.links.elements import Element
from crawler.links.keys import absolute, page_key
from crawler.links.paging import place_of
from crawler.links.patterns import allowed

MOST: Final = 6
"""Addresses that are taken from one page or script."""

MOST_SCRIPTS: Final = 2
"""Scripts of a page that are looked at: the ones that are named as the program come first."""

_POSTS = "wp/v2/posts?per_page=50&_fields=link,title,date"
_MOST_TEXT = 4 * 2**20
_QUOTED = (
    r"""["'`](?P<url>(?:https?://[^"'`\s<>\\]{4,200}|\$\{[^}`]{1,60}\}/?[^"'`\s<>\\]{1,300}"""
    r"""|\.{0,2}/?[\w.~%-][^"'`\s<>\\]{0,300}|/[^"'`\s<>\\]{1,300}))["'`]"""
)
_CALL = re.compile(
    r"(?:\bfetch|\baxios(?:\.get)?|\$http\.get|\.getJSON|\$\.get|(?:http|api|client|request|instance|\$axios|\b\w{1,2})\.\$?get"
    r"|\$fetch|useFetch|ofetch)(?:<[^>]{0,40}>)?\(\s*(?P<joined>[\w.$]{1,60}\s*\+\s*)?"
    + _QUOTED
    + r"(?P<after>[^;]{0,120})"
)
_LITERAL = re.compile(r"(?P<before>.{0,24})" + _QUOTED, re.DOTALL)
_BASE = re.compile(
    r"(?:\bapi|(?:base|api|service|server|backend)_?(?:url|uri|root|path|base|host|endpoint|prefix))[\"']?\s*[:=]\s*"
    + _QUOTED,
    re.IGNORECASE,
)
_SIZE = re.compile(r"(?:page_?)?(?:size|limit)|per_?page|take|rows|top|so_?luong|max_?results?", re.IGNORECASE)
_KIND = re.compile(r"(?:application|text|image|multipart|audio|video)/")
_SENDS = re.compile(r"(?:post|put|patch|delete|upload)\(\s*$", re.IGNORECASE)
_METHOD = re.compile(r"method[\"']?\s*:\s*[\"'](?!get)", re.IGNORECASE)
_SERVICE = re.compile(
    r"(?:^|/)(?:api|apis|rest|services?|odata|_?data|wp-json|webapi)(?:/|\d*/|$)|\.(?:json|ashx)$", re.IGNORECASE
)
_STATIC = re.compile(
    r"\.(?:m?js|css|png|jpe?g|gif|svg|webp|ico|woff2?|ttf|html?|map|mp4|pdf|docx?|xlsx?|webmanifest)$|manifest\.json$",
    re.IGNORECASE,
)
_NO_LIST = re.compile(
    r"log-?(?:in|out)|auth|token|regist|password|session|captcha|user|account|upload|comment|count|visit|stat|track|config"
    r"|setting|lang|locale|i18n|weather|thoi-?tiet|menu|banner|search|contact|lien-?he|feedback|gop-?y|survey|admin",
    re.IGNORECASE,
)
_OF_NEWS = re.compile(
    r"news|articles?|posts?|contents?|blogs?|tin(?:[-_/]|$|tuc)|bai-?viet|thong-?bao|notices?|announce|list|latest|home",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"[{}$*\[\]|^]|/:|[/=?&-]$")
_PROGRAM = re.compile(r"(?:^|[/._-])(?:main|app|index|bundle|client|page)", re.IGNORECASE)


def shell_links(tree: Element, url: str, plan: PortalPlan, *, told: bool) -> list[Link]:
    """What a shell names that may list its articles: JSON on the portal's hosts, else the scripts that may name some.

    `told`: data in the page itself named pages already, and its scripts are left alone.
    """
    hosts = PortalPlan(plan.portal, plan.url, plan.hosts)
    addresses = dict.fromkeys((*_declared(tree, url), *_best(_in_page(tree, url))))
    scripts = [] if addresses or told else list(_scripts(tree, url))
    return [
        Link(each, page_key(each), "feed") for each in (*addresses, *scripts) if allowed(urljoin(each, "/"), hosts)
    ][: MOST + MOST_SCRIPTS]  # fmt: skip


def script_links(body: bytes, plan: PortalPlan) -> list[Link]:
    """The addresses of lists that a script of the portal names; what it names in parts is taken from the portal's home."""
    hosts = PortalPlan(plan.portal, plan.url, plan.hosts)
    found = _best(_in_text(body[:_MOST_TEXT].decode("utf-8", "replace"), plan.url))
    return [Link(each, page_key(each), "feed") for each in found if allowed(urljoin(each, "/"), hosts)]


def _declared(tree: Element, url: str) -> Iterator[str]:
    """WordPress's posts, and what the page tells the browser to fetch."""
    for href in tree.xpath("//link[@rel='https://api.w.org/']/@href")[:1]:
        root = absolute(href, url)
        if root is not None and "?" not in root:
            yield urljoin(root.rstrip("/") + "/", _POSTS)
    for href in tree.xpath("//link[@rel='preload' or @rel='prefetch'][@as='fetch']/@href")[:MOST]:
        if (found := absolute(href, url)) is not None:
            yield found


def _in_page(tree: Element, url: str) -> Iterator[str]:
    for script in islice(tree.xpath("//script[not(@src)]"), 20):
        kind = (script.get("type") or "").lower()
        if not kind or "javascript" in kind or kind == "module":
            yield from _in_text((script.text or "")[:_MOST_TEXT], url)


def _in_text(text: str, base: str) -> Iterator[str]:
    """Addresses in a script: what is asked by a call, then whatever looks like one of a service."""
    roots = [url for found in islice(_BASE.finditer(text), 5) if _is_rooted(url := found["url"]) and "$" not in url]
    others = set(roots)
    for call in islice(_CALL.finditer(text), 500):
        href, after = call["url"], call["after"].lstrip()
        if _METHOD.search(after) or (after.startswith("+") and "?" not in href):
            others.add(href)
            continue
        below = bool(call["joined"]) or href.startswith("${")
        href = href.partition("}")[2] if href.startswith("${") else href
        if _is_rooted(href) or ("/" in href and not _KIND.match(href)):
            yield from _asked(href, base, roots if below or not href.startswith("http") else [])
    for literal in islice(_LITERAL.finditer(text), 20_000):
        href = literal["url"]
        path = urlsplit(href).path
        of_service = _is_rooted(href) and _SERVICE.search(path) and (path.strip("/").count("/") or "." in path)
        if (
            of_service and href not in others and not _SENDS.search(literal["before"])
        ):  # `/api` alone is where services begin
            yield from _asked(href, base, [])


def _is_rooted(href: str) -> bool:
    return href.startswith(("/", "http://", "https://"))


def _asked(href: str, base: str, roots: list[str]) -> Iterator[str]:
    """The addresses that a script's text stands for: below where its services begin, with what it fills in."""
    for written in _filled(href):
        path = urlsplit(written).path
        if _UNFINISHED.search(written) or _STATIC.search(path) or _NO_LIST.search(path):
            continue
        root = next((root for root in roots if not written.startswith(root)), "")
        whole = f"{root.rstrip('/')}/{written.lstrip('/')}" if root else written
        if (found := absolute(whole, base)) is not None:
            yield found


def _filled(href: str) -> Iterator[str]:
    """An address with the parameters that its script fills in: its first part, a size; others are left out.

    Where the number of the part is filled in, the address without one is asked first: some count from 0.
    """
    path, mark, query = href.partition("?")
    params = [part.partition("=")[::2] for part in query.split("&") if part]
    known = [(name, _value(name, value)) for name, value in params]
    open_places = {name for name, value in params if not _is_known(value) and place_of(f"/?{name}=1")}
    first = [f"{name}={value}" for name, value in known if value and name not in open_places]
    yield path + ("?" + "&".join(first) if first else "")
    if mark and open_places:
        yield path + "?" + "&".join(f"{name}={value}" for name, value in known if value)


def _is_known(value: str) -> bool:
    return bool(value) and "{" not in value


def _value(name: str, value: str) -> str:
    if _is_known(value):
        return value
    return "1" if place_of(f"/?{name}=1") else "20" if _SIZE.fullmatch(name) else ""


def _best(addresses: Iterator[str]) -> list[str]:
    """The addresses to try: those that speak of news first."""
    unique = list(dict.fromkeys(addresses))
    return sorted(unique, key=lambda url: not _OF_NEWS.search(urlsplit(url).path))[:MOST]


def _scripts(tree: Element, url: str) -> Iterator[str]:
    own = [found for href in tree.xpath("//script[@src]/@src")[:30] if (found := absolute(href, url)) is not None]
    own = [each for each in dict.fromkeys(own) if urlsplit(each).netloc == urlsplit(url).netloc]
    yield from sorted(own, key=lambda each: not _PROGRAM.search(urlsplit(each).path))[:MOST_SCRIPTS]
