"""Article pages whose links need no look: what one of them names for the first time is asked all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.fetch import judge
from crawler.items import PatternStat
from phuongchi.demo.site import Reply, serve
from storage.engine import connect
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
        db = connect(archive.url)
        with db.write() as conn:
            conn.exec_driver_sql("update page set read_as = 'article' where purpose = 'article'")
        db.close()
        answers |= {article_path(n): article(n, "<p>Lượt xem: 99</p>") for n in (1, 2)}
        answers[article_path(3)] = article(3, f'<p><a href="{FILE}">Báo cáo quý 4</a></p>')
        answers[FILE] = Reply(b"%PDF-1.4", headers=(("Content-Type", "application/pdf"),))
        assert archive.crawl(url, at=NIGHT + timedelta(days=1)) == 0
    asked = {row["url"].removeprefix(url.rstrip("/")) for row in archive.captures(run=2) if row["status"] == 200}
    assert {article_path(n) for n in range(1, 5)} | {FILE} <= asked


def test_is_proven_when_nobody_knows_the_page_yet_then_its_shape_must_have_held_articles_alone() -> None:
    page = replace(due("article"), shape="/tin/*#")
    known = replace(PLAN, patterns={"/tin/*#": PatternStat(20, 0)})
    assert judge.is_proven(page, known)
    assert not judge.is_proven(page, PLAN)
    for few_or_mixed in (PatternStat(19, 0), PatternStat(500, 1)):
        assert not judge.is_proven(page, replace(PLAN, patterns={"/tin/*#": few_or_mixed}))
    assert not judge.is_proven(replace(due("unknown"), shape="/tin/*#"), known)
    assert not judge.is_proven(replace(page, read_as="not-article"), known)
    assert judge.is_proven(due("unknown", read_as="copy"), PLAN)


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
