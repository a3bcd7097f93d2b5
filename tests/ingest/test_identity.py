"""Which addresses are one article."""

from __future__ import annotations

import pytest

from crawler.ingest.identity import identity, trusted

BASE = "https://phuong.example.gov.vn"


@pytest.mark.parametrize(
    ("one", "other", "platform"),
    [
        ("/?gd=4&cn=28&tc=1472", "/?tc=1472&gd=8&cn=28", "hue"),
        ("/vi/news/tin-tuc/hoi-nghi-41.html", "/vi/news/savefile/tin-tuc/hoi-nghi-41.html", "nukeviet"),
        ("/vi/news/tin-tuc/hoi-nghi-41.html", "/vi/news/van-hoa/hoi-nghi-41.html", "nukeviet"),
        ("/tin/1.html?utm_source=zalo", "/tin/1.html", ""),
    ],
)
def test_identity_when_addresses_are_of_one_article_is_equal(one: str, other: str, platform: str) -> None:
    assert identity(BASE + one, platform) == identity(BASE + other, platform)


@pytest.mark.parametrize(
    ("alias", "url"),
    [
        ("https://khac.example.gov.vn/tin/1.html", f"{BASE}/tin/1.html"),
        (f"{BASE}/", f"{BASE}/tin/1.html"),
        (f"{BASE}/tin", f"{BASE}/tin/1.html"),
        (f"{BASE}/detail.aspx", f"{BASE}/detail.aspx?NewsID=5"),
        (f"{BASE}/vi/news/savefile/a-1.html", f"{BASE}/vi/news/a-1.html"),
        ("javascript:void(0)", f"{BASE}/tin/1.html"),
    ],
    ids=["other host", "home", "section above", "without its parameter", "save copy", "no address"],
)
def test_alias_when_it_cannot_stand_for_the_page_is_not_trusted(alias: str, url: str) -> None:
    assert not trusted(alias, url)


def test_alias_when_same_page_with_other_scheme_or_www_is_trusted() -> None:
    assert trusted("http://www.phuong.example.gov.vn/tin/1.html", f"{BASE}/tin/1.html")
