"""Pagers that send a form back: recognised in their manners, and nothing else is ever sent."""

from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from crawler.items import Found
from crawler.links.discover import discover
from crawler.links.postbacks import MARK, marked, unmarked
from tests.links.builders import HOME, make_plan

TITLES = (
    "Khai mạc hội thao",
    "Bế mạc lớp tập huấn cho cán bộ",
    "Họp mặt người cao tuổi",
    "Trao quà cho học sinh nghèo",
)
LINES = "".join(
    f'<li><a href="/tin/{n}.html">{title}</a> <em>0{n}/11/2026</em></li>' for n, title in enumerate(TITLES, 1)
)
STATE = '<input type="hidden" name="__VIEWSTATE" value="/wEP"><input type="hidden" name="__EVENTTARGET">'


def page(
    pager: str,
    url: str = HOME + "tin-tuc.aspx",
    *,
    form: str = 'method="post" action="./tin-tuc.aspx"',
    state: str = STATE,
) -> Found:
    body = f"<html><body><form {form}>{state}<ul>{LINES}</ul><div>{pager}</div></form></body></html>"
    return discover(body.encode(), url=url, media_type="text/html", charset="utf-8", plan=make_plan())


def parts(found: Found) -> list[str]:
    return [link.url for link in found.links if link.role == "paging"]


def step(target: str, argument: str = "", words: str = "2", **attributes: str) -> str:
    extra = "".join(f' {name.strip("_")}="{value}"' for name, value in attributes.items())
    return f"<a href=\"javascript:__doPostBack('{target}','{argument}')\"{extra}>{words}</a>"


PAGERS = {
    "grid": (step("ctl00$grv", "Page$2"), {"__EVENTTARGET": "ctl00$grv", "__EVENTARGUMENT": "Page$2"}),
    "grid, only an arrow": (step("ctl00$grv", "Page$Next", "&gt;"), {"__EVENTARGUMENT": "Page$Next"}),
    "data pager": ("<span>1</span>" + step("ctl00$DataPager1$ctl00$ctl01"), {"__EVENTTARGET": "ctl00$DataPager1$ctl00$ctl01"}),
    "own pager": (step("ctl00$ucTimKiem$Pager", "2"), {"__EVENTTARGET": "ctl00$ucTimKiem$Pager", "__EVENTARGUMENT": "2"}),
    "with options": (
        "<a href='javascript:WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions(\"ctl00$lbtnPage2\", \"\", true))'>2</a>",
        {"__EVENTTARGET": "ctl00$lbtnPage2"},
    ),
    "choice": (
        "<select name='ctl00$ddlTrang' onchange=\"javascript:setTimeout('__doPostBack(\\'ctl00$ddlTrang\\',\\'\\')', 0)\">"
        "<option selected='selected' value='1'>1</option><option value='2'>2</option></select>",
        {"__EVENTTARGET": "ctl00$ddlTrang", "ctl00$ddlTrang": "2"},
    ),
    "telerik": (
        '<div class="rgWrap rgArrPart2"><input type="button" name="ctl00$g$ctl28" value=" " title="Next Page" class="rgPageNext" '
        "onclick=\"javascript:__doPostBack('ctl00$g$ctl28','')\"></div>",
        {"__EVENTTARGET": "ctl00$g$ctl28"},
    ),
    "button": ('<input type="submit" name="ctl00$btnPageNext" value="Tiếp">', {"ctl00$btnPageNext": "Tiếp"}),
}  # fmt: skip


@pytest.mark.parametrize(("pager", "said"), PAGERS.values(), ids=PAGERS)
def test_next_post_when_a_pager_posts_back_then_its_next_part_is_found(pager: str, said: dict[str, str]) -> None:
    found = page(pager)
    [url] = parts(found)
    plain, post = unmarked(url)
    assert plain == HOME + "tin-tuc.aspx"
    assert post is not None
    assert post.number == 2
    assert found.form is not None
    assert found.form.action == HOME + "tin-tuc.aspx"
    sent = {name: values[0] for name, values in parse_qs(post.body(found.form), keep_blank_values=True).items()}
    assert sent.items() >= {"__VIEWSTATE": "/wEP", **said}.items()
    assert found.purpose == "listing"
    assert marked(plain, post) == url


