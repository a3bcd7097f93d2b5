"""The data sheet of an export: what it is, whence, how dated, under which rights, how to cite. Vietnamese, then English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from access.personal import MASK

_FORMS = {
    "jsonl": ("mỗi dòng một bài, JSON", "one article a line, JSON"),
    "csv": (
        "bảng CSV (UTF-8, RFC 4180); ô mà bảng tính có thể hiểu là công thức có dấu ' đứng trước, bỏ dấu ' đầu tiên để lấy lại "
        "nguyên văn; Excel cắt ô dài hơn 32.767 ký tự",
        "CSV (UTF-8, RFC 4180); a cell that a spreadsheet would take for a formula has a ' before it, take the first ' away to "
        "restore it; Excel cuts cells of more than 32,767 characters",
    ),
    "parquet": ("bảng Parquet có kiểu dữ liệu", "a typed Parquet table"),
    "txt": (
        "thư mục văn bản, mỗi bài một tệp: NGUỒN/NĂM/MÃ-BÀI.txt; phần đầu đến dòng trống thứ nhất là thông tin về bài",
        "a folder of plain texts, one file an article: PORTAL/YEAR/ID.txt; up to the first empty line stands what it is",
    ),
    "wacz": (
        "bản chụp nguyên gốc các trang web (WACZ), xem bằng ReplayWeb.page",
        "web pages as received (WACZ), for browsers of web archives such as ReplayWeb.page",
    ),
}  # fmt: skip


def written(facts: Mapping[str, Any], *, operator: str, contact: str) -> str:
    """The data sheet as Markdown, from the manifest's facts."""
    return f"{_vietnamese(facts, operator, contact)}\n---\n\n{_english(facts, operator, contact)}"


def _vietnamese(facts: Mapping[str, Any], operator: str, contact: str) -> str:
    counts = facts["counts"]
    return f"""# {facts["name"]}: tin, bài của cổng thông tin phường, xã

- **Là gì**: {_number(counts["articles"], ".")} tin, bài của {
        _number(counts["portals"], ".")
    } cổng thông tin điện tử cấp xã; {_FORMS[facts["format"]][0]}.
- **Từ đâu**: kho lưu trữ `{facts["archive"]["id"]}`{_by(operator, contact, "do", "vận hành")}, xuất lúc {
        facts["made_at"]
    } bằng Phường Chí {facts["program"]["version"]}.
- **Bộ lọc**: {_query(facts, "không, toàn bộ kho")}.
- **Vị trí trong dòng thay đổi**: `{facts["cursor"]}`. Các thay đổi sau đó: `phuongchi changes --after {
        facts["cursor"]
    }`.
{_after(facts, "- **Chỉ gồm** những bài thay đổi sau vị trí")}
## Số liệu

{
        _table(
            counts,
            (
                "Số lượng",
                "Tin, bài",
                "Trong đó chỉ còn dấu vết (đã ẩn, không còn khớp bộ lọc)",
                "Cổng đã gỡ, kho còn giữ",
                "Không rõ ngày đăng",
                "Tệp đính kèm",
                "Chỗ có dữ liệu cá nhân được đánh dấu",
                "Trang có ghi quyền sử dụng",
                "Ngày đăng sớm nhất",
                "Ngày đăng muộn nhất",
            ),
        )
    }

## Ngày đăng

Lấy đúng như trang đã ghi, theo độ chính xác của trang (`published_precision`: năm, tháng, ngày, phút); căn cứ ở `published_evidence`.
`published_basis`: `printed` in trên trang, `embedded` nằm trong mã trang, `inferred` suy ra từ danh sách, tệp hoặc địa chỉ. Không rõ
thì để trống, không đoán. Theo căn cứ: {_shares(counts["published_basis"])}.

## Quyền, dữ liệu cá nhân

- Nội dung thuộc các cổng thông tin đã đăng; Phường Chí không cấp phép thay họ. `rights.notice` là nguyên văn ghi chú quyền của từng trang;
  `unknown` nghĩa là trang không ghi. Người dùng lại tự kiểm tra (Luật Sở hữu trí tuệ; tin tức thời sự thuần túy, văn bản quy phạm pháp luật
  không thuộc phạm vi bảo hộ quyền tác giả).
- Dữ liệu cá nhân: {
        _personal(
            facts,
            "đã thay bằng",
            "giữ như đã đăng; `personal_data` đánh dấu chỗ tìm thấy (số định danh, điện thoại, tài khoản, họ tên cạnh ngày sinh)",
        )
    }.
  Đánh dấu bằng mẫu câu nên có thể sót hoặc thừa. Người nhận chịu trách nhiệm theo Luật Bảo vệ dữ liệu cá nhân (91/2025/QH15).
- Bài có `tombstone` đã được ẩn trong kho: hãy xoá bản bạn đang giữ.

## Trích dẫn, giới hạn

Nêu tên cổng, tiêu đề, ngày đăng, `url`, mã bài và `capture.fetched_at`. Kiểm tra tệp bằng `sha256` trong `{
        facts["name"]
    }.manifest.json`.
Kho chỉ có những gì cổng cho truy cập khi thu thập: bài bị gỡ trước đó, trang bị robots.txt chặn và tệp chưa tải thì không có.
"""  # noqa: E501


