"""`status`: what the archive holds and how its last run went."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phuongchi.commands import standing
from phuongchi.commands.causes import MEANINGS, exceptions, meaning
from phuongchi.commands.common import JsonOption, Session, command
from storage.errors import UsageError
from storage.text import VIETNAM, instant_text

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from storage.overview import Alert, Trouble
    from storage.reader import PortalLine
    from storage.records import Run


ALERTS = {
    "layout-changed": (
        "giao diện cổng đã đổi; đã học lại mẫu trang",
        "the portal's pages came in another layout; it was learned anew",
    ),
    "job:verify": ("kiểm tra toàn vẹn theo lịch không đạt", "the planned check of all bytes failed"),
    "job:backup": ("sao lưu theo lịch không xong", "the planned backup failed"),
    "job:expire": ("bỏ tệp quá hạn theo lịch không xong", "letting old files go as planned failed"),
}
"""What an alert's cause means, in Vietnamese and English; a cause that is not here stands for itself."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "status")
    def status(
        session: Session,
        as_json: JsonOption = False,
        check: Annotated[bool, typer.Option("--check", help="One line, exit 0-3 as Nagios. Cho giám sát.")] = False,
        watch: Annotated[bool, typer.Option("--watch", help="Follow the run under way. Theo dõi phiên.")] = False,
    ) -> int:
        """What the archive holds, and how the last run went. Tình trạng kho."""
        from phuongchi.commands import watching

        if as_json + check + watch > 1:
            raise UsageError("--json, --check and --watch exclude each other", cure="Say one of them")
        if check or watch:
            return watching.check(session) if check else watching.watch(session)
        found = _gather(session.archive())
        if as_json:
            session.voice.json(found)
        else:
            _show(session, found)
        return 0


def _gather(archive: Archive) -> dict[str, Any]:
    from monitoring import watch
    from phuongchi.commands.requests import as_json_object
    from phuongchi.outlook import outlook
    from storage import overview, reader, requests, runs

    known = archive.portals()
    db = archive.connect(readonly=True)
    try:
        lines = {line.id: line for line in reader.portals(db)}
        files, size = overview.warc_files(db)
        totals = {**dataclasses.asdict(reader.counts(db)), "warc_files": files, "warc_bytes": size}
        last = runs.last_run(db)
        alerts = overview.alerts(db, since=last.started_at if last else None)
        troubles = overview.troubles(db, last.id) if last else ()
        waiting = requests.requests(db)
        expected = outlook(archive, db)
        picture = watch.look(db, known, now=archive.clock.now(), nightly=archive.config.schedule)
    finally:
        db.close()
    standings = standing.of_portals(picture)
    portals = [
        {"id": portal.id, "url": portal.url, "enabled": portal.enabled, "retired": portal.retired,
         "platform": portal.platform, **_line(lines.get(portal.id)), "exceptions": exceptions(portal, archive.clock.now()),
         "troubles": [_trouble(one) for one in troubles if one.portal == portal.id],
         "standing": standings.get(portal.id)}
        for portal in known
    ]  # fmt: skip
    return {
        "archive": str(archive.folder), "totals": totals, "last_run": _run(last), "portals": portals,
        "forecast": dataclasses.asdict(expected),
        "alerts": [_alert(alert) for alert in alerts], "outages": standing.of_outages(picture),
        "requests": [as_json_object(one, archive.clock.now(), dates_only=True) for one in waiting],
    }  # fmt: skip


def _trouble(one: Trouble) -> dict[str, Any]:
    vietnamese, english = MEANINGS.get(one.cause, ("", ""))
    return {"cause": one.cause, "count": one.count, "url": one.url, "detail": one.detail,
            "meaning": {"vi": vietnamese, "en": english}}  # fmt: skip


def _alert(alert: Alert) -> dict[str, Any]:
    from monitoring.words import STATES

    state = STATES.get(alert.cause)
    vietnamese, english = ALERTS.get(alert.cause, (state.vi, state.en) if state else ("", ""))
    return {"portal": alert.portal, "cause": alert.cause, "detail": alert.detail,
            "opened_at": _iso(alert.opened_at), "closed_at": _iso(alert.closed_at),
            "meaning": {"vi": vietnamese, "en": english}}  # fmt: skip


def _line(line: PortalLine | None) -> dict[str, Any]:
    if line is None:
        return {"articles": 0, "removed": 0, "unread": 0, "newest": None, "last_visit": None}
    visit = line.visit
    return {
        "platform": line.platform, "articles": line.articles, "removed": line.removed, "unread": line.unread,
        "newest": _iso(line.newest),
        "last_visit": None if visit is None else {
            "run": visit.run, "state": visit.state, "cause": visit.cause, "detail": visit.detail,
            "started_at": _iso(visit.started_at), "ended_at": _iso(visit.ended_at), "counts": dict(visit.counts),
        },
    }  # fmt: skip


