"""`alerts`: searches that are saved, and what is new for them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import JsonOption, Session, command
from phuongchi.commands.filters import with_filters
from storage.text import VIETNAM, instant_text

if TYPE_CHECKING:
    from access.alerts import News
    from storage.reader import Filters

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What it is called. Tên.")]


GROUP = typer.Typer(help="Saved searches that tell what is new. Theo dõi từ khóa.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(GROUP, name="alerts")


@command(GROUP, "add")
@with_filters
def add(session: Session, filters: Filters, name: NameArgument) -> None:
    """Save a search; what comes from now on is told. Lưu một tìm kiếm để theo dõi."""
    from access import alerts
    from storage.writer import searches

    archive = session.archive()
    db = archive.connect()
    try:
        alerts.check(db, filters)
        searches.save(db, archive.folder, name, filters, cursor=alerts.here(db), now=archive.clock.now())
    finally:
        db.close()


@command(GROUP, "list")
def list_(session: Session, as_json: JsonOption = False) -> None:
    """The saved searches. Các tìm kiếm đã lưu."""
    from storage.reader.searches import query_of, searches

    db = session.archive().connect(readonly=True)
    try:
        found = searches(db)
    finally:
        db.close()
    if as_json:
        for one in found:
            session.voice.json({"name": one.name, "query": query_of(one.filters), "told_at": instant_text(one.told_at)})
        return
    rows = [
        (one.name, _said(query_of(one.filters)), f"{one.told_at.astimezone(VIETNAM):%Y-%m-%d %H:%M}") for one in found
    ]
    session.voice.table(("Tên | Name", "Tìm | Search", "Đã báo đến | Told until"), rows)


@command(GROUP, "remove")
def remove(session: Session, name: NameArgument) -> None:
    """Forget a saved search. Thôi theo dõi."""
    from storage.writer import searches

    archive = session.archive()
    db = archive.connect()
    try:
        searches.remove(db, archive.folder, name, now=archive.clock.now())
    finally:
        db.close()


@command(GROUP, "run")
def run(
    session: Session,
    mail: Annotated[bool, typer.Option("--mail", help="Send it to notify.to. Gửi thư.")] = False,
    as_json: JsonOption = False,
) -> None:
    """What is new since the last time, each article once; after a night it is mailed anyway. Tin mới."""
    from phuongchi import alerting

    archive = session.archive()
    if mail:
        from phuongchi.telling import Herald

        for news in Herald(archive, session.voice.say).alerts():
            session.voice.say(alerting.subject(news))
        return
    for news in alerting.tell(archive, lambda news: _print(session, news, as_json=as_json)):
        if not news.articles:
            session.voice.say(f"{news.search.name}: không có tin mới | nothing new")


def _print(session: Session, news: News, *, as_json: bool) -> None:
    from phuongchi import alerting

    if as_json:
        for article in news.articles:
            session.voice.json({"alert": news.search.name, **article})
    else:
        session.voice.result(alerting.text(news))
    sys.stdout.flush()  # what cannot be written was not told


def _said(query: dict[str, object]) -> str:
    words = str(query.get("words", ""))
    others = [f"{name}={value}" for name, value in query.items() if name != "words"]
    return " ".join(filter(None, (words, *others)))
