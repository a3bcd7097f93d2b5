"""The data sheet of an export: what it is, whence, how dated, under which rights, how to cite. Vietnamese, then English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from access.personal import MASK

_TEMPLATES = Path(__file__).parent.parent / "templates"

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
    """The data sheet as Markdown (`templates/datasheet.md`), from the manifest's facts."""
    who = f"{operator} ({contact})" if operator and contact else operator or contact
    return _template().render(facts=facts, who=who, forms=_FORMS, mask=MASK)


@cache
def _template() -> Template:
    # Markdown for a file, not for a browser: nothing is escaped.
    made = Environment(loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701
    made.filters["number"] = lambda value, mark: f"{value:,}".replace(",", mark)
    made.filters["or_dash"] = lambda value: "–" if value is None else value
    return made.get_template("datasheet.md")
