"""`search`: articles found."""

from __future__ import annotations

import dataclasses
import os
import shlex
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import JsonOption, Session, command
from phuongchi.commands.filters import with_filters

if TYPE_CHECKING:
    from access.queries import Found
    from storage.reader import ArticleLine, Filters
    from storage.search import Segment

_INDENT = " " * 19


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "search")
    @with_filters
    def search(
        session: Session,
        filters: Filters,
        relevance: Annotated[
            bool, typer.Option("--relevance", help="Best answers first, not the newest. Theo độ phù hợp.")
        ] = False,
        count: Annotated[int, typer.Option("-n", "--count", min=1, max=1000, help="How many at most. Số bài.")] = 20,
        after: Annotated[
            str, typer.Option("--after", metavar="PLACE", help="The next page, as the last one said. Trang tiếp theo.")
        ] = "",
        as_json: JsonOption = False,
    ) -> None:
        """Find articles, newest first: words, "phrases", begin*, -not, one OR other, title:, file:. Tìm tin, bài."""
        from access import queries

        db = session.archive().connect(readonly=True)
        try:
            found = queries.search(db, filters, limit=count, after=after, by_relevance=relevance)
        finally:
            db.close()
        if as_json:
            for line in found.articles:
                session.voice.json(dataclasses.asdict(line))
        else:
            _show(session, found)
        _tell(session, found)


def _show(session: Session, found: Found) -> None:
    """Two lines for each article, the piece of its text with the words, and one for each of its files that has them."""
    for line in found.articles:
        title = _drawn(line.heading) if line.heading else line.title
        session.voice.result(f"{line.id}  {_day(line.published_at)}  {title}")
        gone = "  (đã gỡ | removed)" if line.removed_at else ""
        session.voice.result(f"{_INDENT}{line.place or line.portal}  {line.url}{gone}")
        if text := _piece(line):
            session.voice.result(f"{_INDENT}{text}")
        for file in line.files:
            session.voice.result(f"{_INDENT}tệp | file: {file.name}  {file.url}")


def _tell(session: Session, found: Found) -> None:
    """What is to be known of the answer as a whole."""
    if found.meant.includes:
        names = "; ".join(unit.title for unit in found.meant.includes)
        session.voice.say(f"Gồm cả | including: {names}")
    if not found.articles:
        session.voice.say("Không tìm thấy | Nothing found")
    elif found.after:
        session.voice.say(f"Còn nữa | there are more: --after {shlex.quote(found.after)}")


def _piece(line: ArticleLine) -> str:
    if line.snippet is None or not any(segment.hit for segment in line.snippet.segments):
        return ""
    before = "… " if line.snippet.start else ""
    return f"{before}{' '.join(_drawn(line.snippet.segments).split())} …"


def _drawn(segments: tuple[Segment, ...]) -> str:
    """Hits in bold on a terminal that may show colours; nothing is marked in a file or a pipe."""
    bold = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return "".join(f"\x1b[1m{one.text}\x1b[22m" if one.hit and bold else one.text for one in segments)


def _day(published_at: str) -> str:
    return published_at[:10].ljust(10) if published_at else "không rõ  "
