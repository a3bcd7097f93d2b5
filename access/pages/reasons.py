"""Why a date was not taken, for Vietnamese readers: the reader of pages says it in English (`crawler.ingest.dates`). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from access.pages.language import Language, said
from access.pages.times import as_words
from access.pages.words import SOURCES

_CLOCK = "clock: "
_REASONS: Mapping[str, str] = {
    "before the web came to Vietnam": "trước khi có web ở Việt Nam",
    "lies after the capture": "sau thời điểm chụp",
    "the moment of the capture": "đúng thời điểm chụp",
    "the sitemap was dated on the day it was asked for": "sơ đồ trang ghi chính ngày được hỏi",
    "another capture says the day of that capture": "bản chụp khác lại ghi ngày của bản chụp ấy",
    "the day of the capture, but the page was seen on a listing before": "ghi ngày chụp, nhưng danh sách đã có bài từ trước",
    "the day of the capture, but the text tells of {date}": "ghi ngày chụp, nhưng nội dung kể việc ngày {date}",
    "the day of the capture, but {source} says {date}": "ghi ngày chụp, nhưng {source} ghi {date}",
    "weekday and day of the capture, without a label or a second source": "thứ và ngày lúc chụp, không có gì khác xác nhận",
    "1 January without a time looks filled in": "ngày 01/01 không kèm giờ, có vẻ do phần mềm tự điền",
    "the time of an import: the text tells of {date}": "lúc nhập dữ liệu: nội dung kể việc ngày {date}",
    "the time of an import: other pages carry it as well": "lúc nhập dữ liệu: các trang khác cũng mang ngày ấy",
    "named in passing, not what the sentence opens with": "chỉ được nhắc tới, không mở đầu câu",
    "an update earlier than the publication": "ngày cập nhật sớm hơn ngày đăng",
    "an update that repeats the publication": "ngày cập nhật trùng ngày đăng",
    "another {source} is trusted more, and says the same day": "{source} khác đáng tin hơn, và cùng ngày",
    "another {source} is trusted more": "{source} khác đáng tin hơn",
    "{source} is trusted more, and says the same day": "{source} đáng tin hơn, và cùng ngày",
    "{source} is trusted more": "{source} đáng tin hơn",
    "the label says that it is the time now": "nhãn cho biết đó là giờ hiện tại",
    "its label says that it dates a document or a term": "nhãn cho biết đó là ngày của văn bản hoặc thời hạn",
    "stands in running text": "nằm trong câu văn",
    "stands where all pages show the time of the fetch": "nằm ở chỗ mọi trang đều hiện giờ truy cập",
    "stands below the text without a label": "nằm dưới nội dung, không có nhãn",
    "follows the time of the fetch on all pages": "chạy theo giờ truy cập trên mọi trang",
    "the same on all pages: the time of their build": "giống nhau trên mọi trang: lúc dựng trang",
    "contradicts the printed dates on this portal": "trái với ngày in trên các trang của nguồn này",
    "relative to the moment of looking": "tính từ lúc xem trang",
    "the server's word on the response, not on the article": "máy chủ nói về lần trả lời, không phải về bài",
}
_PLACES = {r"\{source\}": r"(?P<source>[a-z-]+)", r"\{date\}": r"(?P<date>[\dT:+-]+)"}


def _pattern(text: str) -> re.Pattern[str]:
    text = re.escape(text)
    for place, pattern in _PLACES.items():
        text = text.replace(place, pattern)
    return re.compile(f"(?:{_CLOCK})?{text}")


_PATTERNS = tuple((_pattern(english), vietnamese) for english, vietnamese in _REASONS.items())


def reason(language: Language, text: str) -> str:
    """Why a date was not taken, as a reader of pages can read it; empty in Vietnamese for a reason that is not known here."""
    if language != "vi":
        return text
    for pattern, vietnamese in _PATTERNS:
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            source, date = parts.get("source", ""), parts.get("date", "")
            words = vietnamese.format(source=said("vi", SOURCES.get(source, source)), date=as_words("vi", date))
            return f"đồng hồ: {words}" if text.startswith(_CLOCK) else words
    return ""
