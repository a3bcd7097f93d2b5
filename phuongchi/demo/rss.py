"""RSS and sitemap text for the sample portals that have them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from phuongchi.demo.articles import Article
from phuongchi.demo.markup import esc
from storage.text import VIETNAM


def instant(article: Article) -> datetime:
    """The posting time of an article as an instant; a day alone counts from midnight. Articles without one raise ValueError."""
    if article.posted is None:
        raise ValueError(f"article {article.id} has no posting time")
    return datetime.fromisoformat(article.posted).replace(tzinfo=VIETNAM)


def rss(title: str, home: str, items: Iterable[tuple[str, str, str, str]]) -> str:
    """An RSS 2.0 document of `(title, address, RFC 822 date, summary)`."""
    entries = "\n".join(
        f'<item><title>{esc(name)}</title><link>{esc(link)}</link><guid isPermaLink="true">{esc(link)}</guid><pubDate>{when}'
        f"</pubDate><description>{esc(esc(about))}</description></item>"
        for name, link, when, about in items
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>{esc(title)}</title>'
        f"<link>{esc(home)}</link><description>{esc(title)}</description><language>vi</language>\n{entries}\n</channel></rss>\n"
    )


def sitemap_index(addresses: Iterable[str]) -> str:
    """A sitemap index."""
    entries = "\n".join(f"<sitemap><loc>{esc(address)}</loc></sitemap>" for address in addresses)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{entries}\n</sitemapindex>\n"
    )


def sitemap(entries: Iterable[tuple[str, str]]) -> str:
    """A sitemap of `(address, last modification)`."""
    lines = "\n".join(
        f"<url><loc>{esc(address)}</loc><lastmod>{when}</lastmod><changefreq>daily</changefreq><priority>0.5</priority></url>"
        for address, when in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{lines}\n</urlset>\n"
    )
