"""Words of ours for what the archive says in short: kinds, bases and sources of dates, fields, states. English by gettext."""

from __future__ import annotations

from access.pages.language import N_

KINDS = {
    "article": N_("bài viết"), "document": N_("văn bản"), "notice": N_("thông báo"), "gallery": N_("chùm ảnh"),
}  # fmt: skip

BASES = {
    "printed": N_("in trên trang"), "embedded": N_("ghi trong mã trang"), "inferred": N_("suy ra"),
}  # fmt: skip
"""How a published date is known."""

SOURCES = {
    "jsonld": N_("dữ liệu có cấu trúc (JSON-LD)"), "microdata": N_("dữ liệu có cấu trúc (microdata)"),
    "meta": N_("thẻ meta"), "feed": N_("bản tin RSS"), "sitemap": N_("sơ đồ trang"), "listing": N_("trang danh sách"),
    "head-line": N_("dòng ngày dưới tiêu đề"), "byline": N_("dòng tác giả"), "url": N_("địa chỉ của trang"),
    "page-update": N_("dòng cập nhật của trang"), "event": N_("ngày của sự kiện"), "http": N_("máy chủ"),
    "import": N_("bản chụp nhập từ nơi khác"),
}  # fmt: skip
"""Where a date was found."""

FIELDS = {
    "title": N_("Tiêu đề"), "published_at": N_("Ngày đăng"), "text": N_("Nội dung"), "captions": N_("Chú thích ảnh"),
    "authors": N_("Tác giả"), "credits": N_("Nguồn ảnh, nguồn tin"), "attachments": N_("Tệp đính kèm"),
    "attachments.text": N_("Chữ trong tệp đính kèm"), "paragraphs": N_("Nội dung"), "lead": N_("Tóm tắt"),
    "category": N_("Chuyên mục"), "byline": N_("Tác giả"), "images": N_("Ảnh"), "kind": N_("Loại"),
    "dates": N_("Ngày"), "body": N_("Nội dung"), "updated_at": N_("Ngày cập nhật"), "event_date": N_("Ngày diễn ra"),
}  # fmt: skip
"""Fields of an article in which states differ."""

VISIBILITIES = {
    "restricted": N_("Trang gốc đề nghị không lưu trữ: nội dung không được hiển thị."),
    "withheld": N_("Bài này tạm ẩn."),
    "redacted": N_("Bài này đã được che thông tin theo yêu cầu."),
}  # fmt: skip
"""Why nothing is shown of an article."""

STATES = {
    "healthy": N_("bình thường"), "quiet": N_("ít tin"), "late": N_("chậm bất thường"),
    "empty-listing": N_("trang danh sách trống"), "layout-changed": N_("đổi giao diện"),
    "needs-browser": N_("cần trình duyệt"), "blocked": N_("bị chặn"), "maintenance": N_("đang bảo trì"),
    "unreachable": N_("không truy cập được"), "tls": N_("lỗi chứng thư số"), "robots-deferred": N_("hoãn theo robots.txt"),
    "moved": N_("đã chuyển địa chỉ"), "dissolved": N_("ngừng hoạt động"), "hijacked": N_("nghi bị chiếm quyền kiểm soát"),
    "error": N_("lỗi"), "never-ran": N_("chưa được thu thập đúng lịch"), "paused": N_("tạm dừng"), "new": N_("mới thêm"),
    "": N_("chưa được thu thập"),
}  # fmt: skip
"""States of portals, as the report calls them (`monitoring.words`)."""

CALM = frozenset(("", "healthy", "quiet", "paused", "new", "robots-deferred"))
"""States in which nobody has to look at a portal."""

ALERTS = {**STATES, "outage": N_("sự cố chung của nhiều nguồn"), "job": N_("việc bảo trì không xong")}
"""Causes of alerts: states, and what is no portal's; jobs are called `job:NAME`."""

MISSING = {
    "not-asked": N_("chưa hỏi tới"), "not-read": N_("đã tải, chưa đọc"), "failed": N_("tải lỗi"),
    "refused": N_("bị từ chối hoặc robots.txt cấm"), "gone": N_("không còn (404, 410)"),
    "elsewhere": N_("chuyển sang trang khác"),
    "passing": N_("lúc hỏi, trang hiện thông báo khác (bảo trì, chặn…)"), "barren": N_("đọc ra không phải bài"),
}  # fmt: skip
"""Why a page that a portal lists is not stored (`storage.reader.completeness`)."""

VISITS = {
    "pending": N_("đang chờ"), "running": N_("đang thu thập"), "done": N_("xong"), "partial": N_("dừng giữa chừng"),
    "stopped": N_("dừng giữa chừng"), "deferred": N_("hoãn lại"), "unreachable": N_("không truy cập được"),
    "failed": N_("lỗi"), "unvisited": N_("không đến đêm này"),
}  # fmt: skip
"""How a run, or a portal's part in it, ended."""

