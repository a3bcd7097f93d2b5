"""The report of a night: the same words each time, hostile titles harmless, what a person needs first."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from lxml import etree

from monitoring import rendering, words
from monitoring.needs import is_trouble, needs, watched
from monitoring.outages import OUTAGE
from monitoring.report import Report, page
from monitoring.states import BENIGN, STATES
from storage.reader.nights import Standing
from tests.monitoring.nights import BEGAN, GOLDEN, eventful_night, eventful_report, make_portal, quiet_night


def test_report_when_made_then_is_what_somebody_has_looked_at() -> None:
    for name, made in (
        ("report.txt", rendering.text(eventful_report())),
        ("report.html", rendering.html(eventful_report())),
    ):
        assert made == (GOLDEN / name).read_text(encoding="utf-8"), "run: python -m tests.monitoring.nights"


def test_html_when_titles_are_hostile_then_no_markup_of_theirs_and_nothing_from_elsewhere() -> None:
    made = rendering.html(eventful_report())
    seen: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    Reader().feed(made)
    assert not {"script", "img", "link", "iframe", "b"} & {tag for tag, _ in seen}
    assert all(str(attrs["href"]).startswith("https://") for tag, attrs in seen if tag == "a")
    assert not any(name.startswith("on") or name == "src" for _, attrs in seen for name in attrs)
    assert "\x1b" not in rendering.text(eventful_report()) + made
    assert etree.fromstring(made.encode(), etree.HTMLParser(recover=False)) is not None


def test_report_when_read_then_vietnamese_comes_first_and_both_tell_the_same() -> None:
    vietnamese, english = rendering.pages(eventful_report())
    assert (vietnamese.language, english.language) == ("vi", "en")
    assert [len(section.items) for section in vietnamese.sections] == [
        len(section.items) for section in english.sections
    ]
    numbers = [re.sub(r"\D", "", " ".join(one.lead)) for one in (vietnamese, english)]
    assert numbers[0] == numbers[1]


def test_page_when_many_portals_have_nothing_to_tell_then_they_are_counted() -> None:
    many = tuple(make_portal(f"p{number}") for number in range(60))
    told = make_portal("new", events={"created": 2})
    [table] = [section for section in page(Report(quiet_night(portals=(*many, told))), "en").sections if section.rows]
    assert [item.text for item in table.items] == ["60 other portals: done, nothing new"]
    assert [row[0] for row in table.rows] == ["new.vn"]


def test_needs_when_portals_of_one_server_are_down_then_they_are_one() -> None:
    outage, late = needs(eventful_night())
    assert [portal.id for portal in outage.portals] == ["lientri.vn", "lienmac.vn", "lienha.vn"]
    assert outage.place == "server 198.51.100.7"
    assert (late.portals[0].id, late.state.en) == ("hongha.vn", "late")


def test_needs_when_a_healthy_portal_failed_once_then_nobody_is_called() -> None:
    healthy = Standing("healthy", "", BEGAN)
    assert needs(quiet_night(portals=(make_portal("a", state="unreachable", standing=healthy),))) == ()
    bad = quiet_night(portals=(make_portal("a", standing=Standing("blocked", "", BEGAN)),))
    assert (needs(bad), [one.id for one in watched(bad)]) == ((), ["a.vn"])
    ends = (
        ("a", "unreachable", ""),
        ("b", "failed", "run.failed"),
        ("c", "partial", "net.timeout"),
        ("d", "partial", "stopped"),
        ("e", "done", ""),
    )
    once = quiet_night(portals=tuple(
        make_portal(name, state=state, cause=cause, counts={}, standing=healthy) for name, state, cause in ends
    ))  # fmt: skip
    assert (needs(once), [one.id for one in watched(once)]) == ((), ["a.vn", "b.vn", "c.vn"])
    [section] = [one for one in page(Report(once), "en").sections if one.title.startswith("Watched")]
    assert [item.text.rpartition(": ")[2] for item in section.items] == ["unreachable", "error", "unreachable"]
    [unknown] = needs(quiet_night(portals=(make_portal("a", state="unreachable", cause="net.dns"),)))
    assert unknown.cause == "net.dns"


def test_trouble_when_a_night_went_well_then_none_and_the_page_says_so() -> None:
    assert not is_trouble(quiet_night())
    assert is_trouble(eventful_night())
    assert "Không nguồn nào cần người xem." in page(Report(quiet_night()), "vi").lead


def test_words_when_a_state_or_an_alert_exists_then_people_are_told_what_to_do() -> None:
    assert set(words.STATES) == set(STATES)
    assert {name for name, one in words.STATES.items() if one.person} == set(STATES) - BENIGN - {"robots-deferred"}
    for one in (*words.STATES.values(), words.meaning(OUTAGE), words.meaning("job:backup")):
        assert one.vi and one.en and one.vi_cure and one.en_cure


def test_page_when_requests_are_overdue_then_they_stand_with_what_needs_a_person() -> None:
    said = ("2 yêu cầu quá hạn", "2 requests are overdue")
    report = Report(quiet_night(), duties=(said,))
    vietnamese, english = page(report, "vi").sections[0], page(report, "en").sections[0]

    assert [[item.text for item in one.items] for one in (vietnamese, english)] == [[said[0]], [said[1]]]
    assert vietnamese.alarming
