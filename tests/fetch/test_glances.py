"""Article pages whose links need no look: what one of them names for the first time is asked all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.fetch import judge
from crawler.fetch.conditional import EARLY, RECHECKS, YEAR, recheck, validators
from crawler.items import PatternStat
from crawler.links.patterns import shape
from phuongchi.demo.site import Reply, serve
from storage.frontier import Due
from tests.fetch.crawling import NIGHT, Archive
from tests.fetch.sites import News, article_path
from tests.fetch.test_schedule import PLAN, SEEN, capture, due

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


LONG_KNOWN = """update page set first_seen = strftime('%Y-%m-%d %H:%M:%f000', first_seen, '-40 days'),
due_at = strftime('%Y-%m-%d %H:%M:%f000', first_seen, '+140 days', '-12 hours') where purpose = 'article'"""


@pytest.mark.slow
@pytest.mark.parametrize("meanwhile", [(), (LONG_KNOWN,)], ids=["found that night", "found weeks before"])
def test_crawl_when_a_topic_page_was_taken_for_an_article_unseen_then_it_is_a_list_on_the_next_night(
    archive: Archive, meanwhile: tuple[str, ...]
) -> None:
    topic, page = "/tin-tuc/chuyen-de-cai-cach-hanh-chinh-cua-phuong-77.html", article_path(99)
    answers = {article_path(n): article(n, "") for n in range(1, 9)}
    with serve([News(count=8, extra=answers)]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        archive.do(
            "update page set read_as = 'article' where purpose = 'article'",
            f"insert into pattern (portal, shape, articles, others) select portal, '{shape(url + page)}', 8, 4 from page limit 1",
        )
        answers["/"] = list_of(topic, *(article_path(n) for n in range(8, 0, -1)))
        answers[topic] = list_of(*(article_path(n) for n in range(8, 2, -1)))
        assert archive.crawl(url, at=NIGHT + timedelta(days=1)) == 0
        [row] = archive.rows(f"select * from page where key like '%{topic}'")
        assert (row["purpose"], row["status"]) == ("article", 200)  # all it names is known: nobody looked at it
        verdict = f"update page set read_as = 'not-article' where id = {row['id']}"
        archive.do(verdict, "update pattern set others = others + 1", *meanwhile)  # the readers do, and count
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
    page = unseen()
    known = replace(PLAN, patterns={"/tin/*#": PatternStat(3, 2)})  # itself one of the two
    assert judge.is_mistaken(page, known)
    assert not judge.is_mistaken(page, PLAN)
    assert not judge.is_mistaken(page, replace(PLAN, patterns={"/tin/*#": PatternStat(2, 0)}))
    assert not judge.is_mistaken(replace(page, read_as="article"), known)
    assert not judge.is_mistaken(replace(page, paging=1), known)
    assert validators(replace(page, page=replace(page.page, etag='"a"', payload_sha256="0"))) == {}


@pytest.mark.parametrize("days", [0, 2, 40, 400, 3000])
def test_is_mistaken_when_the_page_was_looked_at_then_it_waits_a_year(days: int) -> None:
    known = replace(PLAN, patterns={"/tin/*#": PatternStat(8, 5)})
    page = unseen(days=days)
    assert judge.dates_after_reading([page], known, NIGHT) == {1: NIGHT}
    told = judge.outcome(page, "page", capture(), purpose="article", at=NIGHT, url=page.page.url)
    after = replace(page, page=replace(page.page, due_at=told.due_at), last_seen=NIGHT)
    assert told.due_at == NIGHT + YEAR - EARLY
    assert not judge.is_mistaken(after, known)
    assert judge.dates_after_reading([after], known, NIGHT + YEAR) == {}


def test_dates_after_reading_when_too_many_wait_for_a_look_then_the_others_have_theirs_later() -> None:
    known = replace(PLAN, patterns={"/tin/*#": PatternStat(8, 500)})
    first = unseen()
    pages = [replace(first, page=replace(first.page, id=number)) for number in range(judge.LOOKS + 5)]
    night = SEEN + timedelta(days=1)
    dates = judge.dates_after_reading(pages, known, night)
    later = {number: at for number, at in dates.items() if at != night}
    assert later == dict.fromkeys(range(5), SEEN + RECHECKS[1] - EARLY)
    rest = [replace(page, page=replace(page.page, due_at=later[page.page.id])) for page in pages[:5]]
    tomorrow = night + timedelta(days=1)
    assert judge.dates_after_reading(rest, known, tomorrow) == dict.fromkeys(range(5), tomorrow)


def unseen(*, days: int = 0) -> Due:
    """A page that was asked so long after it was found, taken for an article, and read as none since."""
    page = replace(due("article", read_as="not-article"), shape="/tin/*#", last_seen=SEEN + timedelta(days=days))
    at = recheck(SEEN, SEEN + timedelta(days=days), key=page.page.key)
    return replace(page, page=replace(page.page, due_at=at))


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