CAUSES = {
    "net.dns": N_("tên miền không có địa chỉ"), "net.refused": N_("máy chủ từ chối kết nối"),
    "net.unreachable": N_("không có đường tới máy chủ"), "net.reset": N_("kết nối bị ngắt giữa chừng"),
    "timeout.connect": N_("máy chủ không trả lời kịp"),
    "timeout.first-byte": N_("máy chủ nhận yêu cầu mà không trả lời"),
    "timeout.idle": N_("máy chủ im lặng giữa chừng"), "timeout.total": N_("trả lời quá chậm"),
    "tls.invalid": N_("chứng chỉ không hợp lệ"), "http.malformed": N_("trả lời sai quy cách HTTP"),
    "http.incomplete": N_("trang về thiếu, không được dùng"), "http.coding": N_("nén hỏng, giữ nguyên như đã nhận"),
    "http.404": N_("trang không còn"), "http.4xx": N_("máy chủ không cho xem"), "http.429": N_("máy chủ xin chậm lại"),
    "http.5xx": N_("máy chủ đang lỗi"), "size.header": N_("phần đầu trả lời quá lớn"),
    "size.body": N_("tệp quá lớn, bị cắt"), "size.decoded": N_("giải nén ra quá lớn, không đọc"),
    "redirect.limit": N_("chuyển hướng vòng quanh"), "redirect.offsite": N_("chuyển sang máy khác"),
    "robots.disallowed": N_("robots.txt không cho phép"),
    "robots.unavailable": N_("không lấy được robots.txt nên không hỏi trang nào"),
    "ssrf.blocked": N_("địa chỉ nội bộ hoặc không thuộc cổng"), "retry.later": N_("máy chủ yêu cầu chờ lâu"),
    "server-busy": N_("tiến trình khác của kho đang hỏi máy chủ này"), "visit.stalled": N_("chờ mãi không thấy gì"),
    "platform.stopped": N_("nền tảng đang bị ngừng bởi fetch.stopped_platforms"),
    "needs-browser": N_("trang chỉ hiện khi chạy mã lệnh"), "limit.links": N_("trang có quá nhiều liên kết"),
    "limit.pages": N_("hết số trang của một phiên (fetch.max_pages)"), "trap.budget": N_("bẫy"),
    "limit.time": N_("hết khung giờ đêm"), "stopped": N_("bị dừng"), "crash": N_("tiến trình thu thập chết"),
    "hung": N_("tiến trình thu thập im lặng, bị dừng"), "read.failed": N_("không đọc được bản chụp"),
    "read.away": N_("bản chụp đợi kho WARC"),
    "breaker": N_("lỗi liên tiếp nên thôi hỏi"), "url.invalid": N_("địa chỉ không hỏi được"),
    "content.type": N_("loại nội dung không lưu"), "parse.links": N_("không đọc được liên kết, trang vẫn được lưu"),
    "http.odd": N_("trả lời lạ hoặc chuyển hướng không đích"),
    "parse-limit": N_("quá giới hạn khi đọc, trang vẫn được lưu"),
    "parse-crash": N_("chương trình đọc chết vì trang này, trang vẫn được lưu"), "fixity": N_("bản chụp bị hỏng"),
    "internal": N_("lỗi của chương trình"),
}  # fmt: skip
"""What went wrong with a portal or a page of it, by the names of `crawler.fetch.failures` and of visits' causes."""

EVENTS = {
    "created": N_("mới"), "revised": N_("sửa"), "redated": N_("đổi ngày"), "reextracted": N_("đọc lại"),
    "moved": N_("đổi địa chỉ"),
    "clustered": N_("vào nhóm"), "unclustered": N_("ra khỏi nhóm"), "removed": N_("bị gỡ"), "returned": N_("xuất hiện trở lại"),
    "history-added": N_("thêm bản cũ"), "withheld": N_("tạm ẩn"), "released": N_("hiện lại"), "redacted": N_("che thông tin"),
}  # fmt: skip
"""What happened to an article."""

CERTIFICATES = {
    "not-yet-valid": N_("chưa tới ngày hiệu lực"), "expired": N_("hết hạn"), "self-signed": N_("tự ký"),
    "unknown-issuer": N_("không rõ nơi cấp"), "revoked": N_("bị thu hồi"), "other-name": N_("cấp cho tên miền khác"),
    "old-protocol": N_("giao thức đã lỗi thời"), "invalid": N_("không hợp lệ"),
}  # fmt: skip
"""What was wrong with a server's certificate (`crawler.fetch.tls`)."""
