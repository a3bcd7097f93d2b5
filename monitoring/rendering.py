"""Pages of a report as plain text, and as one HTML file that needs nothing else: no script, no style sheet, no picture."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitoring.report import Item, Page, Report, Section, page

WIDTH = 100
"""Characters in a line of the plain text."""


def pages(report: Report) -> tuple[Page, Page]:
    """The report in Vietnamese, then in English."""
    return page(report, "vi"), page(report, "en")


def text(report: Report) -> str:
    """The report as plain text."""
    return "\n\n\n".join("\n".join(_lines(one)) for one in pages(report)) + "\n"


def html(report: Report) -> str:
    """The report as one HTML file; whatever came from portals is escaped."""
    # An environment for each report: half a day lies between two of them.
    environment = Environment(
        loader=PackageLoader("monitoring"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined, keep_trailing_newline=True,
        finalize=lambda value: plain(value) if isinstance(value, str) else value,
    )  # fmt: skip
    environment.filters["link"] = _link
    return environment.get_template("report.html").render(pages=pages(report))


def plain(text: str) -> str:
    """`text` in one line without control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _lines(one: Page) -> Iterator[str]:
    yield one.title.upper()
    yield "=" * len(one.title)
    for said in one.lead:
        yield from _wrapped(said, "")
    for section in one.sections:
        yield ""
        yield section.title
        yield "-" * len(section.title)
        for item in section.items:
            yield from _of_item(item)
        for row in section.rows:
            yield from _of_row(section, row)


def _of_item(item: Item) -> Iterator[str]:
    yield from _wrapped(item.text, "* ")
    if url := _link(plain(item.url)):
        yield f"  {url}"
    for more in item.more:
        yield from _wrapped(more, "  ")


def _of_row(section: Section, row: Sequence[str]) -> Iterator[str]:
    """A row as a line: its first two cells, then what is not nought, each behind its heading."""
    rest = [f"{heading} {cell}" for heading, cell in zip(section.headings[2:], row[2:], strict=True) if cell != "0"]
    yield from _wrapped(f"{row[0]}: " + " · ".join((row[1], *rest)), "* ")


def _wrapped(said: str, lead: str) -> list[str]:
    return textwrap.wrap(
        plain(said), WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _link(url: str) -> str:
    """An address that may be clicked: http and https only."""
    try:
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""
