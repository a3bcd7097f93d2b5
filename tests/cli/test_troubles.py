"""What operators are told of what was refused, put off, or left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from crawler.fetch.failures import CLASSES
from phuongchi.commands.causes import MEANINGS, exceptions, meaning
from phuongchi.demo.site import Reply, World
from phuongchi.settings import check_platforms
from storage.records import Portal, RobotsOverride
from tests.cli.conftest import Archive
from tests.fetch.crawling import NIGHT
from tests.fetch.sites import News


def test_meanings_when_a_class_of_failure_exists_then_people_are_told_what_to_do() -> None:
    told = set(MEANINGS)
    untold = {name for name in CLASSES if name not in told}
    assert untold == set()
    assert all(vietnamese and english for vietnamese, english in MEANINGS.values())
    assert meaning("http.429").startswith("http.429: máy chủ xin chậm lại")
    assert meaning("something") == "something"


def test_exceptions_when_a_row_takes_liberties_then_each_is_named_with_its_reason() -> None:
    rule = RobotsOverride(reason="Công văn 12/UBND", until="2027-01-31")
    portal = Portal(id="a", url="https://a.vn/", tls="accept-invalid", robots_override=rule)
    found = exceptions(portal, datetime(2027, 1, 31, 16, 59, tzinfo=UTC))
    assert "Công văn 12/UBND" in found[0]
    assert "2027-01-31" in found[0]
    assert "accept-invalid" in found[1]
    [over, _] = exceptions(portal, datetime(2027, 1, 31, 17, 0, tzinfo=UTC))  # the next day in Viet Nam
    assert "it is obeyed again" in over
    assert exceptions(Portal(id="a", url="https://a.vn/"), NIGHT) == []


def test_check_platforms_when_one_is_unknown_then_it_is_named() -> None:
    assert check_platforms("vnpt, nukeviet") == ("vnpt", "nukeviet")
    try:
        check_platforms("vnpt nukevit")
    except ValueError as error:
        assert "nukevit" in str(error)
    else:
        raise AssertionError("a misspelt platform was taken")


def test_status_when_a_portal_was_put_off_then_says_why_and_what_to_do(
    archive: Archive, serving: Callable[..., World]
) -> None:
    world = serving(News(count=2, robots=Reply(b"busy", 503)))
    archive.add(world.urls["news"])
    ended = archive.run("crawl")
    assert ended.code == 5
    assert "không lấy được robots.txt" in ended.err
    shown = archive.quick("status").out
    assert "the next run tries again" in shown
    [portal] = json.loads(archive.quick("status", "--json").out)["portals"]
    assert portal["troubles"][0]["url"].endswith("/robots.txt")
    assert portal["troubles"][0]["meaning"]["vi"]
    assert portal["exceptions"] == []
