"""`export`: articles for other programs."""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phuongchi.commands.common import Session, command
from phuongchi.commands.filters import with_filters
from storage.errors import UsageError

if TYPE_CHECKING:
    from access.exports import Maker, Order
    from phuongchi.archive import Archive
    from phuongchi.console import Voice
    from storage.reader import Filters

_EVERY = 5.0
"""Seconds between two lines about how far an export is."""

AfterOption = Annotated[
    str, typer.Option("--after", metavar="CURSOR", help="Only what changed behind it. Chỉ bài thay đổi sau vị trí này.")
]
PersonalOption = Annotated[
    bool, typer.Option("--personal-data/--no-personal-data", help="Mask it. Che dữ liệu cá nhân.")
]
RestrictedOption = Annotated[
    bool, typer.Option("--restricted", help="Pages that ask not to be shown, too. Cả trang yêu cầu không hiển thị.")
]
FieldsOption = Annotated[
    str, typer.Option("--fields", metavar="A,B,…", help="Only these fields, and id. Chỉ các trường này.")
]
FileOption = Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="File, or - for stdout. Tệp.")]
STDOUT = Path("-")


GROUP = typer.Typer(help="Articles for other programs. Xuất dữ liệu.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(GROUP, name="export")


@GROUP.callback()
def _group() -> None:
    pass


@command(GROUP, "jsonl")
@with_filters
def jsonl(
    session: Session, filters: Filters, output: FileOption = STDOUT, after: AfterOption = "",
    fields: FieldsOption = "", personal_data: PersonalOption = True, restricted: RestrictedOption = False,
) -> None:  # fmt: skip
    """One JSON object a line, newest first; a file is replaced at once. Mỗi dòng một bài."""
    _export(session, "jsonl", output, _order(filters, after, fields, personal_data, restricted))


@command(GROUP, "csv")
@with_filters
def csv(
    session: Session, filters: Filters, output: FileOption = STDOUT, after: AfterOption = "",
    fields: FieldsOption = "", personal_data: PersonalOption = True, restricted: RestrictedOption = False,
    bom: Annotated[bool, typer.Option("--bom", help="Marked as UTF-8 for Excel. Cho Excel.")] = False,
) -> None:  # fmt: skip
    """A table for spreadsheets, whose cells are no formulas. Bảng CSV."""
    _export(session, "csv", output, _order(filters, after, fields, personal_data, restricted), bom=bom)


@command(GROUP, "parquet")
@with_filters
def parquet(
    session: Session, filters: Filters, output: FileOption = STDOUT, after: AfterOption = "",
    fields: FieldsOption = "", personal_data: PersonalOption = True, restricted: RestrictedOption = False,
) -> None:  # fmt: skip
    """A typed table for pandas, polars and others; needs the extra `parquet`. Bảng Parquet."""
    _export(session, "parquet", output, _order(filters, after, fields, personal_data, restricted))


@command(GROUP, "txt")
@with_filters
def txt(
    session: Session, filters: Filters,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FOLDER", help="The folder. Thư mục.")],
    after: AfterOption = "", personal_data: PersonalOption = True, restricted: RestrictedOption = False,
) -> None:  # fmt: skip
    """A folder of texts, one file an article. Thư mục văn bản."""
    _export(session, "txt", output, _order(filters, after, "", personal_data, restricted))


@command(GROUP, "wacz")
@with_filters
def wacz(
    session: Session, filters: Filters,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The file. Tệp.")],
    restricted: RestrictedOption = False,
) -> None:  # fmt: skip
    """Everything as received, for browsers of web archives. Toàn bộ bản chụp, một tệp WACZ."""
    from access.exports.wacz import export_wacz

    if _is_stdout(output):
        raise UsageError("a WACZ file is not written to stdout: its parts are gone back to", cure="Name a file")

    archive, wanted = session.archive(), _order(filters, "", "", True, restricted)
    db = archive.connect(readonly=True)
    try:
        made = export_wacz(db, archive.folder, output, wanted, _maker(archive), progress=session.voice.detail)
    finally:
        db.close()
    session.voice.say(
        f"{made.files} tệp | files, {made.answers} bản chụp | captures, {made.pages} bài | articles → {output}"
    )


def _order(filters: Filters, after: str, fields: str, personal: bool, restricted: bool) -> Order:
    from access.exports import Order

    names = tuple(name for name in fields.replace(",", " ").split() if name)
    return Order(dataclasses.replace(filters, hidden=True), after, personal, restricted, names)


def _export(session: Session, kind: str, output: Path, wanted: Order, **more: Any) -> None:
    from access import exports

    archive = session.archive()
    db = archive.connect(readonly=True)
    more |= {"progress": _Progress(session.voice)}
    try:
        if _is_stdout(output):
            made = exports.make_stream(db, wanted, kind, sys.stdout.buffer, _maker(archive), **more)
        else:
            made = exports.make(db, wanted, kind, output, _maker(archive), **more)
    finally:
        db.close()
    where = "" if _is_stdout(output) else f" → {output}"
    gone = f", {made.tombstones} chỉ còn dấu vết | tombstones" if made.tombstones else ""
    session.voice.say(f"{made.articles} bài | articles{gone}{where}")
    session.voice.say(f"Vị trí tiếp theo | go on from: --after {made.cursor}")


def _maker(archive: Archive) -> Maker:
    from access.exports import Maker
    from phuongchi import __version__

    return Maker(__version__, archive.clock.now(), archive.config.operator, archive.config.contact)


class _Progress:
    """Says how far a long export is."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._said = voice, time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._said >= _EVERY:
            self._said = time.monotonic()
            self._voice.say(f"{done}/{total} bài | articles ({100 * done // max(1, total)} %)")


def _is_stdout(output: Path) -> bool:
    """Whether `output` means this command's stdout: `-`, or another name of it such as `/dev/stdout`.

    Opened anew it would be emptied (`>> all.jsonl`) or replaced beneath the shell that made it.
    """
    if str(output) == "-":
        return True
    try:
        return os.path.samestat(output.stat(), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError):
        return False
