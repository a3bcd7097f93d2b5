"""The ways out: names of portals, mail, what was not sent."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from phuongchi import sending
from phuongchi.archive import Archive
from phuongchi.doctor.finding import Finding, failure, ok, skipped, warning
from phuongchi.sending import NotSent
from phuongchi.telling import Herald
from storage.errors import PhuongChiError

_ASKED = 40


def names(archive: Archive) -> Finding:
    """Whether the portals' names lead anywhere: DNS is asked, no portal is."""
    hosts = _hosts(archive)
    if not hosts:
        return skipped("dns", "không có nguồn nào ngoài máy này", "no portal is outside of this machine")
    with ThreadPoolExecutor(8) as pool:
        unknown = [host for host, known in zip(hosts, pool.map(_resolves, hosts), strict=True) if not known]
    said = (
        f"{len(hosts) - len(unknown)}/{len(hosts)} tên miền có địa chỉ",
        f"{len(hosts) - len(unknown)} of {len(hosts)} names resolve",
    )
    if len(unknown) == len(hosts):
        return failure("dns", *said, "kiểm tra mạng và /etc/resolv.conf", "check the network and /etc/resolv.conf")
    if unknown:
        shown = ", ".join(unknown[:5])
        return warning("dns", *said, f"kiểm tra url của: {shown}", f"check the url of: {shown}")
    return ok("dns", *said)


def _hosts(archive: Archive) -> Sequence[str]:
    """Names of active portals, at most 40, spread over the list."""
    try:
        portals = [portal for portal in archive.portals() if portal.enabled and not portal.retired]
    except PhuongChiError:
        return ()
    hosts = sorted({urlsplit(portal.url).hostname or "" for portal in portals} - {""})
    named = [host for host in hosts if not _is_address(host) and host != "localhost"]
    return named[:: max(1, -(-len(named) // _ASKED))]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _resolves(host: str) -> bool:
    try:
        return bool(sending.within(10.0, lambda: socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError):
        return False


def mail(archive: Archive, *, send: bool) -> Finding:
    """Whether mail can be sent: by sending one, where that is asked for."""
    how = archive.config.notify
    if not how.to:
        return skipped("mail", "notify.to để trống: không gửi thư", "notify.to is empty: no mail")
    herald = Herald(archive, lambda line: None)
    try:
        password = sending.secret(herald.environment, "PHUONGCHI_SMTP_PASSWORD", archive.folder, how.smtp_password_file)
        if how.smtp_user and not password:
            raise NotSent("notify.smtp_user is set, but there is no password")
        if send:
            herald.test_mail()
    except NotSent as trouble:
        return failure("mail", f"không gửi được thư: {trouble}", f"mail cannot be sent: {trouble}",
                       "kiểm tra notify.smtp_* trong phuongchi.toml", "check notify.smtp_* in phuongchi.toml")  # fmt: skip
    if how.smtp_security == "none" and how.smtp_user and how.smtp_host not in ("localhost", "127.0.0.1", "::1"):
        return warning("mail", "mật khẩu thư đi qua mạng không mã hóa", "the password goes over the network in the clear",
                       'đặt notify.smtp_security = "starttls"', 'set notify.smtp_security = "starttls"')  # fmt: skip
    if send:
        return ok("mail", f"đã gửi thư thử tới {', '.join(how.to)}", f"a test mail went to {', '.join(how.to)}")
    return ok(
        "mail", "đã cấu hình; thử bằng: phuongchi doctor --mail", "configured; try it with: phuongchi doctor --mail"
    )


def undelivered(archive: Archive) -> Finding:
    """Messages that wait to be sent."""
    left = Herald(archive, lambda line: None).undelivered()
    if left:
        why = "; ".join(sorted({f"{one.channel}: {one.why}" for one in left}))
        return warning("messages", f"{len(left)} thông báo chưa gửi được: {why}", f"{len(left)} messages were not sent: {why}",
                       "sửa nguyên nhân; đêm sau tự gửi lại", "mend the cause; the next night sends them again")  # fmt: skip
    return ok("messages", "không còn thông báo nào chờ gửi", "no message waits to be sent")


def shelf(archive: Archive) -> Finding:
    """Whether the place of finished WARC files answers, and is this archive's."""
    from storage.warc.shelves import shelf_at

    warc = archive.config.warc
    if not warc.remote:
        return skipped("shelf", "tệp WARC ở lại trong thư mục của kho", "WARC files stay in the archive's folder")
    try:
        found = shelf_at(warc.remote, archive.folder / warc.remote_file if warc.remote_file else None)
        owner = found.owner()
        count = len(found.names()) if owner else 0
    except PhuongChiError as trouble:
        return failure("shelf", f"không tới được {warc.remote}: {trouble.message}", trouble.message,
                       "xem warc.remote và warc.remote_file; trong khi chờ, tệp ở lại trong thư mục của kho",
                       "see warc.remote and warc.remote_file; meanwhile files stay in the archive's folder")  # fmt: skip
    if not owner:
        return ok("shelf", f"{warc.remote} trả lời, chưa có gì", f"{warc.remote} answers; nothing is there yet")
    return ok(
        "shelf", f"{warc.remote}: {count} tệp WARC của kho {owner}", f"{warc.remote}: {count} WARC files of {owner}"
    )
