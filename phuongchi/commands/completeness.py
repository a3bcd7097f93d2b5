"""`completeness`: what portals list themselves against what the archive has, month by month."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

from phuongchi.commands.common import JsonOption, PortalsArgument, Session, command

if TYPE_CHECKING:
    from storage.engine import Database
    from storage.reader.completeness import Completeness


def register(app: typer.Typer) -> None:
    """Add the command of this module."""

    @command(app, "completeness")
    def completeness(session: Session, portals: PortalsArgument = None, as_json: JsonOption = False) -> None:
        """What portals list against what is kept, by month. Mức đầy đủ theo tháng."""
        from phuongchi.portals import file

        archive = session.archive()
        every = archive.portals()
        chosen = file.choose(every, portals) if portals else [one for one in every if not one.retired]
        db = archive.connect(readonly=True)
        try:
            for portal in chosen:
                _tell(session, portal.id, _months(db, portal.id), as_json=as_json)
        finally:
            db.close()


def _months(db: Database, portal: str) -> tuple[Completeness, ...]:
    from storage.reader.completeness import by_month
    from storage.reader.listed import listed

    return by_month(listed(db, portal))


def _tell(session: Session, portal: str, months: Iterable[Completeness], *, as_json: bool) -> None:
    """One portal: an object for programs, a table for people; the reasons in words below it."""
    from storage.reader.completeness import REASONS

    months = list(months)
    if as_json:
        session.voice.json({"portal": portal, "months": [_month(one) for one in months]})
        return
    listed, stored = sum(one.listed for one in months), sum(one.stored for one in months)
    share = f"{stored / listed:.1%}" if listed else "–"
    session.voice.result(f"{portal}: {stored}/{listed} ({share})")
    rows = [
        (one.month or "?", one.listed, one.stored, one.listed - one.stored, _reasons(one) or "–")
        for one in months
    ]  # fmt: skip
    headings = ("Tháng | Month", "Có trên danh sách | Listed", "Đã lưu | Stored", "Thiếu | Missing", "Lý do | Reasons")
    if rows:
        session.voice.table(headings, rows)
    met = {reason for one in months for reason in one.missing}
    for reason in sorted(met):
        vietnamese, english = REASONS[reason]
        session.voice.result(f"  {reason}: {vietnamese} | {english}")


def _month(one: Completeness) -> dict[str, Any]:
    return {
        "month": one.month,
        "listed": one.listed,
        "stored": one.stored,
        "gaps": one.gaps,
        "missing": dict(one.missing),
    }


def _reasons(one: Completeness) -> str:
    ordered = sorted(one.missing.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{reason} {count}" for reason, count in ordered)
