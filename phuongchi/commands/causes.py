"""What was refused, put off, cut short or left out, and what to do about it: Vietnamese first, English second.

The names are those of `crawler.fetch.failures` and of the causes of visits; one that is not here stands for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from storage.records import Portal

MEANINGS: Mapping[str, tuple[str, str]] = {
    "net.dns": ("tên miền không có địa chỉ: kiểm tra url trong portals.toml", "no address for the name: check the url"),
    "net.refused": ("máy chủ từ chối kết nối: phiên sau thử lại", "connection refused: the next run tries again"),
    "net.unreachable": ("không có đường tới máy chủ: kiểm tra mạng", "no way to the server: check the network"),
    "net.reset": ("kết nối bị ngắt giữa chừng: phiên sau thử lại", "connection broken: the next run tries again"),
    "timeout.connect": (
        "máy chủ không trả lời kịp: phiên sau thử lại",
        "no connection in time: the next run tries again",
    ),
    "timeout.first-byte": (
        "máy chủ nhận yêu cầu mà không trả lời: phiên sau thử lại",
        "no answer: the next run tries again",
    ),
    "timeout.idle": ("máy chủ im lặng giữa chừng: phiên sau thử lại", "silent midway: the next run tries again"),
    "timeout.total": ("trả lời quá chậm: có thể tăng fetch.timeout", "too slow: fetch.timeout may be raised"),
    "tls.invalid": (
        'chứng chỉ không hợp lệ: báo cho cổng, hoặc đặt tls = "accept-invalid" cho cổng đó',
        'invalid certificate: tell the portal, or set tls = "accept-invalid" in its row',
    ),
    "http.malformed": ("trả lời sai quy cách HTTP: không cần làm gì", "not HTTP: nothing to do"),
    "http.incomplete": ("trang về thiếu, không được dùng: phiên sau thử lại", "half a page, not used: asked again"),
    "http.coding": ("nén hỏng, giữ nguyên như đã nhận: phiên sau thử lại", "damaged coding: the next run tries again"),
    "http.404": ("trang không còn: chỉ coi là đã gỡ sau nhiều đêm", "not there: counts as removed only after nights"),
    "http.4xx": ("máy chủ không cho xem: hỏi đơn vị quản lý cổng", "refused by the server: ask the portal's owner"),
    "http.429": ("máy chủ xin chậm lại: tăng fetch.delay", "too many requests: raise fetch.delay"),
    "http.5xx": ("máy chủ đang lỗi: phiên sau thử lại", "the server fails: the next run tries again"),
    "size.header": ("phần đầu trả lời quá lớn: không cần làm gì", "too large a head: nothing to do"),
    "size.body": ("tệp quá lớn, bị cắt: xem fetch.max_body, fetch.max_attachment", "cut: see fetch.max_body"),
    "size.decoded": ("giải nén ra quá lớn, không đọc: không cần làm gì", "too large when decoded: nothing to do"),
    "redirect.limit": ("chuyển hướng vòng quanh: không cần làm gì", "redirects in a circle: nothing to do"),
    "redirect.offsite": (
        "chuyển sang máy khác: nếu cổng đã chuyển, dùng portals move; nếu là máy của cổng, thêm vào hosts",
        "redirect to another host: portals move if the portal moved, or name it in hosts",
    ),
    "robots.disallowed": ("robots.txt không cho phép: được tôn trọng", "robots.txt forbids it: obeyed"),
    "robots.unavailable": (
        "không lấy được robots.txt nên không hỏi trang nào: phiên sau thử lại",
        "robots.txt could not be had, so nothing was asked: the next run tries again",
    ),
    "ssrf.blocked": (
        "địa chỉ nội bộ hoặc không thuộc cổng: không kết nối; nếu đúng là của cổng, thêm vào hosts hoặc allow_private",
        "private or not the portal's: not asked; if it is the portal's, name it in hosts or allow_private",
    ),
    "retry.later": ("máy chủ yêu cầu chờ lâu: hoãn sang phiên sau", "the server asks to wait: put off to the next run"),
    "server-busy": (
        "tiến trình khác của kho đang hỏi máy chủ này: phiên sau thu thập tiếp",
        "another process of this archive asks the server: the next run goes on",
    ),
    "visit.stalled": (
        "chờ mãi không thấy gì: phiên sau thử lại; nếu lặp lại, xin báo lỗi",
        "it waited for nothing: the next run goes on; if that recurs, please report it",
    ),
    "platform.stopped": (
        "nền tảng đang bị ngừng bởi fetch.stopped_platforms: bỏ tên khỏi đó để tiếp tục",
        "its platform is stopped by fetch.stopped_platforms: take it off to go on",
    ),
    "needs-browser": ("trang chỉ hiện khi chạy mã lệnh: đặt fetch.browser = auto", "set fetch.browser = auto"),
    "limit.links": ("trang có quá nhiều liên kết: phần sau bị bỏ", "too many links: the rest is left out"),
    "limit.pages": ("hết số trang của một phiên (fetch.max_pages): phiên sau tiếp tục", "the next run goes on"),
    "trap.budget": (
        "bẫy: loại địa chỉ không dẫn tới bài nào, phần còn lại để một tháng sau; không cần làm gì",
        "a trap: addresses that lead to no article wait for a month; nothing to do",
    ),
    "limit.time": ("hết khung giờ đêm: phiên sau tiếp tục", "the night was over: the next run goes on"),
    "stopped": ("bị dừng: chạy lại lệnh để tiếp tục", "stopped: the same command goes on"),
    "crash": ("tiến trình thu thập chết: xem nhật ký và báo lỗi", "the crawl process died: see the log, report it"),
    "hung": (
        "tiến trình thu thập im lặng, bị dừng: xem nhật ký và báo lỗi",
        "the crawl process hung: see the log, report it",
    ),
    "read.failed": ("không đọc được bản chụp: chạy phuongchi ingest", "captures could not be read: phuongchi ingest"),
    "read.away": (
        "bản chụp đợi kho WARC: xem warc.remote, phiên sau đọc tiếp",
        "captures wait for the shelf: look at warc.remote, the next run reads on",
    ),
    "breaker": (
        "lỗi liên tiếp nên thôi hỏi: phiên sau thử lại",
        "too many failures in a row: the next run tries again",
    ),
    "url.invalid": ("địa chỉ không hỏi được: không cần làm gì", "no usable address: nothing to do"),
    "content.type": ("loại nội dung không lưu: không cần làm gì", "of a kind that is not kept: nothing to do"),
    "parse.links": (
        "không đọc được liên kết, trang vẫn được lưu: nếu nhiều, xin báo lỗi",
        "links could not be read, the page is kept: if there are many, please report it",
    ),
    "http.odd": ("trả lời lạ hoặc chuyển hướng không đích: không cần làm gì", "an odd answer: nothing to do"),
    "parse-limit": (
        "quá giới hạn khi đọc, trang vẫn được lưu: nếu là trang thật, tăng read.cpu rồi ingest --reprocess",
        "beyond the limits of reading, the page is kept: if it is a real one, raise read.cpu, then ingest --reprocess",
    ),
    "parse-crash": (
        "chương trình đọc chết vì trang này, trang vẫn được lưu: xin báo lỗi",
        "readers died of the page, it is kept: please report it",
    ),
    "fixity": (
        "bản chụp bị hỏng: chạy phuongchi verify, rồi restore từ bản sao lưu",
        "a capture is damaged: run phuongchi verify, then restore from a backup",
    ),
    "internal": ("lỗi của chương trình: xin báo lỗi", "a fault of this program: please report it"),
}


def meaning(cause: str) -> str:
    """A cause in words, `cause` itself first."""
    vietnamese, english = MEANINGS.get(cause, ("", ""))
    return f"{cause}: {vietnamese} | {english}" if vietnamese else cause


def exceptions(portal: Portal, now: datetime) -> list[str]:
    """The liberties that a portal's row takes at this instant, each with its reason: every report of a run names them."""
    found = []
    if (rule := portal.robots_override) and rule.holds(now):
        found.append(
            f"không theo robots.txt đến {rule.until} | robots.txt is ignored until {rule.until}: {rule.reason}"
        )
    elif rule:
        found.append(
            f"hết phép bỏ qua robots.txt từ {rule.until}, lại tuân theo: bỏ robots_override khỏi portals.toml"
            f" | leave to ignore robots.txt ended on {rule.until}, it is obeyed again: take robots_override out of the row"
        )
    if portal.tls == "accept-invalid":
        found.append('chứng chỉ không được kiểm tra | certificates are not verified: tls = "accept-invalid"')
    return found
