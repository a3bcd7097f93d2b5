"""The score gives full marks to a perfect export, and takes the right ones away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from phuongchi.demo.site import Gold
from tests.unseen.run import with_delay
from tests.unseen.score import score
from tests.unseen.sites.catalogue import SITES, portals

BASE = "http://127.0.0.1:8801/"


def export(gold: Gold) -> dict[str, Any]:
    return {
        "url": BASE.rstrip("/") + gold.path,
        "urls": [],
        "title": gold.title,
        "paragraphs": list(gold.paragraphs),
        "captions": list(gold.captions),
        "authors": list(gold.authors),
        "published_at": gold.published_at,
        "published_basis": gold.published_basis,
        "attachments": [{"url": BASE.rstrip("/") + path} for path in gold.attachments],
    }


@pytest.mark.parametrize("name", SITES)
def test_a_perfect_export(name: str) -> None:
    (site,) = portals([name])
    result = score(map(export, site.gold(1)), site.gold(1), BASE, site.tolerated)
    assert result.notes == []
    assert {name: value for name, value in result.ratios.items() if value != (name not in ("nonart", "dup"))} == {}


@pytest.mark.parametrize(
    ("change", "measure"),
    [
        (lambda row: row | {"title": row["title"] + "!"}, lambda result: result.found - result.titles),
        (lambda row: row | {"published_at": "2001-01-01"}, lambda result: result.invented),
        (lambda row: row | {"paragraphs": [*row["paragraphs"], "Bài viết mới"]}, lambda result: result.leaks),
        (
            lambda row: row | {"authors": ["Ai Đó"]},
            lambda result: result.signed_false + result.signed - result.signed_right,
        ),
        (lambda row: row | {"url": BASE + "khac/", "title": "Khác"}, lambda result: result.strangers),
        (lambda row: row | {"url": BASE + "gioi-thieu/", "title": "Khác"}, lambda result: result.tolerated),
        (lambda row: row | {"removed_at": "2026-11-20"}, lambda result: result.golds - result.found),
    ],
)
def test_one_fault(change: Callable[[dict[str, Any]], dict[str, Any]], measure: Callable[[Any], int]) -> None:
    (site,) = portals(["wp_twenty"])
    rows = [export(gold) for gold in site.gold(1)]
    rows[3] = change(rows[3])
    assert measure(score(rows, site.gold(1), BASE, site.tolerated)) == 1


def test_doubles_and_other_addresses() -> None:
    (site,) = portals(["joomla"])
    rows = [export(gold) for gold in site.gold(1)]
    rows.append(rows[0] | {"url": BASE + "index.php/ban-khac", "urls": [rows[0]["url"]]})
    assert score(rows, site.gold(1), BASE).doubles == 1


def test_a_list_with_the_title_of_an_article_is_none() -> None:
    (site,) = portals(["dnn"])
    rows = [export(gold) for gold in site.gold(1)]
    rows.insert(
        0, rows[0] | {"url": BASE + "Thong-bao?p=2", "paragraphs": ["Một danh sách", "của nhiều tin khác nhau"] * 40}
    )
    result = score(rows, site.gold(1), BASE)
    assert (result.found, result.strangers, result.doubles) == (result.golds, 1, 0)


def test_settings_keep_what_they_said() -> None:
    assert with_delay("a = 1\n[fetch]\ndelay = 2.5\nx = 2\n") == "a = 1\n[fetch]\ndelay = 0\nx = 2\n"
    assert with_delay("") == "\n[fetch]\ndelay = 0\n"
