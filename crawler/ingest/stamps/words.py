"""The words around printed dates: month names, weekdays, labels. Data, and the patterns made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Role = Literal["publication", "update", "document", "clock", "plain"]
"""What a label says of the date behind it; `plain` is a date without one."""

MONTHS: Mapping[str, int] = MappingProxyType({
    "giêng": 1, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8,
    "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
})  # fmt: skip

VIETNAMESE_MONTH = "mười một|mười hai|mười|giêng|một|hai|ba|tư|bốn|năm|sáu|bảy|bẩy|tám|chín"
ENGLISH_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)

# Monday is 0, as datetime.weekday() counts.
WEEKDAYS: Mapping[str, int] = MappingProxyType({
    "hai": 0, "2": 0, "ba": 1, "3": 1, "tư": 2, "4": 2, "năm": 3, "5": 3, "sáu": 4, "6": 4, "bảy": 5, "bẩy": 5, "7": 5,
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
})  # fmt: skip

WEEKDAY = (
    r"(?:thứ\s*(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s*nhật|\bcn\b|\bt[2-7]\b"
    r"|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?)"
)
PART_OF_DAY = "sáng|trưa|chiều|tối|đêm"

# The first group that matches before a date names its role. Longest forms first inside each.
_LABELS: tuple[tuple[Role, str], ...] = (
    (
        "document",
        r"ngày\s+(?:ban\s*hành|ký|(?:có\s+)?hiệu\s*lực|hết\s+(?:hiệu\s*lực|hạn)|phát\s*hành|sinh|họp|bắt\s*đầu|kết\s*thúc"
        r"|hỏi|trả\s*lời|văn\s*bản|cấp)|ban\s*hành(?:\s+ngày)?|hạn(?:\s+(?:nộp|cuối|chót))?(?:\s+ngày)?|hết\s+hạn"
        r"|(?:đến|từ|trước|kể\s+từ|tính\s+đến)(?:\s+hết)?(?:\s+ngày)?|sinh\s+ngày|cấp\s+ngày",
    ),
    (
        "clock",
        r"hôm\s*nay(?:\s+là)?(?:[\s,:]+ngày)?|(?:bây|hiện)\s+giờ(?:\s+là)?|hiện\s+tại(?:\s+là)?|today(?:\s+is)?",
    ),
    (
        "update",
        r"(?:(?:ngày|lần|thời\s*gian|đã|được)\s+)*cập\s*nhật(?:\s+(?:lúc|ngày|vào|lần\s+cuối|cuối|mới\s+nhất|gần\s+nhất"
        r"|bài|tin|bởi))*|(?:(?:ngày|lần|thời\s*gian|đã|được)\s+)*(?:chỉnh\s+)?sửa(?:\s+(?:đổi|chữa|lúc|ngày|vào|lần\s+cuối"
        r"|cuối(?:\s+cùng)?|gần\s+(?:đây\s+)?nhất|mới\s+nhất|bài(?:\s+viết)?|tin))*"
        r"|(?:last\s+)?(?:updated?|modified|edited)(?:\s+(?:on|at|date))?",
    ),
    (
        "publication",
        r"(?:tin\s+|bài\s+)?(?:ngày|giờ|thời\s*gian|thời\s*điểm)(?:\s+giờ)?\s+(?:đăng|gửi|xuất\s*bản|tạo|viết)"
        r"(?:\s+(?:bài|tin|tải))?(?:\s+viết)?|(?:(?:bài|tin|đã|được)\s+)*(?:đăng|gửi|xuất\s*bản|tạo|viết)"
        r"(?:\s+(?:tải|trên|bài|tin))?(?:\s+vào)?(?:\s+(?:ngày|lúc|hồi))?|(?:date\s+)?(?:posted|published|created)"
        r"(?:\s+(?:on|at|date))?|(?:publish|post|publication)\s+date|date",
    ),
    ("plain", r"ngày|lúc"),
)
LABEL_BEFORE = re.compile(
    r"(?:(?<!\w)|(?-i:(?<=[^\W\d_A-Z])(?=[A-ZĐ])))(?:"
    + "|".join(f"(?P<{role}>{words})" for role, words in _LABELS)
    + r")[\s:：|.,\-–—(\[]*$",
    re.IGNORECASE,
)
_LABEL_ANYWHERE = "|".join(words for role, words in _LABELS if role != "document")

# What may stand on a date line beside the date: labels, weekdays, counts, zones, the buttons of a share and print bar.
BESIDE_DATE = re.compile(
    r"(?<!\w)(?:(?:gửi|giới\s+thiệu)\s+(?:(?:cho|tới|đến|qua|bài(?:\s+viết)?|tin)\s+)*(?:bạn(?:\s+bè)?|người\s+thân|e?mail|facebook|zalo)"
    rf"|{_LABEL_ANYWHERE}|{WEEKDAY}"
    r"|(?:tổng\s+)?(?:số\s+)?(?:lượt|lần)(?:\s+(?:xem|đọc|truy\s*cập|view))?|(?:đã\s+)?(?:xem|đọc)|view(?:s|ed)?(?:\s+count)?"
    r"|hits?|người\s+(?:xem|đọc)|bình\s*luận|phản\s*hồi|comments?|phút\s+đọc|gmt|utc|ict|giờ\s+(?:việt\s*nam|hà\s*nội)"
    r"|(?:xem\s+)?(?:với\s+)?(?:cỡ|kích\s*thước)\s+chữ|in\s+(?:trang|bài(?:\s+viết)?|tin|ấn)|bản\s+in|print|e?mail|chia\s*sẻ|share"
    r"|(?:gửi\s+)?(?:facebook|zalo|twitter)"
    r"|lưu\s+(?:bài(?:\s+viết)?|tin|trang)|(?:quay\s+lại|trở\s+(?:lại|về))(?:\s+trang\s+trước)?|đọc\s+bài(?:\s+viết)?|nghe(?:\s+bài)?|a[+-]?|aa|(?:tăng|giảm)(?:\s+cỡ\s+chữ)?|(?:độ\s+)?tương\s+phản|mặc\s+định"
    r")(?!\w)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"(?P<parts>(?:\d{1,3}\s*(?:giây|phút|giờ|tiếng|ngày|tuần|tháng|năm)\s*){1,3})(?:trước|qua)(?!\w)", re.IGNORECASE
)
_BACK = ("trước", "qua")
RELATIVE_PART = re.compile(r"(\d{1,3})\s*(giây|phút|giờ|tiếng|ngày|tuần|tháng|năm)", re.IGNORECASE)


def find_relative(text: str) -> re.Match[str] | None:
    """`2 giờ trước` in a text; `parts` is the time."""
    lower = text.lower()
    return _RELATIVE.search(text) if any(word in lower for word in _BACK) else None


def weekday_number(word: str) -> int | None:
    """0 (Monday) to 6 for a weekday as printed (`Thứ Năm`, `T5`, `Chủ nhật`, `Thursday`); None if it is none."""
    word = " ".join(word.lower().rstrip(".").split())
    if word.startswith("chủ") or word == "cn":
        return 6
    if word[:3] in WEEKDAYS and word[:3].isascii() and word[:3].isalpha() and not word.startswith("thứ"):
        return WEEKDAYS[word[:3]]
    return WEEKDAYS.get(word.removeprefix("thứ").removeprefix("t").strip())
