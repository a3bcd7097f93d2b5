"""`search`: articles found."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import JsonOption, Session, command

if TYPE_CHECKING:
    from access.queries import Found

SinceOption = Annotated[str, typer.Option("--since", metavar="DAY", help="From this day, month or year. Từ ngày.")]
UntilOption = Annotated[str, typer.Option("--until", metavar="DAY", help="To this day, month or year. Đến ngày.")]
PortalOption = Annotated[str, typer.Option("--portal", help="Only this portal (id). Chỉ nguồn này.")]
WardOption = Annotated[str, typer.Option("--ward", help="Words of the portal's name. Tên phường, xã.")]
ProvinceOption = Annotated[str, typer.Option("--province", help="Words of its province. Tên tỉnh, thành phố.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "search")
    def search(
        session: Session,
        words: Annotated[
            list[str] | None, typer.Argument(metavar="WORDS", help="With or without accents. Từ khóa.")
        ] = None,
        since: SinceOption = "",
        until: UntilOption = "",
        portal: PortalOption = "",
        ward: WardOption = "",
        province: ProvinceOption = "",
        count: Annotated[int, typer.Option("-n", "--count", min=1, max=1000, help="How many at most. Số bài.")] = 20,
        as_json: JsonOption = False,
    ) -> None:
        """Find articles, newest first. Tìm tin, bài."""
        from access import queries

        db = session.archive().connect(readonly=True)
        try:
            found = queries.search(db, " ".join(words or []), since=since, until=until, portal=portal, ward=ward,
                                   province=province, limit=count)  # fmt: skip
        finally:
            db.close()
        if as_json:
            for line in found.articles:
                session.voice.json(dataclasses.asdict(line))
            return
        _show(session, found)
        if not found.articles:
            session.voice.say("Không tìm thấy | Nothing found")
        elif found.after is not None:
            session.voice.say(f"Còn nữa | there are more: -n {count * 2}")


def _show(session: Session, found: Found) -> None:
    """Two lines for each article, and one for each of its files in which words were found."""
    for line in found.articles:
        session.voice.result(f"{line.id}  {_day(line.published_at)}  {line.title}")
        gone = "  (đã gỡ | removed)" if line.removed_at else ""
        session.voice.result(f"                   {line.place or line.portal}  {line.url}{gone}")
        for file in line.files:
            session.voice.result(f"                   tệp | file: {file.name}  {file.url}")


def _day(published_at: str) -> str:
    return published_at[:10].ljust(10) if published_at else "không rõ  "