REFUSED = {
    "calendar": f"<table class='pager'>{step('ctl00$Lich', '9821')}</table>",
    "calendar that counts": step("ctl00$Calendar1", "2"),
    "log out": step("ctl00$page$lbtDangXuat", "", "Tiếp"),
    "poll": '<div class="page-poll"><input type="submit" name="ctl00$btnVote" value="Tiếp"></div>',
    "search": '<input type="submit" name="ctl00$btnPageSearch" value="2">',
    "no pager": step("ctl00$lbtLike"),
    "sort": step("ctl00$grv", "Sort$2"),
    "delete": step("ctl00$grvPage", "Delete$2"),
    "part before": step("ctl00$grv", "Page$1", "1"),
    "rows a page": "<select name='ctl00$ddlPageSize' onchange=\"__doPostBack('ctl00$ddlPageSize','')\"><option>2</option></select>",
}


@pytest.mark.parametrize("control", REFUSED.values(), ids=REFUSED)
def test_next_post_when_a_control_is_no_pager_then_nothing_is_sent(control: str) -> None:
    found = page(control)
    assert parts(found) == []
    assert found.form is None


@pytest.mark.parametrize(
    ("form", "state"),
    [('method="post" action="https://other.example/x.aspx"', STATE), ('method="post"', ""), ('action="x.aspx"', STATE.replace("/wEP", "x" * 600_000))],
    ids=["elsewhere", "no ASP.NET", "too large"],
)  # fmt: skip
def test_next_post_when_the_form_is_not_the_pages_own_then_nothing_is_sent(form: str, state: str) -> None:
    assert parts(page(step("ctl00$grv", "Page$2"), form=form, state=state)) == []


def test_next_post_when_a_part_was_asked_then_only_the_one_behind_it_follows() -> None:
    pager = "".join(step("ctl00$grv", f"Page${n}", str(n)) for n in (1, 2, 4, 5)) + step("ctl00$grv", "Page$6", "...")
    first = page(step("ctl00$grv", "Page$2"))
    [second] = parts(first)
    third = page(pager.replace("Page$2", "Page$3").replace(">2<", ">3<"), second)
    assert [unmarked(url)[1].number for url in parts(third)] == [3]  # type: ignore[union-attr]
    keys = {link.key for found in (first, third) for link in found.links if link.role == "paging"}
    assert len(keys) == 2
    assert {key.partition(MARK)[0] for key in keys} == {"xa.example.vn/tin-tuc.aspx"}


def test_next_post_when_numbers_come_in_windows_then_dots_lead_to_the_next() -> None:
    pager = step("ctl00$Pager$ctl00", "", "...") + "".join(step(f"ctl00$Pager$ctl0{n}", "", str(n)) for n in (2, 3))
    here = marked(HOME + "tin-tuc.aspx", unmarked(parts(page(step("ctl00$Pager$ctl05")))[0])[1])
    here = here.replace("post=2", "post=4")
    [url] = parts(page(f"{pager}<span>4</span>{step('ctl00$Pager$ctl06', '', '...')}", here))
    assert "post=5" in url


def test_next_post_when_a_hue_list_turns_then_its_calendar_does_not() -> None:
    cells = "".join(step("ctl00$Lich", str(9820 + day), str(day)) for day in range(1, 31))
    pager = f"<table class='calendar'><tr><td>{cells}</td></tr></table>" + step(
        "ctl00$dgTin$ctl14$ctl01", "", "2", class_="pager"
    )
    body = f'<form method="post" action="./?gd=1&amp;cn=28">{STATE}<ul>{LINES}</ul>{pager}</form>'
    plan = make_plan(platform="hue")
    found = discover(body.encode(), url=HOME + "?gd=1&cn=28", media_type="text/html", charset="utf-8", plan=plan)
    [link] = [link for link in found.links if link.role == "paging"]
    assert dict(parse_qsl(urlsplit(link.url).fragment))["__EVENTTARGET"] == "ctl00$dgTin$ctl14$ctl01"
    assert link.key.startswith("xa.example.vn/?cn=28&gd=1" + MARK)
