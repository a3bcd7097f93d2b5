"""`requests`: the register of what people asked about their data, with the days until which it is due."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phuongchi.commands.common import JsonOption, Session, command
from storage.errors import UsageError
from storage.text import VIETNAM, instant_text

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from storage.engine import Database
    from storage.requests import Request

KINDS = {
    "access": "xem, cung cấp", "correction": "chỉnh sửa", "erasure": "xoá, gỡ", "objection": "phản đối, hạn chế",
    "other": "khác",
}  # fmt: skip
"""Kinds of requests in Vietnamese."""

NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="As `list` shows it. Số của yêu cầu.")]


GROUP = typer.Typer(help="Requests about personal data. Yêu cầu về dữ liệu cá nhân.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(GROUP, name="requests")


@command(GROUP, "add")
def add(
    session: Session,
    kind: Annotated[str, typer.Option("--kind", help=f"{', '.join(KINDS)}. Loại yêu cầu.")],
    about: Annotated[str, typer.Option("--about", help="What it is about; - asks. Về việc gì.")] = "-",
    contact: Annotated[str, typer.Option("--contact", help="Where the answer goes; - asks. Trả lời ở đâu.")] = "-",
    received: Annotated[str, typer.Option("--received", metavar="DAY", help="Else today. Ngày nhận.")] = "",
    due: Annotated[str, typer.Option("--due", metavar="DAY", help="Else by its kind. Hạn xử lý.")] = "",
) -> None:
    """Enter a request; says until when it is due. Ghi một yêu cầu."""
    if kind not in KINDS:
        raise UsageError(f"--kind {kind!r} is none", cure=f"There are: {', '.join(KINDS)}")
    archive = session.archive()
    about, contact = _given(about, "Về việc gì | about"), _given(contact, "Trả lời ở đâu | contact")
    if not about:
        raise UsageError("a request is about something", cure="Say what: --about, or on stdin")
    made = _add(archive, kind, about, contact, received, due)
    session.voice.result(str(made.id))
    _say_dates(session, made)


@command(GROUP, "list")
def list_(
    session: Session,
    closed: Annotated[bool, typer.Option("--all", help="Closed ones, too. Cả yêu cầu đã xong.")] = False,
    as_json: JsonOption = False,
) -> None:
    """What is open, the next due first. Các yêu cầu."""
    from storage import requests

    archive = session.archive()
    now = archive.clock.now()
    with _open(archive) as db:
        found = requests.requests(db, closed=closed)
    if as_json:
        for one in found:
            session.voice.json(as_json_object(one, now))
        return
    session.voice.table(
        ("Số | No.", "Loại | Kind", "Nhận | Received", "Hạn | Due", "Tình trạng | State", "Về việc | About",
         "Liên hệ | Contact"),
        [_row(one, now) for one in found],
    )  # fmt: skip


@command(GROUP, "close")
def close(
    session: Session,
    number: NumberArgument,
    outcome: Annotated[str, typer.Option("--outcome", help="What was done; kept, no personal data. Kết quả.")],
) -> None:
    """Write down what was done. Kết thúc một yêu cầu."""
    from storage import requests

    if not outcome.strip():
        raise UsageError("an outcome says what was done", cure="Say it: --outcome")
    archive = session.archive()
    with _open(archive) as db:
        closed = requests.close(db, archive.folder, number, outcome=outcome.strip(), now=archive.clock.now())
    late = " (trễ hạn | late)" if closed.closed_at and closed.due_at < closed.closed_at else ""
    session.voice.say(f"Yêu cầu | request {number}: xong | closed{late}")


def as_json_object(one: Request, now: datetime, *, dates_only: bool = False) -> dict[str, Any]:
    """A request as an object for programs; with `dates_only` without a word that anybody said."""
    dates = {
        "number": one.id, "kind": one.kind, "received_at": instant_text(one.received_at),
        "due_at": instant_text(one.due_at), "overdue": one.is_overdue(now),
    }  # fmt: skip
    if dates_only:
        return dates
    closed = instant_text(one.closed_at) if one.closed_at else None
    said = {"about": one.subject or None, "contact": one.contact or None, "outcome": one.outcome or None}
    return {**dates, "closed_at": closed, **said}


class _open:  # noqa: N801 - reads as a function
    """The database, in which nothing is left of requests that were closed long enough ago."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def __enter__(self) -> Database:
        from storage import requests

        self._db = self._archive.connect()
        days = int(self._archive.config.values["requests.keep_contact_days"])
        requests.forget(self._db, before=self._archive.clock.now() - timedelta(days=days))
        return self._db

    def __exit__(self, *_: object) -> None:
        self._db.close()


def _add(archive: Archive, kind: Any, about: str, contact: str, received: str, due: str) -> Request:
    from phuongchi.deadlines import due_at
    from storage import requests

    now = archive.clock.now()
    began = _day(received, end=False) if received else now
    until = _day(due, end=True) if due else due_at(began, kind, str(archive.config.values["requests.due_days"]))
    if began > now or until < began:
        raise UsageError(
            "a request is received before today ends, and due after that", cure="Look at --received, --due"
        )
    with _open(archive) as db:
        return requests.add(
            db, archive.folder, kind, subject=about, contact=contact, received_at=began, due_at=until, now=now
        )


def _say_dates(session: Session, made: Request) -> None:
    from phuongchi.deadlines import first_answer_at

    first = first_answer_at(made.received_at)
    session.voice.say(
        f"Trả lời lần đầu trước | first answer by: {_local(first)} (hai ngày làm việc | two working days)"
    )
    session.voice.say(f"Xử lý xong trước | due: {_local(made.due_at)}")
    session.voice.say(
        f"Ẩn, che | hide, redact: phuongchi withhold … --request {made.id}, phuongchi redact … --request {made.id}"
    )


def _row(one: Request, now: datetime) -> tuple[object, ...]:
    if one.closed_at is not None:
        state = f"xong | closed {_local(one.closed_at)}: {one.outcome}"
    else:
        state = "QUÁ HẠN | OVERDUE" if one.is_overdue(now) else "đang xử lý | open"
    kind = f"{KINDS[one.kind]} | {one.kind}"
    return one.id, kind, _local(one.received_at), _local(one.due_at), state, one.subject or "–", one.contact or "–"


def _given(text: str, asked: str) -> str:
    """What an option says, or the next line of stdin for `-`: the shell's history keeps what stands in a command."""
    if text != "-":
        return text.strip()
    return getpass.getpass(f"{asked}: ").strip() if sys.stdin.isatty() else sys.stdin.readline().strip()


def _day(text: str, *, end: bool) -> datetime:
    from storage.reader import day_range

    first, after = day_range(text)
    return after - timedelta(seconds=1) if end else first


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
