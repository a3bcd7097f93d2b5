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
