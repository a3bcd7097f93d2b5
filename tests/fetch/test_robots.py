from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.robots import LARGEST, answered, closed, origin, read, robots_url, token

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
AGENT = "PhuongChi"


def rules(text: str | bytes, media_type: str = "text/plain"):  # type: ignore[no-untyped-def]
    return read(text.encode() if isinstance(text, str) else text, media_type=media_type, agent=AGENT, now=NOW)


def test_read_when_groups_differ_then_ours_wins() -> None:
    robots = rules("User-agent: *\nDisallow: /\n\nUser-agent: phuongchi\nDisallow: /kin/\nCrawl-delay: 7\n")
    assert robots.allows("https://a.vn/tin")
    assert not robots.allows("https://a.vn/kin/1")
    assert robots.delay == 7.0


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffUser-agent: *\r\nDisallow: /kin/",
        "User-agent: *\rDisallow: /kin/\r",
        "user-AGENT:*\n disallow : /kin/ # lý do",
    ],
)
def test_read_when_written_oddly_then_rules_hold(text: str) -> None:
    assert not rules(text).allows("https://a.vn/kin/1")
    assert rules(text).allows("https://a.vn/mo")


def test_read_when_a_page_came_instead_then_everything_is_open() -> None:
    for robots in (rules("<html>Disallow: /</html>", "text/html"), rules("  <!doctype html>"), rules(b"\0\0PNG")):
        assert (robots.access, robots.allows("https://a.vn/x")) == ("open", True)


def test_read_when_it_is_huge_then_only_its_beginning_counts() -> None:
    text = "User-agent: *\n" + "# lấp đầy\n" * (LARGEST // 8) + "Disallow: /\n"
    assert rules(text).allows("https://a.vn/")


def test_read_when_a_pattern_is_all_stars_then_matching_stays_quick() -> None:
    robots = rules("User-agent: *\nDisallow: /" + "*" * 1500 + "z\nDisallow: /" + "*a" * 900 + "\n")
    assert robots.allows("https://a.vn/" + "b" * 1500)


@pytest.mark.parametrize(
    ("status", "access"),
    [(404, "open"), (401, "open"), (403, "open"), (429, "closed"), (500, "closed"), (503, "closed")],
)
def test_answered_when_there_is_no_file_then_as_the_rfc_says(status: int, access: str) -> None:
    robots = answered(status, agent=AGENT, now=NOW)
    assert robots.access == access
    assert robots.allows("https://a.vn/") is (access == "open")


def test_closed_when_asked_then_nothing_is_allowed() -> None:
    assert not closed("net.refused", agent=AGENT, now=NOW).allows("https://a.vn/")


def test_stale_when_a_day_has_passed_then_true() -> None:
    robots = rules("")
    assert not robots.stale(NOW + timedelta(hours=23))
    assert robots.stale(NOW + timedelta(hours=24))


def test_origin_when_ports_or_schemes_differ_then_so_do_the_files() -> None:
    assert robots_url("http://A.vn:8080/x?y") == "http://a.vn:8080/robots.txt"
    assert origin("http://a.vn/") != origin("https://a.vn/")


def test_token_when_user_agent_has_a_version_then_it_is_left_out() -> None:
    assert token("PhuongChi/0.1 (+https://example.org)") == "PhuongChi"
    assert token("") == "*"


@given(st.binary(max_size=2000))
def test_read_when_given_anything_then_it_never_raises(body: bytes) -> None:
    robots = rules(body)
    assert robots.allows("https://a.vn/tin") in (True, False)
    assert robots.delay >= 0
