"""Addresses of JSON that a shell or its script names: what it asks for itself once it runs. Only what is asked by GET."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import urljoin, urlsplit

from crawler.items import Link, PortalPlan
from crawler.links.keys import absolute, page_key
from crawler.links.mentions import Element
from crawler.links.patterns import allowed

MOST: Final = 6
"""Addresses that are taken from one page or script."""

MOST_SCRIPTS: Final = 2
"""Scripts of a page that are looked at: the ones that are named as the program come first."""

_POSTS = "wp/v2/posts?per_page=50&_fields=link,title,date"
_MOST_TEXT = 4 * 2**20
_QUOTED = (
    r"""["'`](?P<url>(?:https?://[^"'`\s<>\\]{4,200}|\.{0,2}/?[\w.~%-][^"'`\s<>\\]{0,300}|/[^"'`\s<>\\]{1,300}))["'`]"""
)
_CALL = re.compile(
    r"(?:\bfetch|\baxios(?:\.get)?|\$http\.get|\.getJSON|\$\.get|(?:http|api|client|request|\$axios|\w{1,2})\.\$?get"
    r"|\$fetch|useFetch|ofetch)(?:<[^>]{0,40}>)?\(\s*" + _QUOTED + r"(?P<after>[^;]{0,120})"
)
_LITERAL = re.compile(r"(?P<before>.{0,24})" + _QUOTED, re.DOTALL)
_BASE = re.compile(r"base_?url[\"']?\s*[:=]\s*" + _QUOTED, re.IGNORECASE)
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
    roots = [found["url"] for found in islice(_BASE.finditer(text), 3)]
    sent: set[str] = set()
    for call in islice(_CALL.finditer(text), 500):
        if _METHOD.search(call["after"]) or call["after"].lstrip().startswith("+"):
            sent.add(call["url"])
            continue
        yield from _resolved(call["url"], base, roots, called=True)
    for literal in islice(_LITERAL.finditer(text), 20_000):
        path = urlsplit(literal["url"]).path
        rooted = literal["url"].startswith(("/", "http"))
        if (
            rooted
            and _SERVICE.search(path)
            and literal["url"] not in {*roots, *sent}
            and not _SENDS.search(literal["before"])
        ):
            yield from _resolved(literal["url"], base, [], called=False)


def _resolved(href: str, base: str, roots: list[str], *, called: bool) -> Iterator[str]:
    parts = urlsplit(href)
    if _UNFINISHED.search(href) or _STATIC.search(parts.path) or _NO_LIST.search(parts.path):
        return
    if not called and not parts.path.strip("/").count("/") and not _STATIC.search(parts.path) and "." not in parts.path:
        return  # `/api` alone is where services begin
    for root in roots if called and not href.startswith("http") else []:
        if not _UNFINISHED.search(root.rstrip("/")) and not href.startswith(root):
            href = root.rstrip("/") + "/" + href.lstrip("/")
            break
    if (found := absolute(href, base)) is not None:
        yield found


def _best(addresses: Iterator[str]) -> list[str]:
    """The addresses to try: those that speak of news first."""
    unique = list(dict.fromkeys(addresses))
    return sorted(unique, key=lambda url: not _OF_NEWS.search(urlsplit(url).path))[:MOST]


def _scripts(tree: Element, url: str) -> Iterator[str]:
    own = [found for href in tree.xpath("//script[@src]/@src")[:30] if (found := absolute(href, url)) is not None]
    own = [each for each in dict.fromkeys(own) if urlsplit(each).netloc == urlsplit(url).netloc]
    yield from sorted(own, key=lambda each: not _PROGRAM.search(urlsplit(each).path))[:MOST_SCRIPTS]
