"""Pages that are drawn by scripts: told apart, and read by their data where they have some."""

from __future__ import annotations

import json

import pytest

from crawler.items import Found
from crawler.links.discover import discover
from tests.links.builders import HOME, look, make_plan

SCRIPT = '<script src="/static/js/main.4f2.js"></script>'
SHELLS = {
    "react": f'<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>{SCRIPT}',
    "vue": f"<noscript><strong>We're sorry but app doesn't work properly without JavaScript enabled.</strong></noscript>"
    f'<div id="app"></div>{SCRIPT}',
    "angular": f"<app-root></app-root>{SCRIPT}",
    "vietnamese": f"<noscript>Vui lòng bật JavaScript để xem trang.</noscript><div>Đang tải</div>{SCRIPT}",
    "scripts abound": f"<div class='loading'>Đang tải…</div>{SCRIPT * 3}",
}
PAGES = {
    "article": f"<h1>Thông báo nghỉ lễ</h1><p>{'Ủy ban nhân dân phường thông báo lịch nghỉ lễ. ' * 20}</p>{SCRIPT * 4}",
    "menu": "".join(f'<a href="/muc-{n}">Mục {n}</a>' for n in range(9)) + '<div id="app"></div>' + SCRIPT * 4,
    "short notice": '<a href="/">Trang chủ</a><p>Ngày mai nghỉ.</p>' + SCRIPT,
    "no scripts": '<div id="app"></div>',
    "sends on": "<div id='app'></div><script>window.location.href='/trang-chu';</script>",
}
POSTS = [
    {"title": f"Hội nghị tổng kết công tác năm lần thứ {n}", "url": f"/tin-tuc/hoi-nghi-tong-ket-cong-tac-{n}", "date": f"2026-10-0{n}"}
    for n in range(1, 6)
]  # fmt: skip


@pytest.mark.parametrize("body", SHELLS.values(), ids=SHELLS)
def test_discover_when_a_page_is_drawn_by_scripts_then_it_is_a_shell(body: str) -> None:
    assert look(body, "").shell


@pytest.mark.parametrize("body", PAGES.values(), ids=PAGES)
def test_discover_when_a_page_shows_something_itself_then_it_is_none(body: str) -> None:
    assert not look(body, "").shell


@pytest.mark.parametrize("head", ['id="__NEXT_DATA__" type="application/json"', 'type="application/json" data-page'])
def test_discover_when_a_shell_has_data_then_its_articles_are_found(head: str) -> None:
    data = {"props": {"pageProps": {"menu": [{"name": "Logo", "url": "/logo.png"}], "posts": POSTS}}}
    found = look(f'<div id="__next"></div><script {head}>{json.dumps(data)}</script>{SCRIPT}', "")
    articles = [link for link in found.links if link.role == "article"]
    assert [link.url for link in articles] == [HOME + post["url"][1:] for post in POSTS]
    assert articles[0].anchor == POSTS[0]["title"]
    assert articles[0].date_text


def test_discover_when_data_is_broken_or_deep_then_nothing_is_found() -> None:
    for data in ('{"a":', "[" * 100_000, '"text"', '[{"title": 3, "url": {"a": 1}}]'):
        assert (
            look(f'<div id="__next"></div><script type="application/json">{data}</script>{SCRIPT}', "tin").links == ()
        )


def test_discover_when_a_shell_names_wordpress_then_its_posts_are_a_feed() -> None:
    api = '<link rel="https://api.w.org/" href="https://xa.example.vn/wp-json/">'
    posts = HOME + "wp-json/wp/v2/posts?per_page=50&_fields=link,title,date"
    assert posts in [link.url for link in look(SHELLS["react"], "", head=api).links if link.role == "feed"]
    assert posts not in [link.url for link in look(PAGES["menu"], "", head=api).links]
    away = api.replace("xa.example.vn", "other.example")
    assert [link.url for link in look(SHELLS["react"], "", head=away).links if "wp-json" in link.url] == []


def test_discover_when_a_list_is_json_then_it_is_a_feed() -> None:
    posts = [
        {"link": HOME + f"tin-{n}/", "title": {"rendered": f"Tin s&#7889; {n}"}, "date": "2026-10-01T08:00:00"}
        for n in (1, 2)
    ]
    found = json_list(json.dumps(posts).encode())
    assert found.purpose == "feed"
    assert [(link.role, link.anchor, link.date_text) for link in found.links] == [
        ("article", "Tin số 1", "2026-10-01T08:00:00"), ("article", "Tin số 2", "2026-10-01T08:00:00"),
    ]  # fmt: skip
    assert json_list(b'{"code": "rest_no_route"}').links == ()


def json_list(body: bytes) -> Found:
    url = HOME + "wp-json/wp/v2/posts"
    return discover(body, url=url, media_type="application/json", charset="", plan=make_plan())
