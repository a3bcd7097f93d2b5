"""The archive itself: its lists, database, files and locks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from phuongchi.archive import WARC, Archive
from phuongchi.doctor.finding import Finding, failure, ok, skipped, warning
from storage.errors import PhuongChiError
from storage.leases import holder_of, silence_of
from storage.text import VIETNAM

if TYPE_CHECKING:
    from storage.engine import Database

_QUICK = 2**30
"""Bytes of a database up to which every page of it is looked at."""

_JURY, _RECENT = 3, timedelta(days=7)
"""So many servers of others must have answered in so many days for a clock to be judged by them."""

_SLOW, _FAR = 60.0, timedelta(minutes=5)
"""Seconds that an answer may have been under way; from when on a clock is wrong."""


def settings(archive: Archive) -> Finding:
    """Who is sent in the User-Agent."""
    missing = [name for name in ("operator", "contact") if not archive.config.values[name]]
    if missing:
        names = ", ".join(missing)
        return failure("settings", f"chưa đặt {names}", f"{names} not set",
                       "đặt trong phuongchi.toml: chủ nguồn tin phải biết ai thu thập",
                       "set them in phuongchi.toml: portals must be able to find who asks")  # fmt: skip
    return ok("settings", archive.config.user_agent, archive.config.user_agent)


def portals(archive: Archive) -> Finding:
    """The list of portals, and leaves to ignore robots.txt that have run out."""
    try:
        known = archive.portals()
    except PhuongChiError as trouble:
        return failure("portals", f"portals.toml không dùng được: {trouble.message}", trouble.message,
                       "sửa dòng đã nêu", trouble.cure or "mend the line that is named")  # fmt: skip
    active = [portal for portal in known if portal.enabled and not portal.retired]
    said = (f"{len(active)} nguồn đang thu thập, {len(known)} trong danh sách", f"{len(active)} active of {len(known)}")
    today = archive.clock.now().astimezone(VIETNAM).date()
    over = [
        portal.id for portal in active
        if portal.robots_override and date.fromisoformat(portal.robots_override.until) < today
    ]  # fmt: skip
    if over:
        names = ", ".join(over[:5])
        return warning("portals", f"robots_override đã hết hạn: {names}", f"robots_override has run out: {names}",
                       "gia hạn có lý do, hoặc bỏ đi", "prolong it with a reason, or take it away")  # fmt: skip
    if not active:
        return warning("portals", *said, "thêm nguồn: phuongchi portals add", "add some: phuongchi portals add")
    return ok("portals", *said)


def sqlite(archive: Archive) -> Finding:
    """Which SQLite is used, and whether it can lose commits in a WAL."""
    if not archive.config.database.startswith("sqlite"):
        return skipped("sqlite", "kho dùng PostgreSQL", "the archive uses PostgreSQL")
    from storage.sqlite import driver, version, wal_is_safe

    number = ".".join(map(str, version()))
    said = f"SQLite {number} ({driver.__name__.partition('.')[0]})"
    if not wal_is_safe():
        return warning("sqlite", f"{said}: có lỗi WAL-reset nên dùng journal_mode=DELETE, chậm hơn",
                       f"{said}: it has the WAL-reset bug, so journal_mode=DELETE is used, which is slower",
                       "pip install pysqlite3, hoặc dùng Python có SQLite 3.51.3 trở lên",
                       "pip install pysqlite3, or a Python with SQLite 3.51.3 or newer")  # fmt: skip
    return ok("sqlite", said, said)


def database(archive: Archive) -> Iterator[Finding]:
    """Whether the database can be opened, has this program's schema and is whole; what its last runs left."""
    try:
        db = archive.connect(readonly=True)
    except PhuongChiError as trouble:
        yield failure("database", f"không mở được: {trouble.message}", trouble.message,
                      "nếu lược đồ cũ: phuongchi db upgrade; nếu hỏng: phuongchi restore hoặc phuongchi reindex",
                      trouble.cure)  # fmt: skip
        return
    from storage.reader.pulse import pulse

    try:
        size = Path(db.place).stat().st_size if db.dialect == "sqlite" else 0
        if size <= _QUICK:
            db.check_integrity()
        yield ok("database", f"{db.place}, lược đồ đúng", f"{db.place}, of this program's schema")
        found = pulse(db)
        yield _scheduler(db)
        yield _left(archive, db, running=found.running is not None)
    except PhuongChiError as trouble:
        yield failure("database", f"bị hỏng: {trouble.message}", trouble.message, "phuongchi restore hoặc phuongchi reindex",
                      trouble.cure)  # fmt: skip
        return
    finally:
        db.close()
    if found.damaged:
        yield failure("fixity", f"{found.damaged} tệp WARC bị hỏng", f"{found.damaged} WARC files are damaged",
                      "xem phuongchi verify --all, chép lại từ bản sao lưu",
                      "see phuongchi verify --all, bring them back from a backup")  # fmt: skip


