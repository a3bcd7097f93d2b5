"""What tells an article's link from a section's: the form of its address, its words, and the date beside it.

Scores are small whole numbers, positive for an article. No score decides alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from crawler.links.keys import is_noise, split
from crawler.links.noise import one_of

_EXTENSION = re.compile(r"\.(?:html?|htx|aspx?|php|jsp|vnp|chn)$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_TRAILING_ID = re.compile(r"(?:[-_.]|[a-z]\d*[a-z])(\d+)$|^(\d{4,})(?:[-_.]|$)", re.IGNORECASE)
_OPAQUE_ID = re.compile(
    r"[0-9a-f]{24}$|[0-9a-f]{32}$|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$|^\d{7,}$", re.IGNORECASE
)
_DATE_PATH = re.compile(r"/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])(?:[/-](?:0?[1-9]|[12]\d|3[01]))?/[^/]")
_DETAIL = re.compile(
    "(?:^|[/_-])"
    + one_of(
        "chi-?tiet(?:-tin(?:-tuc|-bai)?|-bai-viet)? details? newsdetail news-detail tin-?chi-?tiet xem-?chi-?tiet "
        "xem-?tin view view_content "
        "view-article viewnews bai-?viet tin-?bai articles? posts? story noi-?dung(?:-tin)? readnews show showarticle archives"
    )
    + r"(?:\.\w+)?(?:/|$)",
    re.IGNORECASE,
)
_SECTION = re.compile(
    "/"
    + one_of(
        "category categories cat chuyen-?muc chuyen-?de danh-?muc danh-?sach lists? section archive taxonomy "
        "topics? nhom-tin the-loai"
    )
    + r"(?:/|$|-|\.)",
    re.IGNORECASE,
)
_ARTICLE_PARAM = re.compile(
    one_of(
        "id p nid aid tid sid newsid news_id newid articleid article_id itemid item_id postid post_id contentid "
        "content_id docid entryid "
        r"storyid idbaiviet baivietid baiviet idtin tinid tintucid idtintuc matin mabaiviet tc dinhdanh ddocname "
        r"_\w+_(?:assetentryid|articleid)"
    ),
    re.IGNORECASE,
)
_SECTION_PARAM = re.compile(
    one_of(
        "cat catid cat_id cateid cid category categoryid category_id chuyenmuc chuyenmucid idchuyenmuc danhmuc "
        "iddm cn menu menuid mnid "
        "tabid nhom nhomtin section sectionid zone zoneid page_id module mod folder"
    ),
    re.IGNORECASE,
)

_GENERIC_ANCHOR = re.compile(
    r"\W*(?:(?:xem|đọc|click|bấm)?\s*(?:thêm|tiếp|tiếp theo|chi tiết|toàn bộ|tất cả|vào đây|tại đây|ngay|bài viết)"
    r"(?:\s*(?:tin|bài|nội dung|bài viết|ở đây|»|>))*"
    r"|xem|chi tiết tin|xem chi tiết(?: tin| bài viết)?|đọc tin|chi tiết bài viết"
    r"|read more|more|continue reading|details?|view(?: more| all| detail)?|permalink|link|here|…|\.{2,})\W*",
    re.IGNORECASE,
)
_TOOL_ANCHOR = re.compile(
    r"\W*(?:(?:bản )?in(?: (?:trang|bài|tin|bài viết|trang này|ấn))?|print(?:er friendly)?(?: page| version)?|pdf|e-?mail"
    r"|gửi (?:mail|email|thư|cho bạn bè|bài viết)|chia sẻ|share|tweet|trả lời|reply|phản hồi"
    r"|đăng nhập|đăng xuất|đăng ký|quên mật khẩu|log ?in|log ?out|register|sign in"
    r"|(?:lên |về )?đầu trang|back to top)\W*",
    re.IGNORECASE,
)
_MONTH_WORD = r"(?:giêng|chạp|một|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười(?:\s+(?:một|hai))?|\d{1,2})"
_DATE = re.compile(
    r"(?<!\d)\d{1,2}\s?[/.–-]\s?\d{1,2}\s?[/.–-]\s?(?:(?:19|20)\d\d|\d\d)(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
    rf"|\d{{1,2}}\s*,?\s*(?:tháng|th|thg)\s*{_MONTH_WORD}(?:\s*,?\s*(?:năm\s*)?(?:19|20)\d\d)?"
    rf"|(?:tháng|th|thg)\s*{_MONTH_WORD}\s+\d{{1,2}}\s*,\s*(?:19|20)\d\d"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2},?\s+(?:19|20)\d\d"
    r"|\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(?:19|20)\d\d"
    r"|\b\d{1,3}\s+(?:giây|phút|giờ|ngày|tuần|tháng|năm)(?:\s+\d{1,2}\s+(?:phút|giờ|ngày|tuần|tháng))?\s+trước\b|\bhôm\s+(?:nay|qua)\b"
    r"|^\W*\d{1,2}/\d{1,2}\W*$",
    re.IGNORECASE,
)
_DATE_LABELS = re.compile(
    r"\d{1,2}\s*[:hg]\s*\d{2}(?::\d{2})?|\bthứ\s+(?:hai|ba|tư|năm|sáu|bảy|\d)\b|\bchủ\s*nhật\b|\b"
    + one_of(
        "ngày tháng năm lúc giờ phút đăng cập nhật xuất bản ban hành tin bài viết tạo gửi posted on published "
        "date by admin lượt xem đọc "
        "views? view count bình luận comments? sa ch am pm gmt"
    )
    + r"\b",
    re.IGNORECASE,
)
_MAX_RESIDUE = 24
_MAX_DATE_TEXT = 120


def tidy(text: str) -> str:
    """`text` in NFC with white space folded to single spaces."""
    text = " ".join(text.split())
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@lru_cache(maxsize=16_384)
def address_score(url: str) -> int:
    """How much the address alone looks like an article's: -5 (certainly a section) to +8."""
    parts = split(url)
    if parts is None:
        return -5
    path = unquote(parts.path)
    segments = [segment for segment in path.split("/") if segment]
    query = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not is_noise(name, value)
    ]
    if not segments and not query:
        return -5
    last = _EXTENSION.sub("", segments[-1]) if segments else ""
    if segments and segments != ["index.php"]:
        query = [(name, value) for name, value in query if name != "p"]  # there a page number; `/?p=9` is WordPress
    score = _slug_score(last) + _query_score(query)
    if _DATE_PATH.search(path):
        score += 3
    if _DETAIL.search(path):
        score += 2
    if _SECTION.search(path):
        score -= 3
    if score == 0 and not query and len(_WORD.findall(last)) <= 3:
        score = -2
    return max(-5, min(8, score))


