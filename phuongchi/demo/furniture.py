"""Everything on a portal page that is not the article: clocks, counters, weather, menus, link lists, styles and scripts.

What changes does so with the night and with each hit, never by chance, so that a run can be repeated.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from phuongchi.demo.articles import data, slug
from phuongchi.demo.markup import esc

FIRST_DAY = date(2025, 6, 28)
"""The day that the clocks of the sample portals show on night one."""

WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")

LISTS: dict[str, Any] = json.loads(data("furniture.json"))


def today(night: int) -> date:
    """The day of a night on the portals' own clocks."""
    return FIRST_DAY + timedelta(days=night - 1)


def dmy(day: date) -> str:
    """`dd/mm/yyyy`."""
    return f"{day:%d/%m/%Y}"


def clock(night: int, hit: int) -> str:
    """The clock in the page head: the day of the crawl, which is no date of any article."""
    day = today(night)
    return f"{WEEKDAYS[day.weekday()]}, {dmy(day)} {22 + hit % 2}:{hit % 60:02}"


def dotted(number: int) -> str:
    """A number with dots between thousands."""
    return f"{number:,}".replace(",", ".")


def visits(night: int, hit: int) -> int:
    """Visitors so far: never the same twice."""
    return 195_000 + 1_711 * night + hit


def weather(night: int, hit: int) -> str:
    """A weather table whose numbers move."""
    rows = (
        f"<tr><td>{esc(place)}</td><td>{24 + (hit + 3 * number + night) % 14}&deg;C</td>"
        f"<td>{esc(LISTS['weather'][(hit + number) % len(LISTS['weather'])])}</td></tr>"
        for number, place in enumerate(LISTS["places"])
    )
    return "<table class='weather'>" + "\n".join(rows) + "</table>"


def prices(hit: int) -> str:
    """Gold and exchange rates, as many district portals show."""
    rows = (f"<tr><td>{esc(name)}</td><td>{dotted(23_400 + 977 * number + hit % 83)}</td></tr>" for number, name in
            enumerate(LISTS["gold_prices"]))  # fmt: skip
    return "<table class='gia-vang'>" + "\n".join(rows) + "</table>"


def poll() -> str:
    """A survey with radio buttons."""
    title, question, *answers = LISTS["poll"]
    options = "\n".join(
        f'<li><label><input type="radio" name="vote" value="{number}" /> {esc(answer)}</label></li>'
        for number, answer in enumerate(answers)
    )
    return (
        f'<h3>{esc(title)}</h3><form action="#" onsubmit="return false"><p class="question">{esc(question)}</p><ul>{options}</ul>'
        '<input type="submit" value="Biểu quyết" /> <input type="button" value="Kết quả" /></form>'
    )


def links(pairs: Iterable[tuple[str, str]], *, item: str = "li", kind: str = "") -> str:
    """A list of `(address, text)` as list items."""
    opening = f'<{item} class="{kind}">' if kind else f"<{item}>"
    return "\n".join(
        f'{opening}<a href="{esc(href)}" title="{esc(text)}">{esc(text)}</a></{item}>' for href, text in pairs
    )


def services() -> str:
    """Links to the province's service portal."""
    return links((f"https://dichvu.gov.example/{slug(name)}", name) for name in LISTS["services"])


def outside(names: str, host: str) -> list[tuple[str, str]]:
    """Links to other portals: all of them leave the site."""
    return [(f"https://{slug(name).replace('-', '')}.{host}/", name) for name in LISTS[names]]


def options(names: str, host: str) -> str:
    """The same as a drop-down list."""
    return "\n".join(f'<option value="{esc(href)}">{esc(text)}</option>' for href, text in outside(names, host))


def styles(prefix: str, count: int) -> str:
    """Inline style rules, as portal themes have them by the hundred."""
    rules = (
        f".{prefix}-{number:02d} .portlet-topper, .{prefix}-{number:02d} .portlet-content {{ background: url(/theme/images/bg-"
        f"{number}.png) repeat-x 0 0; margin: 0 0 {number % 7}px 0; padding: {number % 9}px 10px; font-size: 1{number % 6}px; }}"
        for number in range(count)
    )
    return '<style type="text/css">\n' + "\n".join(rules) + "\n</style>"


def scripts(prefix: str, count: int, hit: int) -> str:
    """Script files and inline scripts with a session key that is new on each page."""
    names = LISTS["scripts"]
    key = hashlib.sha256(f"{prefix}{hit}".encode()).hexdigest()[:16]
    files = "\n".join(
        f'<script type="text/javascript" src="/js/{prefix}/{name}.js?t=16{key[:8]}"></script>' for name in names
    )
    calls = "\n".join(
        f"Portal.register({{id: '{prefix}_INSTANCE_{number:02d}', auth: '{key}', refresh: true, url: '/c/portal/render?p_l_id="
        f"{10_000 + number}&p_p_state=normal', columnPos: {number % 5}, isStatic: 'end', namespacedId: 'p_{prefix}_{number}'}});"
        for number in range(count)
    )
    return f'{files}\n<script type="text/javascript">\n// <![CDATA[\n{calls}\n// ]]>\n</script>'


def viewstate(path: str, hit: int, size: int) -> str:
    """An ASP.NET view state: a long hidden value that is different on each page."""
    seed = f"{path} {hit}".encode()
    noise = b"".join(hashlib.sha256(seed + bytes((part % 256, part // 256))).digest() for part in range(size // 32))
    return base64.b64encode(noise).decode()