def _left(archive: Archive, db: Database, *, running: bool) -> Finding:
    """What a run that was killed has left: files that are open, a run without an end."""
    open_files = sorted(path.name for path in (archive.folder / WARC).glob("*.open"))
    if holder := holder_of(db, "crawl"):
        return ok("leftovers", f"đang thu thập: {holder}", f"a crawl is under way: {holder}")
    if open_files or running:
        count = len(open_files)
        said = (f"phiên trước bị ngắt; {count} tệp .open", f"the last run was cut short; {count} .open files")
        return warning("leftovers", *said,
                       "không cần làm gì: lần thu thập tới tự sửa và tiếp tục",
                       "nothing to do: the next crawl mends them and goes on")  # fmt: skip
    return ok("leftovers", "không có gì bỏ dở", "nothing was left half done")


def _scheduler(db: Database) -> Finding:
    """Who works the nights, and whether it still does."""
    if silent := silence_of(db, "schedule"):
        who, _ = silent
        return failure("scheduler", f"{who} giữ quyền lập lịch mà không còn dấu hiệu sống",
                       f"{who} leads the schedule and gives no sign of life",
                       "khởi động lại: systemctl restart phuongchi-schedule, hoặc kill -9 tiến trình ấy",
                       "restart it: systemctl restart phuongchi-schedule, or kill -9 that process")  # fmt: skip
    if holder := holder_of(db, "schedule"):
        return ok("scheduler", f"đang chạy: {holder}", f"it runs: {holder}")
    return skipped("scheduler", "bộ lập lịch không chạy lúc này", "no scheduler runs at this moment")


def clock(archive: Archive) -> Finding:
    """This machine's clock against what the archive has seen: its own last instant, and the dates that servers sent last."""
    from storage import overview
    from storage.reader.clocks import told_times

    now = archive.clock.now()
    try:
        with closing(archive.connect(readonly=True)) as db:
            latest, told = overview.latest(db), told_times(db, archive.folder, since=now - _RECENT)
    except PhuongChiError as trouble:
        return skipped("clock", f"không so giờ được: {trouble.message}", f"not compared: {trouble.message}")
    cure = ("bật đồng bộ giờ: timedatectl set-ntp true", "let it follow a time server: timedatectl set-ntp true")
    if latest is not None and latest > now + _FAR:
        at = f"{latest.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
        return failure("clock", f"đồng hồ chạy lùi: kho đã ghi đến {at}, đêm trước đó không được làm lại",
                       f"the clock was set back: the archive has seen {at}, no night before runs again", *cure)  # fmt: skip
    if len(told) < _JURY:
        return skipped("clock", "không so giờ: monitor.clock_url để trống, chưa đủ máy chủ trả lời gần đây",
                       "not compared: monitor.clock_url is empty, and too few servers answered lately")  # fmt: skip
    off = abs(median((one.at - one.said).total_seconds() for one in told))
    said = (f"lệch {off:.0f} giây so với {len(told)} máy chủ", f"{off:.0f} seconds off from {len(told)} servers")
    if off <= _SLOW:
        return ok("clock", *said)
    return (failure if off > _FAR.total_seconds() else warning)("clock", *said, *cure)


def locks(archive: Archive) -> Finding:
    """Lock files that this user could not take."""
    import os

    mine = [path for path in archive.folder.glob(".*lock") if not os.access(path, os.W_OK)]
    mine += [path for path in archive.folder.glob("*.write-lock") if not os.access(path, os.W_OK)]
    if mine:
        names = ", ".join(path.name for path in mine)
        return failure("locks", f"tệp khóa của tài khoản khác: {names}", f"lock files of another user: {names}",
                       "chạy bằng đúng tài khoản của kho, hoặc chown các tệp ấy",
                       "run it as the archive's user, or give these files to it")  # fmt: skip
    return ok("locks", "khóa dùng được", "locks can be taken")
