"""Nights over sample portals that break, each in its own way: what `status` says of them tells the true story."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from phuongchi.demo.site import Gold, Reply, Site, World
from tests.cli.conftest import Archive

Serving = Callable[..., World]
BREAKS = 3
"""The night on which the portals break."""

SPAM = "".join(
    f'<p><a href="/slot-{n}.html">Slot gacor maxwin {n} nhà cái uy tín nổ hũ tài xỉu</a></p>' for n in range(40)
)
PAGES: Mapping[str, Reply] = {
    "maintenance": Reply("<html><head><title>Thông báo</title></head><body><h1>Hệ thống đang bảo trì</h1>"
                         "<p>Trang web đang được nâng cấp, vui lòng quay lại sau ít phút.</p></body></html>".encode()),
    "blocked": Reply(b"<html><body><h1>403 Forbidden</h1></body></html>", 403),
    "error": Reply(b"<html><body><h1>Internal Server Error</h1></body></html>", 500),
    "moved": Reply(b"", 302, (("Location", "http://phuong-moi.invalid/"),)),
    "dissolved": Reply("<html><head><title>Thông báo</title></head><body><h1>Thông báo</h1><p>Trang thông tin điện tử phường "
                       "đã ngừng hoạt động từ ngày 01/7/2025.</p></body></html>".encode()),
    "hijacked": Reply(f"<html><head><title>Nhà cái số 1 casino</title></head><body><h1>Nổ hũ, bắn cá, cá cược bóng đá, "
                      f"tài xỉu, khuyến mãi tân thủ</h1>{SPAM}</body></html>".encode()),
    "needs-browser": Reply(b'<html><head><script src="/a.js"></script><script src="/b.js"></script></head><body>'
                           b'<div id="root"></div><noscript>You need to enable JavaScript</noscript></body></html>'),
}  # fmt: skip
"""What stands at every address of a portal that is broken so."""

_LINK = re.compile(rb"<a\s[^>]*>(.*?)</a>", re.DOTALL)


@dataclass
class Breaking:
    """A sample portal that answers otherwise from its night on, with what `kind` says, until it is mended."""

    site: Site
    kind: str
    mended: int = 99
    name: str = field(init=False)
    platform: str = field(init=False)

    def __post_init__(self) -> None:
        self.name, self.platform = self.kind, self.site.platform

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """The portal's answer."""
        shown = self.site.reply(target, headers, night=min(night, 2), hit=hit)
        if night < BREAKS or night >= self.mended:
            return shown
        if self.kind == "robots-deferred":
            return Reply(b"", 503) if target == "/robots.txt" else shown
        if self.kind == "empty-listing":
            page = b"<html" in shown.body[:2000].lower()
            return Reply(_LINK.sub(b"", shown.body), shown.status, shown.headers) if page else Reply(b"", 404)
        if target == "/robots.txt":
            return Reply(b"", 404)
        return PAGES.get(self.kind, shown)

    def gold(self, night: int) -> Sequence[Gold]:
        """The portal's articles."""
        return self.site.gold(night)


def nights(archive: Archive, world: World, dates: Sequence[str]) -> dict[str, Any]:
    """Crawl in these nights of November, and say what `status` does after the last."""
    now = ""
    for date in dates:
        now = f"2026-{date}T22:30:00+07:00"
        world.night += 1
        done = archive.run("crawl", PHUONGCHI_NOW=now)
        assert done.code in (0, 4, 5), done.err
    found: dict[str, Any] = json.loads(archive.run("status", "--json", PHUONGCHI_NOW=now).out)
    return found


@pytest.mark.long
def test_status_when_portals_break_each_in_its_way_then_each_is_named_and_alarmed_once_and_recovers(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    kinds = [*PAGES, "robots-deferred", "empty-listing", "unreachable", "healthy"]
    healthy = [site for site in sites.values() if len(site.gold(1)) >= 5]
    world = serving(*(Breaking(healthy[at % len(healthy)], kind, mended=6) for at, kind in enumerate(kinds)))
    archive.add(*world.urls.values())
    portals = {url.removeprefix("http://").rstrip("/").replace(":", "-"): kind for kind, url in world.urls.items()}
    world.night = 0
    well = nights(archive, world, ("11-20", "11-21"))
    assert {portal["standing"]["state"] for portal in well["portals"]} <= {"healthy", "quiet", "late"}
    world.down = {"unreachable"}
    once = nights(archive, world, ("11-22",))
    alarmed_at_once = {alert["cause"] for alert in once["alerts"] if alert["closed_at"] is None}
    assert alarmed_at_once <= {"late", "hijacked"}  # a flood of gambling leaves no doubt
    twice = nights(archive, world, ("11-23",))
    found = {portals[portal["id"]]: portal["standing"]["state"] for portal in twice["portals"]}
    assert {kind: state for kind, state in found.items() if kind != "healthy"} == {
        kind: kind for kind in kinds if kind != "healthy"
    }
    alarmed = [(portals[alert["portal"]], alert["cause"]) for alert in twice["alerts"] if alert["closed_at"] is None]
    assert sorted(one for one in alarmed if one[1] != "late") == [
        (kind, kind) for kind in sorted(kinds) if kind != "healthy"
    ]
    world.down = set()
    world.night = 5
    mended = nights(archive, world, ("11-30", "12-01"))
    assert {portal["standing"]["state"] for portal in mended["portals"]} <= {"healthy", "quiet", "late"}
    assert not [alert for alert in mended["alerts"] if alert["closed_at"] is None and alert["cause"] != "late"]
