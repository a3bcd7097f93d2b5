"""Portals that are drawn by scripts: said so, and read by their data where that is enough."""

from __future__ import annotations

import json

import pytest

from phuongchi.demo.site import Reply, serve
from tests.fetch.crawling import Archive
from tests.fetch.sites import WORDS, News
from tests.fetch.spa import Spa

SHELL = '<html><body><noscript>You need to enable JavaScript</noscript><div id="root"></div><script src="/a.js"></script>%s</body></html>'


@pytest.mark.slow
def test_crawl_when_a_portal_is_drawn_by_scripts_then_its_visit_says_so(archive: Archive) -> None:
    with serve([News(extra={"/": Reply((SHELL % "").encode())})]) as world:
        [url] = world.urls.values()
        assert archive.crawl(url) == 0
    visit = archive.visit(url)
    assert (visit["state"], visit["cause"]) == ("partial", "needs-browser")
    assert ("needs-browser", url) in archive.failures()


@pytest.mark.slow
def test_crawl_when_the_home_page_has_data_then_the_articles_behind_are_fetched(archive: Archive) -> None:
    api = '<link rel="https://api.w.org/" href="/wp-json/">'
    posts = [
        {"link": f"/tin/hoi-nghi-{n}.html", "title": {"rendered": f"Hội nghị tổng kết năm {n}"}} for n in range(1, 6)
    ]
    first = [{"title": "Khai mạc hội thao của phường", "path": "/tin/khai-mac-hoi-thao-cua-phuong-9.html"}]
    data = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps({"posts": first})}</script>'
    page = Reply(f"<h1>Hội nghị tổng kết</h1>{f'<p>{WORDS}</p>' * 6}".encode())
    extra = {
        "/": Reply((SHELL % data).replace("<body>", f"<head>{api}</head><body>").encode()),
        "/wp-json/wp/v2/posts?per_page=50&_fields=link,title,date": Reply(
            json.dumps(posts).encode(), headers=(("Content-Type", "application/json"),)
        ),
        "/tin/khai-mac-hoi-thao-cua-phuong-9.html": page,
        **{f"/tin/hoi-nghi-{n}.html": page for n in range(1, 6)},
    }
    with serve([News(extra=extra)]) as world:
        [url] = world.urls.values()
        assert archive.crawl(url) == 0
        asked = {target for _, target, _ in world.requests}
    assert asked >= set(extra)
    assert archive.visit(url)["state"] == "done"


@pytest.mark.slow
def test_crawl_when_the_articles_of_a_list_in_json_are_elsewhere_then_few_are_guessed(archive: Archive) -> None:
    with serve([Spa(parts=True, count=60, other=True)]) as world:
        [url] = world.urls.values()
        assert archive.crawl(url) == 0
        asked = [target for _, target, _ in world.requests]
    assert len([target for target in asked if target.startswith("/api/bai-viet?")]) == 15
    assert len([target for target in asked if target.startswith("/api/bai-viet/")]) <= 16
    assert archive.visit(url)["cause"] == "needs-browser"
