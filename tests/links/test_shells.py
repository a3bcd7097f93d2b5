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
        found = look(f'<div id="__next"></div><script type="application/json">{data}</script>{SCRIPT}', "tin")
        assert [link.role for link in found.links] == ["feed"]  # the script, which may name more


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


CALLS = {
    "fetch": "fetch('/api/bai-viet?page=1').then(r => r.json())",
    "axios": 'axios.get("/api/bai-viet?page=1")',
    "base address": 'var http = axios.create({baseURL: "/api"}); http.get("/bai-viet?page=1")',
    "base added": 'const API_URL="/api"; axios.get(API_URL + "/bai-viet?page=1")',
    "base in a template": 'const apiUrl="/api"; fetch(`${apiUrl}/bai-viet?page=1`)',
    "a word of a bundle": 'var e={list:"/api/bai-viet?page=1"};t.get(e.list)',
    "preload": None,
}
SILENT = {
    "sent": "axios.post('/api/bai-viet', form)",
    "sent by fetch": "fetch('/api/bai-viet', {method: 'POST', body: b})",
    "in parts": "fetch('/api/bai-viet/' + id); fetch(`/api/bai-viet/${id}`)",
    "of visitors": "fetch('/api/visitor-count'); fetch('/api/auth/session')",
    "of another host": "fetch('https://api.example.com/api/bai-viet')",
    "of another port": "fetch('http://xa.example.vn:8080/api/bai-viet')",
    "a picture": "var logo = '/api/logo.png'",
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_discover_when_a_shell_names_where_its_data_is_then_that_is_a_list(call: str | None) -> None:
    head = '<link rel="preload" as="fetch" href="/api/bai-viet?page=1">' if call is None else ""
    found = look(SHELLS["react"] + f"<script>{call or ''}</script>", "", head=head)
    assert [link.url for link in found.links if "api" in link.url] == [HOME + "api/bai-viet?page=1"]
    if call is not None:
        script = discover(call.encode(), url=HOME + "a.js", media_type="text/javascript", charset="", plan=make_plan())
        assert [(link.url, link.role) for link in script.links] == [(HOME + "api/bai-viet?page=1", "feed")]


@pytest.mark.parametrize("call", SILENT.values(), ids=SILENT)
def test_discover_when_a_script_names_what_is_no_list_of_the_portal_then_it_is_not_asked(call: str) -> None:
    found = discover(
        call.encode(), url=HOME + "a.js", media_type="application/javascript", charset="", plan=make_plan()
    )
    assert (found.links, found.purpose) == ((), "other")


def test_discover_when_a_script_names_hundreds_of_addresses_then_a_handful_is_tried_news_first() -> None:
    script = ";".join([f"fetch('/api/muc{n}/loai')" for n in range(300)] + ["fetch('/api/tin-tuc')"])
    found = discover(script.encode(), url=HOME + "a.js", media_type="text/javascript", charset="", plan=make_plan())
    assert len(found.links) == 6
    assert found.links[0].url == HOME + "api/tin-tuc"


def test_discover_when_state_is_given_to_the_script_by_name_then_its_articles_are_found() -> None:
    state = f"window.__INITIAL_STATE__ = {json.dumps({'news': POSTS})}; run();"
    found = look(f"{SHELLS['vue']}<script>{state}</script>", "")
    assert [link.url for link in found.links if link.role == "article"] == [HOME + post["url"][1:] for post in POSTS]


@pytest.mark.parametrize("last", ["", "/list", "/getAll"])
def test_discover_when_a_list_gives_ids_only_then_each_is_asked_below_the_list(last: str) -> None:
    items = [{"id": n, "tieuDe": f"Hội nghị tổng kết năm {n}", "ngayDang": "2026-10-01"} for n in (7, 8)]
    url = HOME + "api/bai-viet" + last + "?page=1"
    found = discover(
        json.dumps({"data": {"items": items}, "menu": [{"id": 1, "name": "Tin tức"}, {"id": 2, "name": "Văn bản"}]}).encode(),
        url=url, media_type="application/json", charset="", plan=make_plan(),
    )  # fmt: skip
    assert [(link.url, link.date_text) for link in found.links] == [
        (HOME + "api/bai-viet/7", "2026-10-01"), (HOME + "api/bai-viet/8", "2026-10-01"),
    ]  # fmt: skip


def test_discover_when_json_is_one_article_then_it_is_one() -> None:
    article = {
        "title": "Thông báo nghỉ lễ Quốc khánh",
        "content": "<p>Ủy ban nhân dân phường thông báo lịch nghỉ lễ.</p>",
    }
    for data in (article, {"data": article}, {"status": 200, "result": {"item": article, "related": POSTS}}):
        assert json_list(json.dumps(data).encode()).purpose == "article"
    assert json_list(json.dumps([article, article]).encode()).purpose == "other"
    assert json_list(json.dumps({"data": POSTS}).encode()).purpose == "feed"


def test_discover_when_a_shell_carries_its_article_then_it_needs_no_browser() -> None:
    article = {
        "title": "Thông báo nghỉ lễ Quốc khánh",
        "content": "<p>Ủy ban nhân dân phường thông báo lịch nghỉ lễ.</p>",
    }
    data = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps({"props": {"pageProps": {"post": article}}})}</script>'
    found = look(f'<div id="__next"></div>{data}{SCRIPT}', "tin-tuc/thong-bao-7")
    assert (found.shell, found.purpose) == (False, "article")


PAGED = {
    "added": 'fetch("/api/tin-tuc?size=" + n + "&sort=new")',
    "numbered": 'fetch("/api/tin-tuc?page=" + n)',
    "template": "fetch(`/api/tin-tuc?cat=${c}&page=${n}&pageSize=${s}`)",
}


@pytest.mark.parametrize(
    ("name", "targets"),
    [("added", ["?size=20"]), ("numbered", ["", "?page=1"]), ("template", ["?pageSize=20", "?page=1&pageSize=20"])],
)
def test_discover_when_a_script_fills_in_the_part_then_the_first_is_asked(name: str, targets: list[str]) -> None:
    found = discover(
        PAGED[name].encode(), url=HOME + "a.js", media_type="text/javascript", charset="", plan=make_plan()
    )
    assert [link.url.removeprefix(HOME + "api/tin-tuc") for link in found.links] == targets


@pytest.mark.parametrize(
    ("around", "onward"),
    [
        ({"totalPages": 3}, "?page=3"), ({"totalPages": 2}, None), ({"meta": {"total": 11}}, "?page=3"), ({"total": 10}, None),
        ({"hasNext": True}, "?page=3"), ({"next": "/api/tin?cursor=abc"}, "?cursor=abc"), ({}, None),
    ],
)  # fmt: skip
def test_discover_when_a_list_in_json_tells_of_more_then_its_next_part_is_found(
    around: dict[str, object], onward: str | None
) -> None:
    body = json.dumps({"items": POSTS, **around}).encode()
    found = discover(body, url=HOME + "api/tin?page=2", media_type="application/json", charset="", plan=make_plan())
    assert [link.url for link in found.links if link.role == "paging"] == (
        [HOME + "api/tin" + onward] if onward else []
    )
    assert len([link for link in found.links if link.role == "article"]) == 5


def test_discover_when_a_script_reads_headers_and_maps_then_these_are_no_addresses() -> None:
    script = 'h.get("content-type");t.get("application/json");m.get("name");e.get("a/b.js");fetch("/api/x/" + id)'
    found = discover(script.encode(), url=HOME + "a.js", media_type="text/javascript", charset="", plan=make_plan())
    assert found.links == ()
