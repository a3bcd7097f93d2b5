"""Article pages whose links need no look: what one of them names for the first time is asked all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.fetch import judge
from crawler.fetch.conditional import validators
from crawler.items import PatternStat
from crawler.links.patterns import shape
from phuongchi.demo.site import Reply, serve
from tests.fetch.crawling import NIGHT, Archive
from tests.fetch.sites import News, article_path
from tests.fetch.test_schedule import PLAN, capture, due

FILE = "/upload/bao-cao-quy-4.pdf"
MENU = "".join(f'<a href="/muc-{n}">Mục số {n}</a>' for n in range(6))


def article(number: int, more: str) -> Reply:
    """An article with a menu, and a counter that makes each answer another one."""
    return Reply(
        f"<html><head><title>Bài {number}</title></head><body>{MENU}<h1>Hội nghị tổng kết công tác năm lần thứ {number} của phường"
        f"</h1><p>{'Ủy ban nhân dân phường tổ chức hội nghị. ' * 12}</p>{more}</body></html>".encode()
    )


@pytest.mark.slow
def test_crawl_when_a_known_article_names_a_new_file_then_it_is_asked(archive: Archive) -> None:
    answers = {article_path(n): article(n, f"<p>Lượt xem: {n}</p>") for n in range(1, 5)}
    with serve([News(count=4, extra=answers)]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        archive.do("update page set read_as = 'article' where purpose = 'article'")
        answers |= {article_path(n): article(n, "<p>Lượt xem: 99</p>") for n in (1, 2)}
        answers[article_path(3)] = article(3, f'<p><a href="{FILE}">Báo cáo quý 4</a></p>')
        answers[FILE] = Reply(b"%PDF-1.4", headers=(("Content-Type", "application/pdf"),))
        assert archive.crawl(url, at=NIGHT + timedelta(days=1)) == 0
    asked = {row["url"].removeprefix(url.rstrip("/")) for row in archive.captures(run=2) if row["status"] == 200}
    assert {article_path(n) for n in range(1, 5)} | {FILE} <= asked


@pytest.mark.slow
def test_crawl_when_a_topic_page_was_taken_for_an_article_unseen_then_it_is_a_list_on_the_next_night(
    archive: Archive,
) -> None:
    topic, page = "/tin-tuc/chuyen-de-cai-cach-hanh-chinh-cua-phuong-77.html", article_path(99)
    answers = {article_path(n): article(n, "") for n in range(1, 9)}
    with serve([News(count=8, extra=answers)]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        archive.do(
            "update page set read_as = 'article' where purpose = 'article'",
            f"insert into pattern (portal, shape, articles, others) select portal, '{shape(url + page)}', 8, 0 from page limit 1",
        )
        answers["/"] = list_of(topic, *(article_path(n) for n in range(8, 0, -1)))
        answers[topic] = list_of(*(article_path(n) for n in range(8, 2, -1)))
        assert archive.crawl(url, at=NIGHT + timedelta(days=1)) == 0
        [row] = archive.rows(f"select * from page where key like '%{topic}'")
        assert (row["purpose"], row["status"]) == ("article", 200)  # all it names is known: nobody looked at it
        archive.do(f"update page set read_as = 'not-article' where id = {row['id']}")  # the readers do
        answers[topic] = list_of(page, *(article_path(n) for n in range(8, 3, -1)))
        answers[page] = article(99, "")
        assert archive.crawl(url, at=NIGHT + timedelta(days=2)) == 0
    asked = {row["url"].removeprefix(url.rstrip("/")) for row in archive.captures(run=3) if row["status"] == 200}
    assert {topic, page} <= asked
    [row] = archive.rows(f"select * from page where key like '%{topic}'")
    assert row["purpose"] == "listing"


def list_of(*paths: str) -> Reply:
    """A list of articles with a menu; its validator never changes."""
    lines = "".join(
        f'<li class="tin"><h3><a href="{path}">Hội nghị tổng kết công tác năm {number} của phường</a></h3><span>0{number}/10/2026'
        "</span></li>" for number, path in enumerate(paths, start=1)
    )  # fmt: skip
    body = f"<html><head><title>Chuyên đề</title></head><body>{MENU}<ul class='danh-sach'>{lines}</ul></body></html>"
    return Reply(body.encode(), headers=(("Content-Type", "text/html"), ("ETag", '"always"')))


def test_is_proven_when_nobody_knows_the_page_yet_then_its_shape_must_have_held_articles() -> None:
    page = replace(due("article"), shape="/tin/*#")
    known = replace(PLAN, patterns={"/tin/*#": PatternStat(3, 0)})
    assert judge.is_proven(page, known)
    assert not judge.is_proven(page, PLAN)
    for few_or_mixed in (PatternStat(2, 0), PatternStat(500, 251)):
        assert not judge.is_proven(page, replace(PLAN, patterns={"/tin/*#": few_or_mixed}))
    assert not judge.is_proven(replace(due("unknown"), shape="/tin/*#"), known)
    assert not judge.is_proven(replace(page, read_as="not-article"), known)
    assert judge.is_proven(due("unknown", read_as="copy"), PLAN)


def test_is_mistaken_when_a_page_that_may_have_been_taken_for_an_article_was_read_as_none_then_only() -> None:
    page = replace(due("article", read_as="not-article"), shape="/tin/*#")
    known = replace(PLAN, patterns={"/tin/*#": PatternStat(3, 1)})
    assert judge.is_mistaken(page, known)
    assert not judge.is_mistaken(page, PLAN)
    assert not judge.is_mistaken(replace(page, read_as="article"), known)
    assert validators(replace(page, page=replace(page.page, etag='"a"', payload_sha256="0"))) == {}


def test_is_same_when_the_bytes_were_read_as_an_article_then_only() -> None:
    page, same = due("article", read_as="article"), capture()
    known = replace(page, page=replace(page.page, payload_sha256=same.payload_sha256))
    assert judge.is_same(known, same)
    assert not judge.is_same(replace(known, read_as=""), same)
    assert not judge.is_same(page, capture(payload_sha256="f" * 64))


def test_outcome_when_a_shell_came_in_an_articles_place_then_its_bytes_are_not_taken_for_the_articles() -> None:
    def kept(read_as: str, *, shell: bool) -> str:
        page = due("article", read_as=read_as)
        told = judge.outcome(page, "page", capture(), purpose="article", at=NIGHT, url=page.page.url, shell=shell)
        return told.payload_sha256

    assert kept("article", shell=True) == ""  # the row keeps the digest of what a browser drew
    assert kept("article", shell=False) == kept("", shell=True) == capture().payload_sha256
