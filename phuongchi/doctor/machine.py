"""The machine: disk, clock, zone, rights, browser, certificates."""

from __future__ import annotations

import os
import shutil
import ssl
import stat
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib import error, request
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from phuongchi.archive import WARC, Archive, check_writable
from phuongchi.config import FILE
from phuongchi.doctor.finding import Finding, failure, ok, skipped, warning
from phuongchi.sending import within
from storage.errors import StorageFull, UsageError

_NETWORKED = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs", "fuse.glusterfs")
_INODES = 10_000
_SKEW = timedelta(seconds=10)
_FAR = timedelta(minutes=5)


def disk(archive: Archive) -> Finding:
    """Free space against `min_free`."""
    usage, least = shutil.disk_usage(archive.folder), archive.config.min_free
    free = usage.free // 2**20
    said = (f"còn trống {free} MiB, min_free là {least} MiB", f"{free} MiB are free, min_free is {least} MiB")
    if free < least:
        return failure("disk", *said, "giải phóng chỗ, hoặc giảm min_free", "free some space, or lower min_free")
    if free < 10 * least or usage.free < usage.total // 20:
        return warning("disk", *said, "chuẩn bị thêm đĩa: xem dự báo trong phuongchi status",
                       "get more disk: see the forecast of phuongchi status")  # fmt: skip
    return ok("disk", *said)


