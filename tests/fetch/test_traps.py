"""A portal full of traps: its articles are all fetched in one run, and each trap costs no more than its budget."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from crawler.fetch.budgets import PER_ABSENCE, PER_FAMILY, PER_FORM, Budgets
from crawler.items import Found, Link, PatternStat, PortalPlan
from phuongchi.demo.site import Reply, serve
from storage.frontier import Due
from storage.records import Page
from tests.fetch.crawling import Archive
from tests.fetch.sites import News, article_path

PLAN = PortalPlan("p", "https://p.example/", frozenset(("p.example",)))
TRAPS = {
    "calendar": re.compile(r"^/su-kien/\d{4}-"),
    "session": re.compile(r"^/phien/[a-z]+/"),
    "facets": re.compile(r"^/thu-tuc\?"),
    "paging": re.compile(r"^/thong-ke/trang-"),
    "repeats": re.compile(r"^/muc-luc/"),
    "itself": re.compile(r"^/ban-do\?"),
    "many": re.compile(r"^/kho/"),
}


def rest(*seed: object) -> str:
    """Letters that look made up, the same for the same seed."""
    return hashlib.sha256(repr(seed).encode()).hexdigest()[:10].translate(str.maketrans("0123456789", "ghijklmnop"))


def page(*links: str) -> Reply:
    anchors = " ".join(f'<a href="{link}">Xem</a>' for link in links)
    return Reply(f"<html><head><title>Tra cứu</title></head><body><p>Tra cứu</p>{anchors}</body></html>".encode())


@dataclass
class Trapped(News):
    """Articles in lists, and beside them whatever has no end."""

    count: int = 20
    size: int = 5

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        kind = next((name for name, pattern in TRAPS.items() if pattern.match(target)), "")
        if kind:
            return getattr(self, kind)(target)
        found = super().reply(target, headers, night=night, hit=hit)
        doors = ("/su-kien/2026-11-21.html", f"/phien/{rest(1)}/gioi-thieu.html", "/thu-tuc?muc=a", "/thong-ke/trang-1.html",
                 "/muc-luc/", "/ban-do?xem=a", "/kho/0.html")  # fmt: skip
        menu = "".join(f'<a href="{door}">Mục</a> ' for door in doors)
        return replace(found, body=found.body.replace(b"</body>", f"<div>{menu}</div></body>".encode()))

    def calendar(self, target: str) -> Reply:
        day = date.fromisoformat(target[9:19])
        return page(*(f"/su-kien/{day + timedelta(days=n)}.html" for n in range(-3, 4)))

    def session(self, target: str) -> Reply:
        return page(*(f"/phien/{rest(target, n)}/gioi-thieu.html" for n in range(8)))

    def facets(self, target: str) -> Reply:
        return page(*(f"{target}&{name}={rest(target, name)}" for name in ("linhvuc", "capdo", "coquan", "hinhthuc")))

    def paging(self, target: str) -> Reply:
        number = int(target[16:-5])
        pager = "".join(f'<a href="/thong-ke/trang-{number + n}.html">{number + n}</a> ' for n in range(1, 4))
        return Reply(f"<html><body><p>Không có dữ liệu</p><div class='pagination'>{pager}</div></body></html>".encode())

    def repeats(self, target: str) -> Reply:
        return page(*(f"{target}{rest(target, n)}/" for n in range(4)))

    def itself(self, target: str) -> Reply:
        return page(*(f"/ban-do?xem={rest(target, n)}" for n in range(6)))

    def many(self, target: str) -> Reply:
        return page(*(f"/kho/{rest(target, n)}.html" for n in range(40)))


@pytest.mark.slow
def test_crawl_when_a_portal_is_full_of_traps_then_all_articles_come_in_one_run(archive: Archive) -> None:
    with serve([Trapped()]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        asked = Counter(target for _, target, _ in world.requests)
        assert {article_path(number) for number in range(1, 21)} <= set(asked)
        spent = {name: sum(bool(pattern.match(target)) for target in asked) for name, pattern in TRAPS.items()}
        assert not {name: count for name, count in spent.items() if count > PER_FAMILY + 10}
        assert sum(spent.values()) > PER_FAMILY
        assert sum(asked.values()) < 1000, spent
        visit = archive.visit(url)
        told = [where for kind, where in archive.failures() if kind == "trap.budget"]
    assert (visit["state"], visit["cause"]) == ("done", "")
    assert visit["counts"]["trapped"] > 100
    assert 1 <= len(told) <= 20  # one row a form, not one a page
    assert "brought no article" in visit["detail"]


def due(shape: str, *, purpose: str = "unknown", depth: int = 3) -> Due:
    return Due(Page(1, "p", "k", "https://p.example/x", purpose, depth=depth), shape)  # type: ignore[arg-type]


def barren(budgets: Budgets, shape: str, count: int) -> None:
    for _ in range(count):
        budgets.note(due(shape), Found("u", "unknown"))


def test_budgets_when_pages_of_a_form_bring_nothing_then_the_rest_is_left_out() -> None:
    budgets = Budgets()
    barren(budgets, "/lich?ngay=#", PER_FORM - 1)
    assert budgets.spent(due("/lich?ngay=#"), PLAN) == ""
    barren(budgets, "/lich?ngay=a#b", 1)  # another value, the same parameter
    assert "brought no article" in budgets.spent(due("/lich?ngay=#"), PLAN)
    assert budgets.spent(due("/tin?trang=#"), PLAN) == ""
    assert budgets.spent(due("/lich?ngay=#", depth=0), PLAN) == ""


def test_budgets_when_a_page_links_to_a_new_article_then_its_form_begins_again() -> None:
    budgets = Budgets()
    barren(budgets, "/tin?trang=#", PER_FORM - 1)
    part = Found("u", "listing", (Link("https://p.example/a", "p.example/a", "article"),))
    budgets.note(due("/tin?trang=#"), part)
    barren(budgets, "/tin?trang=#", PER_FORM - 1)
    assert budgets.spent(due("/tin?trang=#"), PLAN) == ""
    budgets.note(due("/tin?trang=#"), part)  # the same article once more is nothing new
    assert budgets.spent(due("/tin?trang=#"), PLAN)


def test_budgets_when_readings_found_articles_of_a_form_then_it_is_never_used_up() -> None:
    budgets = Budgets()
    barren(budgets, "/*", 3 * PER_FAMILY)
    plan = replace(PLAN, patterns={"/*": PatternStat(articles=2, others=20)})
    assert budgets.spent(due("/*"), PLAN)
    assert budgets.spent(due("/*"), plan) == ""


def test_budgets_when_lists_announce_articles_that_are_none_then_readings_decide() -> None:
    budgets = Budgets()
    announced = due("/tin/#.html", purpose="article")
    assert budgets.spent(announced, replace(PLAN, patterns={"/tin/#.html": PatternStat(0, PER_FORM - 1)})) == ""
    assert budgets.spent(announced, replace(PLAN, patterns={"/tin/#.html": PatternStat(0, PER_FORM)}))


def test_budgets_when_names_are_made_up_for_each_page_then_their_family_has_a_budget() -> None:
    budgets = Budgets()
    for number in range(PER_FAMILY):
        barren(budgets, f"/phien/{rest(number)}/gioi-thieu.html", 1)
    assert budgets.spent(due("/phien/abcdef/gioi-thieu.html"), PLAN)
    assert budgets.spent(due("/khac/abcdef"), PLAN) == ""


def test_budgets_when_links_to_articles_lead_nowhere_in_a_row_then_the_rest_is_left_out() -> None:
    budgets, made_up = Budgets(), due("/t/#.html", purpose="article")
    for _ in range(PER_ABSENCE - 1):
        budgets.absent(made_up)
    assert budgets.spent(made_up, PLAN) == ""
    budgets.note(made_up, Found("u", "article"))
    for _ in range(PER_ABSENCE):
        budgets.absent(made_up)
    assert "were not there" in budgets.spent(made_up, PLAN)
    assert budgets.spent(made_up, replace(PLAN, patterns={"/t/#.html": PatternStat(articles=9, others=0)})) == ""
    assert budgets.spent(due("/tin/#.html", purpose="article"), PLAN) == ""
