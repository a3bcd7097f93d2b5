"""What is sent after a night: a mail with the report, the same in numbers for a webhook, and how that is signed. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Literal

from monitoring import rendering
from monitoring.needs import is_trouble, needs
from monitoring.report import Report
from storage.reader.nights import Night
from storage.text import instant_text

SCHEMA = "phuongchi.night/1"
"""The shape of what a webhook gets; fields may be added, never renamed."""

SIGNATURE = "X-PhuongChi-Signature"
TIMESTAMP = "X-PhuongChi-Timestamp"


def wanted(night: Night, when: Literal["trouble", "always"]) -> bool:
    """Whether anybody is told of this night."""
    return when == "always" or is_trouble(night)


def subject(night: Night) -> str:
    """The night in one line: what came in, and how many portals need a person."""
    new, troubled = night.events.get("created", 0), sum(len(need.portals) for need in needs(night))
    said = f"Phường Chí, đêm {night.date:%d/%m/%Y}: {new} tin mới, {troubled} nguồn cần người xem"
    return f"{said} | {new} new, {troubled} portals need a person"


def mail(report: Report, *, sender: str, to: Sequence[str], at: datetime, message_id: str) -> EmailMessage:
    """The report as a mail, in plain text and in HTML."""
    made = letter(
        subject(report.night), rendering.text(report), sender=sender, to=to, at=at, message_id=message_id
    )  # fmt: skip
    made.add_alternative(rendering.html(report), subtype="html")
    return made


def letter(
    about: str, text: str, *, sender: str, to: Sequence[str], at: datetime, message_id: str
) -> EmailMessage:  # fmt: skip
    """A mail of plain text. What comes from elsewhere cannot add a header: its lines are one."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = rendering.plain(about)
    made["From"] = Address("Phường Chí", addr_spec=sender)
    made["To"] = ", ".join(to)
    made["Date"] = format_datetime(at)
    made["Message-ID"] = message_id
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers from holiday machines
    made.set_content(text, cte="quoted-printable")
    return made


def numbers(report: Report) -> dict[str, Any]:
    """The night for other programs: what a webhook gets, and `phuongchi report --json`."""
    night = report.night
    return {
        "schema": SCHEMA, "night": night.date.isoformat(), "trouble": is_trouble(night), "subject": subject(night),
        "runs": [
            {"id": run.id, "kind": run.kind, "state": run.state, "exit_code": run.exit_code, "resumed": run.resumed,
             "started_at": _iso(run.started_at), "ended_at": _iso(run.ended_at), "slot": _iso(run.slot)}
            for run in night.runs
        ],
        "events": dict(night.events), "captures": night.captures, "bytes": night.bytes,
        "totals": {"articles": night.whole.articles, "captures": night.whole.captures, "unread": night.whole.unread,
                   "warc_files": night.warc_files, "warc_bytes": night.warc_bytes},
        "needs": [
            {"portals": [portal.id for portal in need.portals], "state": need.name, "cause": need.cause,
             "since": _iso(need.since), "cure": {"vi": need.state.vi_cure, "en": need.state.en_cure}}
            for need in needs(night)
        ],
        "portals": [
            {"id": portal.id, "state": portal.state, "cause": portal.cause, "events": dict(portal.events),
             "standing": portal.standing.state if portal.standing else None}
            for portal in night.portals
        ],
        "missed": [_iso(at) for at in night.missed],
        "disk": None if report.disk is None else {"free": report.disk.free, "total": report.disk.total},
    }  # fmt: skip


def body(content: object) -> bytes:
    """A webhook's body."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def signed(content: bytes, key: bytes, at: datetime) -> dict[str, str]:
    """The headers that prove who sent a body and when: HMAC-SHA256 over `<timestamp>.<body>`, in hex."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(key, stamp.encode() + b"." + content, hashlib.sha256).hexdigest()
    return {TIMESTAMP: stamp, SIGNATURE: f"sha256={digest}"}


def _iso(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)