def _slug_score(last: str) -> int:
    words = len(_LETTERS.findall(last))
    score = 3 if words >= 6 else 2 if words >= 4 else 0
    number = _TRAILING_ID.search(last)
    if _OPAQUE_ID.search(last):
        score += 2
    elif number or last.isdigit():
        long = len(last) if last.isdigit() else len((number and (number.group(1) or number.group(2))) or "")
        score += 2 if long >= 2 and (words >= 2 or last.isdigit()) else 1
    return score


def _query_score(query: list[tuple[str, str]]) -> int:
    score = 0
    for name, value in query:
        if (
            _ARTICLE_PARAM.fullmatch(name)
            and value
            and (any(char.isdigit() for char in value) or len(_LETTERS.findall(value)) >= 4)
        ):
            score += 2
        elif _SECTION_PARAM.fullmatch(name) and value:
            score -= 1
        elif not value and name.isdigit() and len(name) >= 4:
            score += 3
        elif len(_LETTERS.findall(value)) >= 4 and "-" in value:
            score += 2
    return min(score, 4)


@lru_cache(maxsize=16_384)
def is_generic(anchor: str) -> bool:
    """True for words that stand under any article: `Xem tiếp`, `Chi tiết`, `Đọc thêm`."""
    return not anchor or _GENERIC_ANCHOR.fullmatch(anchor) is not None


@lru_cache(maxsize=16_384)
def is_tool(anchor: str) -> bool:
    """True for words that do something with the page one is on: print, send, share, sign in."""
    return _TOOL_ANCHOR.fullmatch(anchor) is not None


@lru_cache(maxsize=16_384)
def anchor_score(anchor: str) -> int:
    """How much the words look like a headline: -2 (a section's name) to +3."""
    words = len(_WORD.findall(anchor))
    if words >= 9 or len(anchor) >= 45:
        return 3
    if words >= 5 or len(anchor) >= 25:
        return 2
    return 0 if words >= 4 or not anchor else -2 if words <= 2 else -1


def is_headline(anchor: str) -> bool:
    """True for an anchor of five words or 25 characters and more."""
    return anchor_score(anchor) >= 2


def date_line(text: str) -> str:
    """`text` if it reads as a line that tells a date, else empty. A sentence that mentions a date is none."""
    text = tidy(text)
    if (
        not text
        or len(text) > _MAX_DATE_TEXT
        or (not any(char.isdigit() for char in text) and "hôm" not in text.lower())
    ):
        return ""
    if not _DATE.search(text):
        return ""
    rest = _DATE_LABELS.sub(" ", _DATE.sub(" ", text))
    letters = sum(len(word) for word in _LETTERS.findall(rest))
    return text if letters <= _MAX_RESIDUE else ""
