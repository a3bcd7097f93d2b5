"""Small plans and pages for the tests of discovery."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.items import Found, Link, PatternStat, PortalPlan
from crawler.links.discover import discover

HOME = "https://xa.example.vn/"


def make_plan(
    url: str = HOME,
    *,
    scope: str = "/",
    hosts: tuple[str, ...] = ("xa.example.vn",),
    platform: str = "",
    patterns: Mapping[str, PatternStat] | None = None,
) -> PortalPlan:
    return PortalPlan("xa.example.vn", url, frozenset(hosts), scope, platform, patterns or {})


def look(html: str, path: str = "tin-tuc", *, plan: PortalPlan | None = None, head: str = "") -> Found:
    """What discovery finds on a page of the sample portal."""
    plan = plan or make_plan()
    body = f"<html><head><title>Trang</title>{head}</head><body>{html}</body></html>".encode()
    return discover(body, url=HOME + path, media_type="text/html", charset="utf-8", plan=plan)


def sitemap(number: int) -> bytes:
    """A sitemap of so many pages."""
    pages = "".join(f"<url><loc>{HOME}tin-tuc/hoi-nghi-tong-ket-nam-{n}.html</loc></url>" for n in range(number))
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>'.encode()


def by_path(found: Found) -> dict[str, Link]:
    """The links found, by their address without the host."""
    return {link.url.removeprefix(HOME): link for link in found.links}


def roles(found: Found) -> dict[str, str]:
    return {path: link.role for path, link in by_path(found).items()}
