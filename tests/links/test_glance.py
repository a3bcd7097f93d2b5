"""Links seen at a glance: whatever a whole look finds on a page is named, or the page is looked at whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.items import PortalPlan
from crawler.links.discover import discover
from crawler.links.glance import Familiar
from crawler.links.keys import host_of, page_key, split

HOME = "https://xa.example.vn/"
PLAN = PortalPlan("xa.example.vn", HOME, frozenset({"xa.example.vn"}))
MENU = "".join(f'<a href="/muc-{n}">Mục số {n}</a>' for n in range(6))
NEW = "xa.example.vn/tin/hoi-nghi-tong-ket-cong-tac-nam-9"
PATH = "/tin/hoi-nghi-tong-ket-cong-tac-nam-9"
CASES = sorted(Path(__file__).parents[1].glob("cases/*/page.html"))


def page(more: str, *, head: str = "") -> bytes:
    return f"<html><head><title>x</title>{head}</head><body>{MENU}{more}</body></html>".encode()


def familiar() -> Familiar:
    """What a visit knows that has looked at a page with the menu alone."""
    known = Familiar()
    known.unknown(page(""), HOME + "tin/1", PLAN)
    known.looked_at(HOME + "tin/1", [f"xa.example.vn/muc-{n}" for n in range(6)])
    return known


def test_unknown_when_all_links_are_known_then_nothing() -> None:
    assert familiar().unknown(page("<p>Văn bản</p>"), HOME + "tin/2", PLAN) == frozenset()


@pytest.mark.parametrize(
    "more",
    [
        f'<a href="{PATH}">a</a>', f"<a class=x href={PATH}>a</a>", f"<a HREF = '{PATH}'>a</a>",
        f'<a href="..{PATH}">a</a>', f'<a href="https://www.xa.example.vn{PATH}#y">a</a>',
        f'<div onClick="location.href=\'{PATH}\'">a</div>', f'<a href="#" data-href="{PATH}">a</a>',
        f"<a href=\"javascript:window.open('{PATH}')\">a</a>", f'<iframe src="{PATH}"></iframe>',
        f'<base href="{HOME}tin/"><a href="hoi-nghi-tong-ket-cong-tac-nam-9">a</a>',
        f'<p title="5" tall"><a href="{PATH}">a</a>', f'<a title="a>b" href="{PATH}">a</a>',
    ],
)  # fmt: skip
def test_unknown_when_a_link_is_new_then_it_is_named(more: str) -> None:
    found = familiar().unknown(page(more), HOME + "tin/2", PLAN)
    assert found is not None
    assert NEW in found


@pytest.mark.parametrize("base", [f'<base href="{HOME}tin/">', f"<BASE target=x HREF='{HOME}tin/'>"])
def test_unknown_when_a_page_says_what_its_addresses_are_relative_to_then_each_is_asked_though_the_words_are_known(
    base: str,
) -> None:
    known = familiar()
    for number in range(2, 5):
        assert known.unknown(page("", head=base), f"{HOME}van-ban/{number}", PLAN) <= {"xa.example.vn/tin"}
    box = '<a href="hoi-nghi-tong-ket-cong-tac-nam-9">a</a>'
    known.met("xa.example.vn/tin")
    assert known.unknown(page(box, head=base), HOME + "van-ban/9", PLAN) == {NEW}
    assert known.unknown(page(box), HOME + "tin/9", PLAN) == {NEW}


def test_unknown_when_links_stand_in_a_script_or_comment_in_any_case_then_the_page_is_looked_at_whole() -> None:
    known = familiar()
    for start, end in (("<SCRIPT>", "</Script>"), ("<Style>", "</STYLE>"), ("<!--", "-->")):
        assert known.unknown(f"<html><body>{start}{MENU}{end}</body></html>".encode(), HOME + "tin/2", PLAN) is None
    shown = f"<html><body><SCRIPT>{MENU}</SCRIPT>{MENU.upper().replace('/MUC', '/muc')}</body></html>"
    assert known.unknown(shown.encode(), HOME + "tin/2", PLAN) == frozenset()


def test_unknown_when_what_came_before_leads_elsewhere_from_here_then_it_is_named() -> None:
    known, box, here = familiar(), '<a href="hoi-nghi-tong-ket-cong-tac-nam-9">a</a>', HOME + "nghi-quyet/1"
    assert known.unknown(page(box), here, PLAN) == {"xa.example.vn/nghi-quyet/hoi-nghi-tong-ket-cong-tac-nam-9"}
    known.met("xa.example.vn/nghi-quyet/hoi-nghi-tong-ket-cong-tac-nam-9")
    for _ in range(2):
        assert known.unknown(page(box), here, PLAN) == frozenset()
    assert known.unknown(page(box), HOME + "tin/2", PLAN) == {NEW}


def test_unknown_when_an_address_goes_on_behind_a_tag_then_the_links_that_follow_are_named() -> None:
    known = familiar()
    for number in range(20):  # in which order pieces are looked at is chance
        more = f'<a href="/muc-1?x=<b>{number}</b>">a</a>' + f'<a href="{PATH}-{number}">a</a>'
        found = known.unknown(page(more), HOME + f"tin/{number}", PLAN)
        assert found is not None
        assert f"{NEW}-{number}" in found
        known.met(*found)


def test_unknown_when_only_menus_and_texts_come_again_then_they_are_passed_over() -> None:
    known, long = familiar(), "".join(f'<a href="/muc-{n % 6}" class="c{n}">Mục</a>' for n in range(300)) + "x" * 900
    assert known.unknown(page(long), HOME + "tin/2", PLAN) == frozenset()
    before = {origin: set(pieces) for origin, pieces in known.pieces.items()}
    assert known.unknown(page(long), HOME + "tin/3", PLAN) == frozenset()
    assert known.pieces == before
    assert sum(map(len, before.values())) > 300


@pytest.mark.parametrize(
    "more",
    [
        '<a href="https://docs.google.com/viewer?url=https://xa.example.vn/files/bao-cao.pdf">Xem</a>',
        '<a href="#" onclick="open(\'/files/bao-cao.pdf\')">Tải</a>', '<object data="/files/bao-cao.pdf"></object>',
        '<button data-file="/files/bao-cao.pdf">Xem</button>',
        '<object type="application/pdf"><param name="src" value="/files/bao-cao.pdf"></object>',
    ],
)  # fmt: skip
def test_unknown_when_a_file_hides_behind_something_then_it_is_not_missed(more: str) -> None:
    found = familiar().unknown(page(more), HOME + "tin/2", PLAN)
    assert found is None or "xa.example.vn/files/bao-cao.pdf" in found


def test_unknown_when_a_choice_is_new_then_a_whole_look_and_none_the_next_time() -> None:
    known, choice = familiar(), page('<form action="/tim"><select name="page"><option value="2">2</select></form>')
    assert known.unknown(choice, HOME + "tin/2", PLAN) is None
    known.looked_at(HOME + "tin/2", ())
    assert known.unknown(choice, HOME + "tin/3", PLAN) == frozenset()


def test_unknown_when_texts_have_become_too_much_then_choices_are_known_all_the_same_and_texts_bounded() -> None:
    known, choice = familiar(), '<form action="/tim"><select name="page"><option value="2">2</select></form>'
    known.unknown(page(choice), HOME + "tin/2", PLAN)
    known.looked_at(HOME + "tin/2", ())
    held = 0
    for number in range(30):
        text = "".join(f"<p>Đoạn {number}-{line}</p>" for line in range(1_000))
        assert known.unknown(page(choice + text), HOME + f"tin/{number}", PLAN) == frozenset()
        held = max(held, sum(map(len, known.pieces.values())))
    assert 10_000 < held <= 20_000


@pytest.mark.parametrize("body", [b"<div id=app></div><a href=/a>a</a>", b"\xff\xfe<\x00a\x00", b"x" * (3 * 2**20)])
def test_unknown_when_bytes_cannot_tell_then_a_whole_look(body: bytes) -> None:
    assert familiar().unknown(body, HOME, PLAN) is None


KNOWN = [f"/muc-{n}" for n in range(6)]


@pytest.mark.parametrize(
    "links",
    [
        "".join(f'<link rel="alternate" type="application/rss+xml" href="{path}">' for path in KNOWN),
        "".join(f'<!-- <a href="{path}">a</a> -->' for path in KNOWN),
        f"<SCRIPT>draw('{MENU}')</SCRIPT>", f"<!-- <script> {MENU} </script> -->", f"<!-- {MENU}",
        "".join(f'<a href="#muc-{n}">a</a>' for n in range(6)), 6 * '<a class="x" href="/muc-1">a</a>',
    ],
)  # fmt: skip
def test_unknown_when_known_addresses_are_no_links_for_people_then_a_whole_look(links: str) -> None:
    shell = f"<html><head>{links}</head><body><div id=app></div><script src=/app.js></script></body></html>".encode()
    assert familiar().unknown(shell, HOME + "tin/2", PLAN) is None
    told = shell.replace(b"<body>", f"-->{'</script>'}<body>{MENU}".encode())
    assert familiar().unknown(told, HOME + "tin/2", PLAN) is not None


def test_unknown_when_head_names_what_only_programs_ask_then_that_is_no_link() -> None:
    head = f'<link rel="shortlink" href="/?p=77"><link rel="next" href="{PATH}">'
    assert familiar().unknown(page("", head=head), HOME + "tin/2", PLAN) == {NEW}


@pytest.mark.slow
def test_unknown_when_compared_with_a_whole_look_then_nothing_is_missed() -> None:
    looked = 0
    for case in CASES:
        url, body = json.loads((case.parent / "meta.json").read_text(encoding="utf-8"))["url"], case.read_bytes()
        parts = split(url)
        assert parts is not None
        plan = PortalPlan("p", f"{parts.scheme}://{parts.netloc}/", frozenset({host_of(parts)}))
        found = discover(body, url=url, media_type="text/html", charset="", plan=plan)
        plan, known = replace(plan, platform=found.platform), Familiar()
        if known.unknown(body, url, plan) is None:
            known.looked_at(url, ())
        if (seen := known.unknown(body, url, plan)) is not None:
            missed = {link.key for link in found.links} - seen - {page_key(url, plan.platform)}
            assert not missed, (case.parent.name, missed)
            looked += 1
    assert looked > len(CASES) / 2


@pytest.mark.parametrize(
    "left", ["href=x", "<link", "<base x", "<link href=x", "href='", '<a href="', "<a x=1 href=x<b "]
)
def test_unknown_when_a_page_is_full_of_beginnings_then_the_link_behind_them_is_named_or_a_whole_look(
    left: str,
) -> None:
    begun = left * 30_000  # no end of each is sought through all the rest
    found = familiar().unknown(page(f'<a href="{PATH}">a</a><p>{begun}</p>'), HOME + "tin/2", PLAN)
    assert found is None or NEW in found
