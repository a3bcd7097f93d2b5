"""Whether an archive is well: one judgement for `status --check`, `/health` and the metrics. Pure.

The levels are those of monitoring plugins: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitoring.report import Both, Disk
from storage.reader.pulse import Pulse
from storage.text import VIETNAM, instant_text

OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
LEVELS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")

MISSED = 2
"""Nights in a row without success that are critical."""

ENDLESS = timedelta(hours=26)
"""A run that takes longer than this stands still: no night has so many hours."""

_BAD_ENDS = {
    6: ("hết chỗ trên đĩa", "the disk was full"), 7: ("cơ sở dữ liệu lỗi", "the database failed"),
    8: ("tệp WARC bị hỏng", "WARC files are damaged"), 5: ("không nguồn nào trả lời", "no portal answered"),
    1: ("lỗi của chương trình", "a fault of the program"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the judgement rests on: `missed` planned nights have passed since the last success, `undelivered` messages wait.

    `fills_soon` says that the disk will be full within weeks, `silent` which process leads the schedule without a sign of life,
    and until when its last one held: it keeps its lock, so no other takes over.
    """

    now: datetime
    pulse: Pulse
    disk: Disk
    missed: int = 0
    undelivered: int = 0
    fills_soon: bool = False
    silent: tuple[str, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A level and why; without reasons all is well."""

    level: int
    reasons: tuple[Both, ...] = ()


def judge(vitals: Vitals) -> Judgement:
    """How the archive is."""
    found = [*_nights(vitals), *_room(vitals), *_worries(vitals)]
    worst = max((level for level, _ in found), default=OK)
    return Judgement(worst, tuple(said for _, said in sorted(found, key=lambda one: -one[0])))


def line(judgement: Judgement, vitals: Vitals) -> str:
    """One line as monitoring plugins print it: level, reasons, and behind a bar the numbers with their bounds."""
    pulse = vitals.pulse
    said = "; ".join(f"{vi} / {en}" for vi, en in judgement.reasons) or _well(vitals)
    numbers = [
        f"missed={vitals.missed};{1};{MISSED};0",
        f"alerts={pulse.alerts};1;;0",
        f"damaged={pulse.damaged};;1;0",
        f"free={vitals.disk.free}B;;{vitals.disk.least}:;0;{vitals.disk.total}",
        f"articles={pulse.totals.articles}",
        f"unread={pulse.totals.unread}",
        f"warc={pulse.warc_bytes}B",
    ]
    if pulse.last_success is not None:
        numbers.append(f"age={int((vitals.now - pulse.last_success).total_seconds())}s")
    if pulse.last is not None and pulse.last.ended_at is not None:
        numbers.append(f"duration={int((pulse.last.ended_at - pulse.last.started_at).total_seconds())}s")
    return f"PHUONGCHI {LEVELS[judgement.level]} - {said.replace('|', '/')} | {' '.join(numbers)}"


def document(judgement: Judgement, vitals: Vitals) -> dict[str, Any]:
    """What `/health` answers."""
    pulse, success = vitals.pulse, vitals.pulse.last_success
    last, running = pulse.last, pulse.running
    return {
        "status": LEVELS[judgement.level], "reasons": [{"vi": vi, "en": en} for vi, en in judgement.reasons],
        "last_night": None if last is None else {
            "run": last.id, "state": last.state, "exit_code": last.exit_code, "started_at": instant_text(last.started_at),
            "ended_at": instant_text(last.ended_at) if last.ended_at else None,
        },
        "running": None if running is None else {"run": running.id, "started_at": instant_text(running.started_at)},
        "last_success": instant_text(success) if success else None,
        "last_success_age": int((vitals.now - success).total_seconds()) if success else None,
        "missed": vitals.missed, "portals": dict(sorted(pulse.states.items())), "alerts": pulse.alerts,
        "articles": pulse.totals.articles, "unread": pulse.totals.unread, "damaged": pulse.damaged,
        "disk": {"free": vitals.disk.free, "total": vitals.disk.total, "least": vitals.disk.least},
        "undelivered": vitals.undelivered,
    }  # fmt: skip


def _nights(vitals: Vitals) -> list[tuple[int, Both]]:
    found: list[tuple[int, Both]] = []
    pulse = vitals.pulse
    if vitals.silent is not None:
        who, since = vitals.silent
        at = f"{since.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
        vi = f"bộ lập lịch ({who}) không còn dấu hiệu sống từ {at}"
        found.append((CRITICAL, (vi, f"the scheduler ({who}) gives no sign of life since {at}")))
    if vitals.missed:
        level = CRITICAL if vitals.missed >= MISSED else WARNING
        found.append((level, (f"{vitals.missed} đêm chưa thu thập được", f"{vitals.missed} nights without success")))
    code = pulse.last.exit_code if pulse.last is not None else 0
    if code in _BAD_ENDS:
        vi, en = _BAD_ENDS[code]
        found.append((CRITICAL if code in (6, 7, 8) else WARNING, (f"phiên gần nhất: {vi}", f"last run: {en}")))
    if pulse.running is not None and vitals.now - pulse.running.started_at > ENDLESS:
        hours = int((vitals.now - pulse.running.started_at).total_seconds() // 3600)
        found.append(
            (WARNING, (f"phiên {pulse.running.id} chạy đã {hours} giờ", f"run {pulse.running.id} takes {hours} h"))
        )
    return found


def _room(vitals: Vitals) -> list[tuple[int, Both]]:
    free = vitals.disk.free // 2**20
    if vitals.disk.free < vitals.disk.least:
        return [(CRITICAL, (f"đĩa chỉ còn {free} MiB", f"only {free} MiB are free"))]
    return [(WARNING, ("đĩa sắp đầy", "the disk will soon be full"))] if vitals.fills_soon else []


def _worries(vitals: Vitals) -> list[tuple[int, Both]]:
    found: list[tuple[int, Both]] = []
    pulse = vitals.pulse
    if pulse.damaged:
        found.append((CRITICAL, (f"{pulse.damaged} tệp WARC bị hỏng", f"{pulse.damaged} WARC files are damaged")))
    if pulse.alerts:
        found.append((WARNING, (f"{pulse.alerts} cảnh báo đang mở", f"{pulse.alerts} alerts are open")))
    if vitals.undelivered:
        number = vitals.undelivered
        found.append((WARNING, (f"{number} thông báo chưa gửi được", f"{number} messages were not sent")))
    return found


def _well(vitals: Vitals) -> str:
    success = vitals.pulse.last_success
    if success is None:
        return "chưa đến đêm đầu tiên / the first night is still to come"
    at = f"{success.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
    return f"đêm gần nhất xong lúc {at} / the last night ended at {at}"
