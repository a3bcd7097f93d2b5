"""Reading sitemaps: indexes, address lists with lastmod, the news extension, plain text, gzip, and robots.txt lines."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from crawler.items import Link, Role
from crawler.links.keys import absolute, page_key
from crawler.links.noise import MAX_LENGTH
from crawler.links.patterns import is_document
from crawler.links.signs import address_score, tidy
from crawler.links.xmldoc import Element, Unread, entries, local, root_name, text_of, unpacked

_ROBOTS_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE)
# Children of an index that list no articles: authors, tags, pictures, shops.
_NO_ARTICLES = re.compile(
    r"(?:^|[-_./])(?:users?|authors?|post_?tags?|tags?|images?|videos?|products?|locations?|attachments?)(?:[-_.\d]|$)",
    re.IGNORECASE,
)
_SECTIONS = re.compile(r"categor|taxonom|chuyen-?muc|danh-?muc|section", re.IGNORECASE)
_ARTICLES = re.compile(r"post|news|article|tin-?tuc|bai-?viet", re.IGNORECASE)
_MOST_LINKS = 50_000
_MOST_NAMED = 50
_MOST_FIELDS = 200


def parse_sitemap(body: bytes, base: str, *, platform: str = "") -> Iterator[Link]:
    """The pages and child sitemaps of a sitemap or sitemap index, gzipped or not, XML or one address a line, one at a time.

    A page's date text is its news date or lastmod. Roles are guessed from the address and the sitemap's name. Child sitemaps of
    authors, tags and pictures are left out. What cannot be read gives nothing; whose addresses they are, and whether one came
    before, is not asked here. Raises Unread after 50,000, as many as a sitemap may have.
    """
    body = unpacked(body)
    if root_name(body) not in ("urlset", "sitemapindex"):
        yield from _plain(body, base, platform)
        return
    for number, entry in enumerate(entries(body, "url", "sitemap")):
        _count(number)
        fields = _fields(entry)
        url = absolute(fields.get("loc", ""), base)
        if url is None:
            continue
        if local(entry) == "url":
            yield _page(url, base, platform, number, fields)
        elif not _NO_ARTICLES.search(urlsplit(url).path):
            yield Link(url, page_key(url, platform), "sitemap", "", number, fields.get("lastmod", ""))


def _count(number: int) -> None:
    if number >= _MOST_LINKS:
        raise Unread(f"what follows the first {_MOST_LINKS} entries of the sitemap")


def _fields(entry: Element) -> dict[str, str]:
    """The first text of each element below an entry, by local name, images left out."""
    fields: dict[str, str] = {}
    for child in itertools.islice(entry.iterdescendants(), _MOST_FIELDS):
        name = local(child)
        if name in ("loc", "lastmod", "publication_date", "title") and local(child.getparent()) not in (
            "image",
            "video",
        ):
            fields.setdefault(name, tidy(text_of(child)))
    return fields


def _page(url: str, base: str, platform: str, position: int, fields: dict[str, str]) -> Link:
    date = fields.get("publication_date") or fields.get("lastmod", "")
    role = "article" if "publication_date" in fields else guess_role(url, base)
    return Link(url, page_key(url, platform), role, fields.get("title", ""), position, date)


def guess_role(url: str, sitemap: str) -> Role:
    """What an address on a sitemap seems to be, by its own form and by the sitemap's name."""
    if is_document(url):
        return "attachment"
    name = urlsplit(sitemap).path.rpartition("/")[2]
    score = address_score(url)
    if _SECTIONS.search(name):
        return "listing"
    if _ARTICLES.search(name):
        return "article" if score > -5 else "unknown"
    return "article" if score >= 2 else "listing" if score <= -3 else "unknown"


def _plain(body: bytes, base: str, platform: str) -> Iterator[Link]:
    if b"<" in body[:1_000]:
        return
    for number, line in enumerate(io.BytesIO(body)):
        _count(number)
        text = line[:MAX_LENGTH].decode("utf-8", "replace").strip().lstrip("\ufeff")
        url = absolute(text, base) if text.lower().startswith(("http://", "https://")) else None
        if url is not None:
            yield Link(url, page_key(url, platform), guess_role(url, base), "", number)


def robots_sitemaps(body: bytes, base: str) -> tuple[Link, ...]:
    """The sitemaps that a robots.txt names, in its order, at most 50."""
    found: dict[str, Link] = {}
    for line in body[: 512 * 1024].decode("utf-8", "replace").lstrip("\ufeff").splitlines():
        match = _ROBOTS_LINE.match(line)
        url = absolute(match.group(1), base) if match else None
        if url is not None and len(found) < _MOST_NAMED:
            found.setdefault(url, Link(url, page_key(url), "sitemap", "", len(found)))
    return tuple(found.values())
