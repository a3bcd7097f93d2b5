"""`units`: wards and communes through time, and the portals that stood for them."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import JsonOption, Session, command
from storage.errors import UsageError

if TYPE_CHECKING:
    from storage.engine import Database
    from storage.reader.units import Served, Told, Unit

UnitArgument = Annotated[str, typer.Argument(metavar="UNIT", help="Name or code (CODE@DAY: of that day). Tên hoặc mã.")]
FromOption = Annotated[str, typer.Option("--from", metavar="DAY", help="The first day of it, 2025-07-01. Từ ngày.")]
ToOption = Annotated[str, typer.Option("--to", metavar="DAY", help="The first day it did no more. Đến trước ngày.")]
_DAY = re.compile(r"(?:\d{4}-\d\d-\d\d)?")


GROUP = typer.Typer(help="Wards through time. Đơn vị hành chính qua các thời kỳ.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(GROUP, name="units")


@GROUP.callback()
def _group() -> None:
    pass


@command(GROUP, "load")
def load(
    session: Session,
    source: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV, or the package vietnamadminunits: its file or folder.")
    ],
) -> None:
    """Load wards and what became of them; what is there already stays. Nạp bảng chuyển đổi đơn vị hành chính."""
    from storage.units import read_package, read_sheet
    from storage.upkeep import units

    archive = session.archive()
    tables = read_sheet(source) if source.suffix.lower() == ".csv" else read_package(source)
    db = archive.connect()
    try:
        every = units.load(db, archive.folder, tables)
    finally:
        db.close()
    session.voice.say(
        f"Đã nạp | loaded {len(tables.units)} đơn vị | units, {len(tables.successions)} chuyển đổi | successions;"
        f" trong kho | in the archive: {len(every.units)}, {len(every.successions)}"
    )


@command(GROUP, "show")
def show(session: Session, unit: UnitArgument, as_json: JsonOption = False) -> None:
    """The history of a ward: what it was made of, what became of it, its portals. Lịch sử một phường, xã."""
    from storage.reader.units import history

    db = session.archive().connect(readonly=True)
    try:
        told = history(db, unit)
    finally:
        db.close()
    if not told:
        raise _unknown(unit)
    for one in told:
        if as_json:
            session.voice.json(dataclasses.asdict(one))
        else:
            _show(session, one)


@command(GROUP, "bind")
def bind(
    session: Session,
    portal: Annotated[str, typer.Argument(metavar="PORTAL", help="Its id. Mã nguồn.")],
    unit: UnitArgument,
    since: FromOption = "",
    until: ToOption = "",
    remove: Annotated[bool, typer.Option("--remove", help="It never did. Bỏ liên kết.")] = False,
) -> None:
    """Say that a portal stood for a ward, from day to day. Gắn nguồn tin với phường, xã."""
    from storage.upkeep import units

    for option, day in (("--from", since), ("--to", until)):
        if not _DAY.fullmatch(day):
            raise UsageError(f"{option} {day!r} is no day", cure="Write it as 2025-07-01")
    archive = session.archive()
    db = archive.connect()
    try:
        found, now = _one(db, unit, since), archive.clock.now()
        if remove:
            units.unbind(db, archive.folder, portal, found.code, found.since, at=now)
        else:
            days = {"since": since, "until": until}
            units.bind(db, archive.folder, portal, found.code, found.since, **days, at=now)
    finally:
        db.close()
    session.voice.say(f"{portal} {'≠' if remove else '→'} {found.title} ({found.code}{_span(found)})")


def _one(db: Database, asked: str, since: str) -> Unit:
    """The unit of a name or code, of the day from which the portal stood for it. Raises UsageError."""
    from storage.reader.units import candidates, several

    with db.read() as connection:
        found = candidates(connection, f"{asked}@{since}" if asked.isdecimal() and since else asked)
    if not found:
        raise _unknown(asked)
    if len(found) > 1:
        raise several(asked, found)
    return found[0]


def _unknown(asked: str) -> UsageError:
    return UsageError(f"no unit {asked!r}", cure="Load the units with `phuongchi units load`, or give its code")


def _show(session: Session, told: Told) -> None:
    line = session.voice.result
    line(f"{told.unit.code}  {told.unit.title}{_span(told.unit)}")
    _portals(session, told.portals[0])
    for (unit, share), portals in zip(told.made_of, told.portals[1:], strict=True):
        part = "  (một phần | part)" if share == "part" else ""
        line(f"    ← {unit.code}  {unit.title}{_span(unit)}{part}")
        _portals(session, portals)
    for unit in told.became:
        line(f"    → {unit.code}  {unit.title}{_span(unit)}")


def _portals(session: Session, portals: tuple[Served, ...]) -> None:
    for one in portals:
        session.voice.result(f"        {one.portal}{_days(one.since, one.until)}")


def _span(unit: Unit) -> str:
    return _days(unit.since, unit.until)


def _days(since: str, until: str) -> str:
    parts = [f"từ | from {since}" if since else "", f"đến trước | until {until}" if until else ""]
    said = ", ".join(part for part in parts if part)
    return f"  ({said})" if said else ""
