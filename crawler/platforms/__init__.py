"""What is known of the software that portals run on: one TOML file per platform beside this module.

Platform data only helps: every mechanism of `crawler.links` works without it. It names addresses that are articles, lists or
noise, the part of an address that is an article's identity, where feeds and sitemaps stand, and CSS selectors to begin with.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from crawler.links.elements import Elements

_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?#]*", re.IGNORECASE)
_MARKED = (
    ("body", "class"), ("body", "id"), ("script", "src"), ("link", "href"), ("form", "action"), ("iframe", "src"),
    ("img", "src"), ("a", "href"),
)  # fmt: skip
_RECOGNISED = 6  # one generator, or two kinds of marks
_MARK_LIMIT = 1_500
_SCRIPT_LIMIT = 2_000
_LONGEST = 2_048
"""Characters of an address that are looked at: no longer one is asked for, and a mark may begin at each of them."""
_REMEMBERED = 300
"""Characters up to which what an address says of its software is remembered; pictures written into a page are longer."""


@dataclass(frozen=True, slots=True)
class IdentityRule:
    """One way to see which article an address means.

    The path and the query must match where a pattern is given, the parameters in `needs` must be there; the identity is `kind`,
    the patterns' groups and the value of the first parameter of `params` that is there. `distinct` rules hold without the
    platform being known: no other software writes such addresses.
    """

    kind: str
    path: re.Pattern[str] | None
    query: re.Pattern[str] | None
    params: tuple[str, ...]
    needs: tuple[str, ...]
    strip: tuple[re.Pattern[str], ...]
    distinct: bool

    def apply(self, path: str, query: str, params: Mapping[str, str]) -> str | None:
        """The identity of an address taken apart, or None. Parameter names are lower case."""
        if any(name not in params for name in self.needs):
            return None
        if self.params and not any(params.get(name) for name in self.params):
            return None
        groups: list[str] = []
        for pattern in self.strip:
            path = pattern.sub("", path)
        for searched, text in ((self.path, path), (self.query, query)):
            if searched is None:
                continue
            matched = searched.search(text) if text else None
            if matched is None:
                return None
            groups.extend(group for group in matched.groups() if group)
        if self.params:
            groups.append(next(params[name] for name in self.params if params.get(name)))
        return "/".join((self.kind, *groups)) if groups else None


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform's data. Patterns are searched in `path?query`; feeds and sitemaps are relative to the portal's scope.

    `marks` are lower case, and searched in addresses in lower case: to search for either case costs a third more.
    `drop_params` do not change what a page shows. Further parts of a list count as lists here; how they are numbered is for
    `crawler.links.paging` to see. `selectors` map `title date body byline section` to CSS selectors, best first: only those
    that the software's own templates make, which the comment above them names.
    """

    key: str
    name: str
    generator: re.Pattern[str] | None
    marks: tuple[re.Pattern[str], ...]
    scripts: tuple[re.Pattern[str], ...]
    headers: Mapping[str, re.Pattern[str]]
    articles: tuple[re.Pattern[str], ...]
    listings: tuple[re.Pattern[str], ...]
    refused: tuple[re.Pattern[str], ...]
    rules: tuple[IdentityRule, ...]
    drop_params: frozenset[str]
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]
    selectors: Mapping[str, tuple[str, ...]]

    def is_article(self, target: str) -> bool:
        """True when `target` (path and query) has the form of this platform's articles."""
        return any(pattern.search(target) for pattern in self.articles)

    def is_listing(self, target: str) -> bool:
        """True when `target` (path and query) has the form of this platform's lists."""
        return any(pattern.search(target) for pattern in self.listings)

    def is_refused(self, target: str) -> bool:
        """True when `target` (path and query) is a duplicate or a tool of this platform, not a page of its own."""
        return any(pattern.search(target) for pattern in self.refused)

    def identity(self, url: str) -> str | None:
        """What this platform identifies the article at `url` by, None when the address does not say."""
        parts = urlsplit(url)
        return _first(self.rules, *_taken_apart(parts.path, parts.query))


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def _optional(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern, re.IGNORECASE) if pattern else None


def _rule(data: Mapping[str, Any]) -> IdentityRule:
    return IdentityRule(
        kind=data["as"],
        path=_optional(data.get("path")),
        query=_optional(data.get("query")),
        params=tuple(data.get("params", ())),
        needs=tuple(data.get("needs", ())),
        strip=_compiled(data.get("strip", ())),
        distinct=data.get("distinct", False),
    )


