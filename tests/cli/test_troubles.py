"""What operators are told of what was refused, put off, or left out."""

from __future__ import annotations

from crawler.fetch.failures import CLASSES
from phuongchi.commands.causes import MEANINGS, exceptions, meaning
from phuongchi.settings import check_platforms
from storage.records import Portal, RobotsOverride


def test_meanings_when_a_class_of_failure_exists_then_people_are_told_what_to_do() -> None:
    told = set(MEANINGS)
    untold = {name for name in CLASSES if name not in told}
    assert untold <= {"breaker", "url.invalid", "content.type", "parse.links", "http.odd"}
    assert all(vietnamese and english for vietnamese, english in MEANINGS.values())
    assert meaning("http.429").startswith("http.429: máy chủ xin chậm lại")
    assert meaning("something") == "something"


def test_exceptions_when_a_row_takes_liberties_then_each_is_named_with_its_reason() -> None:
    rule = RobotsOverride(reason="Công văn 12/UBND", until="2027-01-31")
    found = exceptions(Portal(id="a", url="https://a.vn/", tls="accept-invalid", robots_override=rule))
    assert "Công văn 12/UBND" in found[0]
    assert "2027-01-31" in found[0]
    assert "accept-invalid" in found[1]
    assert exceptions(Portal(id="a", url="https://a.vn/")) == []


def test_check_platforms_when_one_is_unknown_then_it_is_named() -> None:
    assert check_platforms("vnpt, nukeviet") == ("vnpt", "nukeviet")
    try:
        check_platforms("vnpt nukevit")
    except ValueError as error:
        assert "nukevit" in str(error)
    else:
        raise AssertionError("a misspelt platform was taken")
