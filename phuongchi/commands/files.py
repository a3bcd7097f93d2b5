"""What people are told of a file: how large it is, and whether its text could be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

FLAGS = {
    "no-text-layer": "không có lớp văn bản (bản quét) | no text layer (a scan)",
    "partly-scanned": "một phần là bản quét | some pages are scans",
    "garbled": "phông chữ không đọc được | its font does not say which letters it shows",
    "encrypted": "có mật khẩu | needs a password",
    "damaged": "tệp hỏng | damaged",
    "too-large": "quá lớn, chỉ giữ phần đầu | too large, only its beginning was kept",
    "not-a-document": "không phải tài liệu mà là trang web | no document but a web page",
    "unsupported": "loại tệp không đọc văn bản | no text is read from files of this kind",
    "parse-limit": "vượt giới hạn khi đọc | beyond the limits of reading",
    "parse-crash": "chương trình đọc bị dừng | the reader died of it",
    "noarchive": "máy chủ đề nghị không hiển thị bản lưu | its server asks that no copy be shown (noarchive)",
}
"""`storage.records.FileFlag` in words."""


def file_state(file: Mapping[str, Any]) -> Iterator[str]:
    """The parts of a line about one of an article's `attachments`."""
    if file["media_type"]:
        yield str(file["media_type"])
    if file["size"] is None:
        yield "chưa tải về | not fetched"
        return
    yield f"{max(1, round(file['size'] / 1024))} KiB"
    if file["pages"]:
        yield f"{file['pages']} trang | pages"
    if file["text"]:
        yield f"{len(file['text'])} ký tự | characters of text"
    if file["flag"]:
        yield FLAGS[file["flag"]]
    elif file["text"] is None:
        yield "chưa đọc | not read yet"