def _platform(data: Mapping[str, Any]) -> Platform:
    marks, urls = data["recognise"], data.get("urls", {})
    return Platform(
        key=data["key"],
        name=data["name"],
        generator=_optional(marks.get("generator")),
        marks=tuple(map(re.compile, marks.get("marks", ()))),
        scripts=_compiled(marks.get("scripts", ())),
        headers={name: re.compile(value, re.IGNORECASE) for name, value in marks.get("headers", {}).items()},
        articles=_compiled(urls.get("article", ())),
        listings=_compiled(urls.get("listing", ())),
        refused=_compiled(urls.get("refuse", ())),
        rules=tuple(_rule(rule) for rule in data.get("identity", ())),
        drop_params=frozenset(urls.get("drop", ())),
        feeds=tuple(urls.get("feeds", ())),
        sitemaps=tuple(urls.get("sitemaps", ())),
        selectors={name: tuple(values) for name, values in data.get("selectors", {}).items()},
    )


@lru_cache(maxsize=1)
def load() -> dict[str, Platform]:
    """All platforms by key, in the order of their file names. The files are part of the package and read once."""
    found = sorted(
        (entry for entry in files(__package__).iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name
    )
    platforms = [_platform(tomllib.loads(entry.read_text(encoding="utf-8"))) for entry in found]
    return {platform.key: platform for platform in platforms}


def find(key: str) -> Platform | None:
    """The platform of this key. A key with a manner or version (`liferay-hanoi`, `nukeviet-4`) finds its family."""
    known = load()
    while key and key not in known:
        key = key.rpartition("-")[0]
    return known.get(key)


def _taken_apart(path: str, query: str) -> tuple[str, str, dict[str, str]]:
    path = unquote(path) if "%" in path else path
    path = _SESSION.sub("", path) if ";" in path else path
    return path, query, {name.lower(): value for name, value in parse_qsl(query)} if query else {}


def _first(rules: Iterable[IdentityRule], path: str, query: str, params: Mapping[str, str]) -> str | None:
    return next((found for rule in rules if (found := rule.apply(path, query, params))), None)


@lru_cache(maxsize=1)
def _distinct() -> tuple[IdentityRule, ...]:
    return tuple(rule for platform in load().values() for rule in platform.rules if rule.distinct)


def identity(url: str, platform: str = "") -> str | None:
    """What makes the article at `url` the same under another address of its portal, None when the address does not say.

    Rules of `platform` first, then those that hold for any. The host is not part of it: it is unique within one portal only.
    """
    parts = urlsplit(url)
    return identity_of(parts.path, parts.query, platform)


def identity_of(path: str, query: str, platform: str = "") -> str | None:
    """`identity` for an address that was taken apart already."""
    known = find(platform)
    taken = _taken_apart(path, query)
    return (_first(known.rules, *taken) if known else None) or _first(_distinct(), *taken)


def recognise(url: str, page: Elements, headers: Mapping[str, str]) -> str:
    """The key of the platform that made this page, empty when its marks are not clear.

    The generator meta decides alone; otherwise two different marks are needed (addresses in the page, inline scripts, response
    headers). `headers` are lower case and may be empty. A tie is no answer.
    """
    metas = page.all("meta")
    generator = " ".join(one.get("content") or "" for one in metas if (one.get("name") or "").lower() == "generator")
    addresses = {url, *islice(_addresses(page), _MARK_LIMIT)}
    marks = frozenset[re.Pattern[str]]().union(*map(_marks_in, addresses))
    code = {text[:_SCRIPT_LIMIT] for one in page.all("script") if one.get("src") is None and (text := one.text)}
    scripts = frozenset[re.Pattern[str]]().union(*map(_scripts_in, code))
    scores: dict[str, int] = {}
    for platform in load().values():
        score = _RECOGNISED * 2 if generator and platform.generator and platform.generator.search(generator) else 0
        score += 3 * sum(pattern in marks for pattern in platform.marks)
        score += 4 * sum(pattern in scripts for pattern in platform.scripts)
        score += sum(2 for name, value in platform.headers.items() if value.search(headers.get(name, "")))
        if score >= _RECOGNISED:
            scores[platform.key] = score
    best = sorted(scores, key=lambda key: scores[key], reverse=True)[:2]
    if len(best) == 2 and scores[best[0]] == scores[best[1]]:
        return ""
    return best[0] if best else ""


def _addresses(page: Elements) -> Iterator[str]:
    """What a page names of its own system, links last."""
    yield from (one.get("name") or "" for one in page.all("input") if one.get("type") == "hidden")
    for name, attribute in _MARKED:
        yield from (value for one in page.all(name) if (value := one.get(attribute)) is not None)


def _marks_in(address: str) -> frozenset[re.Pattern[str]]:
    """The patterns that an address bears. Menus are the same on every page of a portal, so answers are remembered."""
    return _short_marks_in(address) if len(address) <= _REMEMBERED else _long_marks_in(address)


def _long_marks_in(address: str) -> frozenset[re.Pattern[str]]:
    low = address[:_LONGEST].lower()
    return frozenset(mark for platform in load().values() for mark in platform.marks if mark.search(low))


_short_marks_in = lru_cache(maxsize=16_384)(_long_marks_in)


@lru_cache(maxsize=1_024)
def _scripts_in(text: str) -> frozenset[re.Pattern[str]]:
    return frozenset(mark for platform in load().values() for mark in platform.scripts if mark.search(text))