def inodes(archive: Archive) -> Finding:
    """Free entries of the file system; some have no such number."""
    found = os.statvfs(archive.folder)
    if not found.f_files:
        return skipped("inodes", "hệ thống tệp không giới hạn số tệp", "the file system has no limit of files")
    said = (f"còn tạo được {found.f_favail} tệp", f"{found.f_favail} more files can be made")
    if found.f_favail < _INODES:
        cure = ("xóa tệp không cần trên đĩa này", "delete files that nobody needs on this disk")
        return (failure if found.f_favail < _INODES // 10 else warning)("inodes", *said, *cure)
    return ok("inodes", *said)


def file_system(archive: Archive) -> Finding:
    """Whether the archive lies on a network file system, where SQLite and file locks do not hold."""
    kind = _kind_of(archive.folder)
    if kind is None:
        return skipped("file-system", "không đọc được /proc/mounts", "/proc/mounts cannot be read")
    if kind in _NETWORKED and archive.config.database.startswith("sqlite"):
        return failure("file-system", f"kho nằm trên {kind}: SQLite không an toàn qua mạng",
                       f"the archive is on {kind}: SQLite is not safe there",
                       "dùng đĩa của máy, hoặc PostgreSQL", "use a disk of this machine, or PostgreSQL")  # fmt: skip
    return ok("file-system", kind, kind)


def _kind_of(folder: Path) -> str | None:
    best: tuple[int, str] | None = None
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        fields = line.split()
        place = Path(fields[1].replace("\\040", " "))
        if (place == folder or place in folder.parents) and (best is None or len(fields[1]) >= best[0]):
            best = (len(fields[1]), fields[2])
    return best[1] if best else None


def rights(archive: Archive) -> Finding:
    """Whether the folder can be written, and nobody else reads what is secret."""
    try:
        for folder in (archive.folder, archive.folder / WARC):
            check_writable(folder)
    except StorageFull as trouble:
        return failure("rights", f"không ghi được: {trouble.message}", trouble.message,
                       "chạy bằng tài khoản của kho (xem deploy/), hoặc sửa quyền thư mục",
                       "run it as the archive's user (see deploy/), or give it the folder")  # fmt: skip
    how, open_to_all = archive.config.notify, []
    for name in ("redaction.key", how.smtp_password_file, how.webhook_secret_file):
        path = archive.folder / name
        if name and path.is_file() and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            open_to_all.append(name)
    if open_to_all:
        names = ", ".join(open_to_all)
        return warning("rights", f"ai cũng đọc được: {names}", f"everybody can read: {names}",
                       f"chmod 640 {names}", f"chmod 640 {names}")  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return warning("rights", "đang chạy bằng root", "run as root",
                       "tạo tài khoản riêng cho kho: xem deploy/", "make a user for the archive: see deploy/")  # fmt: skip
    return ok("rights", "ghi được vào kho", "the archive can be written")


def zone() -> Finding:
    """Whether the data of Vietnamese time is there: the schedule is in it."""
    try:
        offset = datetime(2026, 7, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).utcoffset()
    except ZoneInfoNotFoundError:
        offset = None
    if offset != timedelta(hours=7):
        return failure("time-zone", "thiếu dữ liệu múi giờ Asia/Ho_Chi_Minh", "there is no data of Asia/Ho_Chi_Minh",
                       "cài gói tzdata", "install tzdata")  # fmt: skip
    return ok("time-zone", "Asia/Ho_Chi_Minh là +07:00", "Asia/Ho_Chi_Minh is +07:00")


def clock(archive: Archive, now: datetime) -> Finding:
    """This machine's clock against that of the server that `monitor.clock_url` names."""
    url = archive.config.clock_url
    try:
        told = within(20.0, lambda: _date_of(url))
    except (OSError, ValueError, TypeError) as trouble:
        why = type(trouble).__name__
        return warning("clock", f"không hỏi được giờ: {why}", f"the time could not be asked: {why}",
                       "kiểm tra monitor.clock_url và mạng", "check monitor.clock_url and the network")  # fmt: skip
    off = abs(now - told)
    said = (f"lệch {off.total_seconds():.0f} giây", f"{off.total_seconds():.0f} seconds off")
    if off <= _SKEW:
        return ok("clock", *said)
    cure = ("bật đồng bộ giờ: timedatectl set-ntp true", "let it follow a time server: timedatectl set-ntp true")
    return (failure if off > _FAR else warning)("clock", *said, *cure)


def _date_of(url: str) -> datetime:
    asked = request.Request(url, method="HEAD", headers={"User-Agent": "PhuongChi"})  # noqa: S310 (checked by the setting)
    try:
        with request.urlopen(asked, timeout=10) as answer:  # noqa: S310
            date = answer.headers["Date"]
    except error.HTTPError as refused:
        with refused:
            date = refused.headers["Date"]
    return parsedate_to_datetime(date).astimezone(UTC)


def roots() -> Finding:
    """Whether certificates can be verified at all."""
    found = ssl.create_default_context().cert_store_stats()["x509_ca"]
    paths = ssl.get_default_verify_paths()
    folder = Path(paths.capath) if paths.capath else None
    if not found and not (folder and folder.is_dir() and any(folder.iterdir())):
        return failure("certificates", "không có chứng thư gốc nào", "there are no certificate authorities",
                       "cài gói ca-certificates", "install ca-certificates")  # fmt: skip
    return ok("certificates", f"{found} chứng thư gốc", f"{found} certificate authorities")


def browser(archive: Archive) -> Finding:
    """The browser and its extra, where `fetch.browser` wants one."""
    from crawler.fetch.browser import find_chromium

    fetch = archive.config.fetch
    if fetch.browser == "off":
        return skipped("browser", "fetch.browser đang tắt", "fetch.browser is off")
    try:
        path = find_chromium(fetch.chromium)
    except UsageError as trouble:
        return failure("browser", "thiếu Chromium hoặc phần mở rộng `browser`", trouble.message,
                       "sudo apt-get install chromium; pip install 'phuongchi[browser]'", trouble.cure)  # fmt: skip
    return ok("browser", path, path)


def log_file(archive: Archive) -> Finding:
    """Whether the log can be written, where it goes into a file."""
    path = archive.config.log.file
    if path is None:
        return skipped("log", "log.file để trống: nhật ký ra stderr", "log.file is empty: the log goes to stderr")
    place = path if path.exists() else next(parent for parent in path.parents if parent.exists())
    if not os.access(place, os.W_OK):
        return failure("log", f"không ghi được {path}", f"{path} cannot be written",
                       f"sửa quyền, hoặc đổi log.file trong {FILE}",
                       f"give it the right, or change log.file in {FILE}")  # fmt: skip
    return ok("log", str(path), str(path))
