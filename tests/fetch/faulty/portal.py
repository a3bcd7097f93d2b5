"""The faulty portal: twenty healthy articles among everything that goes wrong."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fetch.faulty import answers, pages, wire
from tests.fetch.faulty.fault import Fault, Step, http, page

HEALTHY = 20
FAULTS: tuple[Fault, ...] = (*wire.FAULTS, *answers.FAULTS, answers.CHAIN, *pages.FAULTS)
XML_SUFFIXES = (".xml", ".xml.gz")


def article_path(number: int) -> str:
    """The address of a healthy article."""
    return f"/tin-tuc/tot-{number}.html"


def portal(faults: Sequence[Fault] = FAULTS) -> dict[str, tuple[Step, ...]]:
    """All answers of a portal with these misbehaviours, the healthy articles last on its home page."""
    files = "".join(f'<a href="{fault.address}">Kế hoạch</a>' for fault in faults if fault.address.startswith("/tep/"))
    sites = {article_path(n): (http(page(f"Hội nghị lần thứ {n} của phường", files)),) for n in range(1, HEALTHY + 1)}
    return {
        **sites,
        **{fault.address: fault.steps for fault in faults},
        **answers.BEHIND,
        "/": (http(_home(faults), kind="text/html; charset=utf-8"),),
        "/robots.txt": (http(_robots(faults), kind="text/plain"),),
    }


def _robots(faults: Sequence[Fault]) -> bytes:
    maps = [fault.address for fault in faults if fault.address.endswith(XML_SUFFIXES)]
    return ("User-agent: *\nDisallow: /kin/\n" + "".join(f"Sitemap: http://@HERE@{one}\n" for one in maps)).encode()


def _home(faults: Sequence[Fault]) -> bytes:
    feeds = [fault.address for fault in faults if fault.address.endswith(".rss")]
    listed = [fault.address for fault in faults if fault.address.startswith(("/tin-tuc/", "/day/"))]
    healthy = [article_path(n) for n in range(1, HEALTHY + 1)]
    head = "".join(f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    lines = "".join(
        f'<li><h3><a href="{path}">Hội nghị tổng kết công tác năm của phường, tin số {number}</a></h3></li>'
        for number, path in enumerate(listed + healthy)
    )
    return f"<html><head><title>Tin tức</title>{head}</head><body><ul>{lines}</ul></body></html>".encode()
