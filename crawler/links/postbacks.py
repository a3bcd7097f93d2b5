"""Lists of ASP.NET whose pager sends the page's form back to the server: `__doPostBack('ctl00$Grid','Page$2')`.

Such a part has no address. It is told apart by what the form says beyond the page it stands on (event target and argument, or
the button), which is kept behind the list's own address: `list.aspx#post=2&__EVENTTARGET=…`. One part leads to the next only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from typing import Final
from urllib.parse import parse_qsl, urldefrag, urlencode

from lxml import etree

from crawler.items import Form, Link
from crawler.links.anchors import words_of
from crawler.links.elements import Element, Elements
from crawler.links.mentions import Page
from crawler.links.paging import is_onward, place_of, printed_number

MARK: Final = "#post-"
"""What stands in the keys of parts that are asked by POST, behind the list's key."""

LARGEST = 512 * 1024
"""Characters of a form's fields above which it is not sent back."""

_CALL = re.compile(
    r"(?:__doPostBack\(|WebForm_PostBackOptions\()\s*['\"]([\w$:.-]{1,300})['\"]\s*,\s*['\"]([\w$:;=.-]{0,100})['\"]"
)
_ARGUMENT = re.compile(r"(?:page\$?|p)?[$:=]?(\d{1,5})", re.IGNORECASE)
_PAGER = re.compile(r"pag(?:e(?![_-]?content)|in|er)|pgr|trang(?!_?(?:chu|tin))|lbt?n?_?next|numpart", re.IGNORECASE)
_OTHER = re.compile(
    r"calend|datepick|ngay(?!_?dang)|l[iị]ch|log_?(?:in|on|out)|dang_?(?:nhap|xuat|ky)|delete|xoa|vote|poll|bieu_?quyet|tham_?do|search|"
    r"tim_?kiem|export|print|sort|lang|submit|gui|save|luu|comment|captcha|subscri|rating|danh_?gia|page_?size",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(r"\W*(?:\.{2,3}|…)\W*")
_TYPED = frozenset(("hidden", "text", "search", "number", ""))
_CHOSEN = frozenset(("radio", "checkbox"))
_CONTROLS = etree.XPath(
    "//a[contains(@href, 'PostBack') or contains(@onclick, 'PostBack')]"
    " | //form//input[@name][@type='submit' or @type='image' or contains(@onclick, 'PostBack')]"
    " | //form//button[@name] | //select[contains(@onchange, 'PostBack')]"
)
_STATE: Final = "__VIEWSTATE"
_MOST_CONTROLS, _MOST_FIELDS, _LEVELS = 300, 400, 3


@dataclass(frozen=True, slots=True)
class Post:
    """The `number`-th part of a list, and what the form of the part before says besides its own fields to ask for it."""

    number: int
    fields: tuple[tuple[str, str], ...]

    @property
    def fragment(self) -> str:
        """It as the end of an address."""
        return urlencode((("post", self.number), *self.fields))

    def key(self, whole: str) -> str:
        """Its page's key, given that of the list."""
        return f"{whole}{MARK}{sha256(self.fragment.encode()).hexdigest()[:16]}"

    def body(self, form: Form) -> str:
        """What is sent: the form as the page before had it, with this said in it."""
        said = dict(self.fields)
        return urlencode([*((name, value) for name, value in form.fields if name not in said), *self.fields])


def marked(url: str, post: Post | None) -> str:
    """The address of a part of the list at `url`."""
    return url if post is None else f"{urldefrag(url).url}#{post.fragment}"


def unmarked(url: str) -> tuple[str, Post | None]:
    """The address of the list, and which part of it `url` names; None for an ordinary address."""
    plain, fragment = urldefrag(url)
    if not fragment.startswith("post="):
        return url, None
    (_, number), *fields = parse_qsl(fragment, keep_blank_values=True)
    return plain, Post(int(number), tuple(fields))


def next_post(page: Page, own: str) -> tuple[Link, Form] | None:
    """The next part of the list that the page at `page.url` (with its mark) shows, and the form that asks for it.

    None where there is no such pager. `own` is the list's key. Taken are only controls that count pages, in the form
    of an ASP.NET page that is sent back to its own portal.
    """
    if not _is_of_aspnet(page.elements):
        return None
    whole, current = unmarked(page.url)
    place = place_of(whole)
    here = current.number if current is not None else place.number if place is not None and place.number else 1
    steps = _steps(page.elements.tree, here)
    # A pager goes on with the control that led here; on a page with several lists the first one's is walked.
    said = current.fields[0] if current is not None else None
    chosen = next((step for step in steps if step[0].fields[0] == said), next(iter(steps), None))
    if chosen is None:
        return None
    post, control = chosen
    form = _form(control, page, whole)
    return None if form is None else (Link(marked(whole, post), post.key(own), "paging"), form)


def _is_of_aspnet(page: Elements) -> bool:
    """Whether there is a form that can be sent back at all."""
    fields = chain(page.all("input"), page.all("textarea"), page.all("select"))
    return any((field.get("name") or "").startswith(_STATE) for field in fields)


def _steps(tree: Element, here: int) -> list[tuple[Post, Element]]:
    """The ways to the part behind the `here`-th, surest first."""
    sure: list[tuple[Post, Element]] = []
    onward: list[tuple[Post, Element]] = []
    highest = here
    for element in islice(_CONTROLS(tree), _MOST_CONTROLS):
        for words, fields in _choices(element):
            number = _number(words, fields)
            more = _ELLIPSIS.fullmatch(words) is not None
            if number is None and not (more or _leads_on(words, fields, element)):
                continue
            if not _counts_pages(element, fields, number or here + 1):
                continue
            highest = max(highest, number or 0)
            if number == here + 1:
                sure.append((Post(number, fields), element))
            elif number is None and (not more or highest == here > 1):
                onward.append((Post(here + 1, fields), element))
    return sure or onward


def _choices(element: Element) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """What a control shows, and what it says when it is used: for a choice each of its entries."""
    script = " ".join(element.get(name) or "" for name in ("href", "onclick", "onchange")).replace("\\", "")
    called = _CALL.search(script.replace("&#39;", "'"))
    name = element.get("name") or ""
    if element.tag == "select":
        for option in islice(element.iter("option"), _MOST_CONTROLS):
            if called is not None and name and "selected" not in option.attrib:
                words = "".join(option.itertext()).strip()
                yield words, ((*_event(called), (name, option.get("value", words))))
    elif called is not None:
        yield _shown(element), _event(called)
    elif name and element.tag != "a":
        value = element.get("value") or ""
        pressed = ((f"{name}.x", "1"), (f"{name}.y", "1")) if element.get("type") == "image" else ((name, value),)
        yield _shown(element), pressed


def _event(called: re.Match[str]) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("__EVENTTARGET", called[1]), ("__EVENTARGUMENT", called[2])


def _shown(element: Element) -> str:
    words = words_of(element) if element.tag in ("a", "button") else (element.get("value") or "").strip()
    return words or (element.get("title") or element.get("alt") or "").strip()


def _number(words: str, fields: tuple[tuple[str, str], ...]) -> int | None:
    """The part that a control names: by its event's argument, else in its words."""
    argument = dict(fields).get("__EVENTARGUMENT", "")
    found = _ARGUMENT.fullmatch(argument)
    printed = printed_number(words)
    if found is not None and (printed is None or argument.lower().startswith("page$")):
        return int(found[1])
    return printed


def _leads_on(words: str, fields: tuple[tuple[str, str], ...], element: Element) -> bool:
    argument = dict(fields).get("__EVENTARGUMENT", "").lower()
    return argument == "page$next" or is_onward(words) or is_onward(element.get("title") or "")


def _counts_pages(element: Element, fields: tuple[tuple[str, str], ...], number: int) -> bool:
    """Whether a control is one of a pager: by its event's argument or the names round it, and by no name of another use.

    A calendar shows numbers, too; its arguments are others.
    """
    said = dict(fields)
    argument, target = said.get("__EVENTARGUMENT", "").lower(), said.get("__EVENTTARGET") or fields[0][0]
    near = [element, *islice(element.iterancestors(), _LEVELS)]
    classes = " ".join(one.get("class") or "" for one in near)
    if _OTHER.search(f"{target.rpartition('$')[2]} {classes}"):
        return False
    if argument.startswith("page$"):
        return True
    counted = _ARGUMENT.fullmatch(argument)
    if argument and (counted is None or int(counted[1]) not in (number, number - 1)):
        return False
    return _PAGER.search(" ".join([target, classes, *(one.get("id") or "" for one in near)])) is not None


def _form(control: Element, page: Page, whole: str) -> Form | None:
    """The form round a control as it stands; None when it is none of ASP.NET, leads elsewhere or is too large."""
    form = next(control.iterancestors("form"), None)
    if form is None:
        return None
    fields = tuple(islice(_fields(form), _MOST_FIELDS))
    if not any(name.startswith(_STATE) for name, _ in fields):
        return None
    if sum(len(name) + len(value) for name, value in fields) > LARGEST:
        return None
    action = page.resolve(form.get("action") or whole)
    return Form(action[0], fields) if action is not None else None


def _fields(form: Element) -> Iterator[tuple[str, str]]:
    """What a browser sends of a form without a button being pressed; no passwords, no files."""
    for element in form.iter("input", "select", "textarea"):
        name, kind = element.get("name"), (element.get("type") or "").lower()
        if not name or "disabled" in element.attrib:
            continue
        if element.tag == "select":
            options = list(element.iter("option"))
            chosen = next((option for option in options if "selected" in option.attrib), next(iter(options), None))
            if chosen is not None:
                yield name, chosen.get("value", "".join(chosen.itertext()).strip())
        elif element.tag == "textarea":
            yield name, element.text or ""
        elif kind in _TYPED or (kind in _CHOSEN and "checked" in element.attrib):
            yield name, element.get("value") or ("on" if kind in _CHOSEN else "")
