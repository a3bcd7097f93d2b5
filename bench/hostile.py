"""How long discovery holds up a crawl: the longest portion of work that one hostile response gives, in seconds of CPU.

python -m bench.hostile
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from crawler.items import PortalPlan
from crawler.links.discover import slices

HOME = "https://xa.example.vn/"
PLAN = PortalPlan("xa.example.vn", HOME, frozenset({"xa.example.vn"}))
HEADLINE = "Hội nghị tổng kết công tác của phường năm"


def responses() -> Iterator[tuple[str, str, bytes]]:
    """Name, path and body of each."""
    row = "<li><a href='/tin-tuc/hoi-nghi-tong-ket-nam-{0}.html'>" + HEADLINE + " {0}</a><span>12/11/2025</span></li>"
    yield "page, 50,000 links", "tin", "".join(map(row.format, range(50_000))).encode()
    for tag in ("", "<div>", "<table><tr><td>"):
        opening = tag + "<a href='/tin-tuc/hoi-nghi-tong-ket-nam-{0}.html'>" + HEADLINE
        yield f"page, 20,000 × {tag}<a> unclosed", "tin", "".join(map(opening.format, range(20_000))).encode()
    yield "page, 16 MB of text", "tin", b"<p>" + "Tin phường ngày 12/11/2025 ".encode() * 500_000
    entry = "<url><loc>" + HOME + "tin-tuc/hoi-nghi-tong-ket-nam-{}.html</loc><lastmod>2025-11-12</lastmod></url>"
    for number in (50_000, 450_000):
        body = "".join(map(entry.format, range(number)))
        yield f"sitemap, {number:,} addresses", "sitemap.xml", f"<urlset>{body}</urlset>".encode()
    yield "sitemap, one endless entry", "sitemap.xml", b"<urlset><url>" + b"<loc>/a</loc>" * 3_000_000
    yield "text, 1,500,000 addresses", "sitemap.txt", (HOME + "tin-1.html\n").encode() * 1_500_000
    item = "<item><title>Tin {0}</title><link>" + HOME + "tin-{0}.html</link></item>"
    yield (
        "feed, 50,000 items",
        "feed",
        f"<rss><channel>{''.join(map(item.format, range(50_000)))}</channel></rss>".encode(),
    )


def main() -> None:
    """Print the table."""
    for name, path, body in responses():
        longest, links, before = 0.0, 0, time.process_time()
        for found in slices(body, url=HOME + path, media_type="", charset="", plan=PLAN):
            now = time.process_time()
            longest, before = max(longest, now - before), now
            links += len(found.links)
        print(f"{name:42} {len(body) / 2**20:5.1f} MiB  {links:6} links  longest portion {longest:.2f} s")


if __name__ == "__main__":
    main()