def _run(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {"id": run.id, "kind": run.kind, "state": run.state, "resumed": run.resumed,
            "started_at": _iso(run.started_at), "ended_at": _iso(run.ended_at), "slot": _iso(run.slot)}  # fmt: skip


def _show(session: Session, found: dict[str, Any]) -> None:
    from phuongchi.progress import RUN_STATES, STATES

    totals, run = found["totals"], found["last_run"]
    say = session.voice.result
    say(f"Kho lưu trữ | archive: {found['archive']}")
    say(f"Tin, bài | articles: {totals['articles']} (đã gỡ | removed: {totals['removed']}), "
        f"phiên bản | revisions: {totals['revisions']}")  # fmt: skip
    say(f"Bản chụp | captures: {totals['captures']}, chưa đọc | unread: {totals['unread']}, "
        f"WARC: {totals['warc_files']} tệp | files, {totals['warc_bytes'] / 2**20:.1f} MiB")  # fmt: skip
    if run is None:
        say("Chưa có phiên thu thập nào | No run yet: phuongchi crawl")
    else:
        state = f"{RUN_STATES[run['state']]} | {run['state']}"
        say(f"Phiên gần nhất | last run: {run['id']} ({state}), {_local(run['started_at'])}")
    _show_forecast(session, found["forecast"])
    rows = []
    for portal in found["portals"]:
        visit = portal["last_visit"]
        state = f"{STATES[visit['state']]} | {visit['state']}" if visit else "–"
        cause = visit["cause"] if visit else ""
        when = _local(visit["started_at"]) if visit else "–"
        rows.append((portal["id"], portal["platform"] or "–", portal["articles"], state, when, cause or "–"))
    headings = (
        "Nguồn | Portal",
        "Nền tảng | Platform",
        "Tin, bài | Articles",
        "Lần gần nhất | Last visit",
        "Lúc | At",
        "Lý do | Cause",
    )
    session.voice.table(headings, rows)
    standing.show(session, found["portals"], found["outages"])
    for portal in found["portals"]:
        _show_troubles(session, portal)
    _show_alerts(session, found["alerts"])
    _show_requests(session, found["requests"])


def _show_forecast(session: Session, found: Mapping[str, Any]) -> None:
    """How long the first fill takes, once it has begun, and how long the disk lasts."""
    from monitoring.forecast import Forecast, disk_words, fill_words

    expected = Forecast(**found)
    for words in (fill_words(expected), disk_words(expected)):
        if words:
            session.voice.result(words)


def _show_troubles(session: Session, portal: Mapping[str, Any]) -> None:
    """What was refused, put off, cut short or left out on a portal in the last run, and why."""
    visit = portal["last_visit"]
    said = (
        [meaning(visit["cause"]) + (f"; {visit['detail']}" if visit["detail"] else "")]
        if visit and visit["cause"]
        else []
    )
    said += [
        f"{one['count']} × {meaning(one['cause'])} ({one['url']}{': ' + one['detail'] if one['detail'] else ''})"
        for one in portal["troubles"]
    ]
    if visit and visit["counts"].get("trapped"):
        said.append(f"{visit['counts']['trapped']} trang bị bỏ vì là bẫy | pages left out as traps")
    lines = [*portal["exceptions"], *said]
    if lines:
        session.voice.result(f"{portal['id']}:")
    for line in lines:
        session.voice.result(f"  {line}")


def _show_alerts(session: Session, alerts: Sequence[Mapping[str, Any]]) -> None:
    if not alerts:
        return
    session.voice.result(f"Cảnh báo | alerts: {len(alerts)}")
    for alert in alerts:
        said = " | ".join(text for text in alert["meaning"].values() if text)
        what = f"{said} ({alert['cause']})" if said else alert["cause"]
        more = f"; {alert['detail']}" if alert["detail"] else ""
        session.voice.result(f"  {_local(alert['opened_at'])}  {alert['portal']}: {what}{more}")


def _show_requests(session: Session, waiting: Sequence[Mapping[str, Any]]) -> None:
    """How many requests about personal data are open, and which of them are overdue."""
    if waiting:
        session.voice.result(f"Yêu cầu về dữ liệu cá nhân | requests about personal data: {len(waiting)}")
    for one in waiting:
        late = "QUÁ HẠN | OVERDUE" if one["overdue"] else "hạn | due"
        session.voice.result(f"  {one['number']}  {one['kind']}  {late} {_local(one['due_at'])}")


def _local(instant: str | None) -> str:
    """An instant as people write it in Vietnam, to the minute."""
    return f"{datetime.fromisoformat(instant).astimezone(VIETNAM):%d/%m/%Y %H:%M}" if instant else "–"


def _iso(instant: datetime | None) -> str | None:
    return instant_text(instant) if instant is not None else None