def _english(facts: Mapping[str, Any], operator: str, contact: str) -> str:
    counts = facts["counts"]
    return f"""# {facts["name"]}: articles of Vietnamese ward and commune portals

- **What**: {_number(counts["articles"], ",")} articles of {_number(counts["portals"], ",")} portals; {
        _FORMS[facts["format"]][1]
    }.
- **Whence**: archive `{facts["archive"]["id"]}`{_by(operator, contact, "run by", "")}, exported {
        facts["made_at"]
    } with Phường Chí {facts["program"]["version"]}.
- **Filters**: {_query(facts, "none, the whole archive")}.
- **Place in the change feed**: `{facts["cursor"]}`. What happened later: `phuongchi changes --after {facts["cursor"]}`.
{_after(facts, "- **Only** articles that changed behind the cursor")}
## Figures

{
        _table(
            counts,
            (
                "Count",
                "Articles",
                "Of these tombstones (hidden, or not matching the filters any more)",
                "Gone from the portal, kept here",
                "Published day unknown",
                "Attachments",
                "Places marked as personal data",
                "Pages that print a notice of rights",
                "First published day",
                "Last published day",
            ),
        )
    }

## Dates

As the page prints them, to its precision (`published_precision`); the literal evidence is in `published_evidence`. `published_basis`:
`printed` on the page, `embedded` in its code, `inferred` from a list, file or address. Unknown dates are null, never guessed.
By basis: {_shares(counts["published_basis"])}.

## Rights and personal data

- The content belongs to the portals that published it; Phường Chí grants no licence in their stead. `rights.notice` is what a page prints;
  `unknown` means that it prints nothing. Whoever uses it again has to check (news of the day as mere facts and legal documents are not
  subject to copyright under Viet Nam's Law on Intellectual Property).
- Personal data: {
        _personal(
            facts,
            "replaced by",
            "as published; `personal_data` marks the places found (identity, telephone and account numbers, names beside dates of birth)",
        )
    }.
  Marked by patterns: some may be missed, some marked for nothing. Whoever receives this file answers for it under Law 91/2025/QH15.
- Articles with a `tombstone` are hidden in the archive: delete your copy.

## Citing, limits

Name portal, title, published day, `url`, article id and `capture.fetched_at`. Check the file by the `sha256` in `{
        facts["name"]
    }.manifest.json`.
The archive has what the portals let it see: not what was deleted before, what robots.txt forbids, or files that were not fetched.
"""  # noqa: E501


def _by(operator: str, contact: str, before: str, behind: str) -> str:
    who = f"{operator} ({contact})" if operator and contact else operator or contact
    return f" {before} {who} {behind}".rstrip() if who else ""


def _query(facts: Mapping[str, Any], none: str) -> str:
    return ", ".join(f"`{name}` = `{value}`" for name, value in facts["query"].items()) or none


def _after(facts: Mapping[str, Any], words: str) -> str:
    return f"{words} `{facts['after']}`.\n" if facts["after"] else ""


def _personal(facts: Mapping[str, Any], masked: str, kept: str) -> str:
    return f"{masked} `{MASK}`" if facts["personal_data"] == "masked" else kept


def _table(counts: Mapping[str, Any], labels: tuple[str, ...]) -> str:
    names = ("articles", "tombstones", "removed", "undated", "attachments", "personal_data", "rights_notices",
             "first_published", "last_published")  # fmt: skip
    rows = [f"| {label} | {counts[name] if counts[name] is not None else '–'} |"
            for label, name in zip(labels[1:], names, strict=True)]  # fmt: skip
    return "\n".join([f"| | {labels[0]} |", "|---|---|", *rows])


def _shares(bases: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in bases.items()) or "–"


def _number(value: int, mark: str) -> str:
    return f"{value:,}".replace(",", mark)
