"""The day of the event that an article tells of: from the first sentences of its text, with the year it most surely has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crawler.ingest.stamps.strings import real_day
from crawler.ingest.stamps.words import MONTHS, PART_OF_DAY, VIETNAMESE_MONTH, WEEKDAY

_YEAR = r"(?:19|20)\d\d"
_MARK = (
    rf"(?:(?:(?:{PART_OF_DAY})(?:\s+(?:nay|qua|sớm))?|hôm\s+(?:nay|qua)|(?:vào|trong|từ)\s+(?:các\s+|hai\s+|ba\s+|\d+\s+)?ngày"
    r"|ngày|tức|từ(?!\s+ngày(?!\w{2}))|vào\s+(?:lúc|hồi))(?!\w{2})[\s,(]*(?:là[\s,(]+)?"
    rf"(?:{WEEKDAY}[\s,(]*)?)+"
)
# Up to the number that follows, in one way: `đến ngày` may be two words or one, and a list has many.
_TO = r"(?>\s{0,3}(?:,|và|&|[-–]|đến(?:\s+hết)?(?:\s+ngày)?)\s{0,3}(?:ngày\s*)?(?=\d))"
_EVENT = re.compile(
    rf"(?<!\w)(?P<mark>{_MARK})(?P<day>\d{{1,2}})"
    rf"(?:(?:{_TO}\d{{1,2}})*\s{{0,3}}(?:[/\-–]\s{{0,3}}(?P<month>\d{{1,2}})|tháng\s{{0,3}}(?P<word>\d{{1,2}}|{VIETNAMESE_MONTH})(?!\w))"
    rf"(?:\s{{0,3}}(?:[/\-–.]|,?\s*năm|,)\s{{0,3}}(?P<year>{_YEAR}))?(?!\d|[/.]\d|\s?%)"
    rf"|\.(?P<month2>\d{{1,2}})\.(?P<year2>{_YEAR})(?!\d))"
    rf"(?:{_TO}\d{{1,2}}\s{{0,3}}(?:[/\-–]|tháng)\s{{0,3}}\d{{1,2}}\s{{0,3}}(?:[/\-–]|năm)\s{{0,3}}(?P<last>{_YEAR})(?!\d))?",
    re.IGNORECASE,
)
_DAY_LIKE = re.compile(r"\d\s{0,3}(?:[/\-–.]\s{0,3}\d|tháng)", re.IGNORECASE)
# A day behind these words is a deadline, a founding, a feast, a law's date: nothing that happened on it is being told.
_NOT_BEHIND = re.compile(
    r"(?:(?<!\w)(?:trước|sau|đến|hạn|hết|kể|tính|sinh|thành\s+lập|kỷ\s+niệm|kỉ\s+niệm|truyền\s+thống|dịp|mừng|nhân|hướng\s+tới|hiệu\s+lực"
    r"|ban\s+hành|ký|thông\s+qua|giải\s+phóng|lễ)(?:\s+(?:từ|vào|hết|tới|lúc|\d{1,2}\s?(?:h|g|giờ|:)(?:\s?\d{2})?(?:\s?phút)?))*|số\s+\S{1,24}|/[A-ZĐ][\w\-–/]*|(?:TW|CP|TTg|QH\d*|UBND|HĐND))"
    r"[\s,;(\"“]*$",
    re.IGNORECASE,
)
# A day in one breath with a law, a plan or a letter is that paper's: `Căn cứ Luật Đất đai ngày 18 tháng 01 năm 2024`.
_CITED = re.compile(
    r"(?<!\w)(?:luật|pháp\s+lệnh|nghị\s+định|nghị\s+quyết|thông\s+tư|quyết\s+định|chỉ\s+thị|kế\s+hoạch|công\s+văn|tờ\s+trình|hướng\s+dẫn)"
    r"(?!\w)(?P<between>[^,;:|]{0,160})$",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"(?<!\w)(?:tổ\s+chức|diễn\s+ra|khai\s+mạc|tham\s+dự|tham\s+gia|công\s+bố|trao|họp|hội\s+nghị|lễ)(?!\w)",
)  # small letters only: `Luật Tổ chức chính quyền địa phương` holds no event
_RECITAL = re.compile(r"[\s\-–]*(?:căn\s+cứ|xét)\s", re.IGNORECASE)  # what a decision rests on: papers and their days
_APPEAL = re.compile(
    r"[\s\-–]*(?:(?:trân\s+trọng\s+)?kính\s+(?:mời|đề\s+nghị|mong)|đề\s+nghị|yêu\s+cầu|mời|tạm\s+(?:ngừng|dừng|nghỉ))(?!\w)",
    re.IGNORECASE,
)  # what people are asked for lies ahead: a term, no event that is told
_NOT_BEFORE = re.compile(
    r"[\s,(]*(?:âm\s*lịch|ÂL|AL(?!\w)|h[ằà]ng\s+năm|năm\s+(?:giáp|ất|bính|đinh|mậu|kỷ|canh|tân|nhâm|quý)(?!\w))",
    re.IGNORECASE,
)
_PLACE_AND_DAY = re.compile(rf"[^,.]{{2,60}}, ngày .{{1,24}} năm {_YEAR}\.?", re.IGNORECASE)  # the head of a document
_SENTENCE_END = re.compile(r"[.!?…](?:(?<=[^\W\d_]{2}.)|(?<=[\d)”\"].))[.!?…]*\s+(?=[^\W\da-z_])")
# What an authority did on a day, told as history: no news of that day.
_ACT = re.compile(r"thành\s+lập|ban\s+hành|hiệu\s+lực|phê\s+duyệt|sáp\s+nhập|Quốc\s+hội|Chính\s+phủ", re.IGNORECASE)
_NAMED_YEAR = re.compile(rf"năm\s{{0,2}}({_YEAR})(?!\d|\s?[-–/]\s?\d)", re.IGNORECASE)
_REVIEW = re.compile(r"tổng\s+kết", re.IGNORECASE)
_PLAN = re.compile(r"(?:phương\s+hướng|nhiệm\s+vụ|kế\s+hoạch)", re.IGNORECASE)
_LATE = timedelta(days=60)
"""How far an event may lie behind the publication and still be told of as news; observed 0 to 60 days."""


@dataclass(frozen=True, slots=True)
class Event:
    """The event's (first) day. `evidence` is the phrase, with `, … năm 2023` when the year was named elsewhere.

    `dated` says that its year is printed in the text or the title, not reckoned from the publication; `leading` that the
    phrase names a part of the day or opens the sentence: only then may the day stand in for a missing publication date.
    """

    day: str
    evidence: str
    dated: bool
    leading: bool


def find_event(paragraphs: Sequence[str], *, title: str, published: str, until: date) -> Event | None:
    """The event of an article, or None when its first sentences tell of no day or its year stays open.

    `published` is the publication as far as known (`` if unknown, then the year must be named); nothing after `until`
    (the day of the first capture) is an event.
    """
    for sentence in _first_sentences(paragraphs):
        for found in _EVENT.finditer(sentence) if _DAY_LIKE.search(sentence) else ():
            if not _tells(found, sentence):
                continue
            event = _event(found, sentence, title, published)
            # The first day told of is the event, even if its year stays open.
            return event if event is not None and event.day <= until.isoformat() else None
    return None


def _tells(found: re.Match[str], sentence: str) -> bool:
    """Whether a day is told of as that of an event: not a deadline, a feast, a law's date, a lunar day or a ratio."""
    if _NOT_BEHIND.search(sentence[: found.start()]) or _NOT_BEFORE.match(sentence, found.end()):
        return False
    cited = _CITED.search(sentence[: found.start()])
    if cited and not _HELD.search(cited["between"]):
        return False
    dated = found["year"] or found["year2"] or found["last"]
    ratio = found["mark"].strip(" ,(").lower() == "từ" and not dated  # `tăng từ 5/10 tiêu chí`
    return not ratio and real_day(2000, _month(found), int(found["day"])) is not None


def _first_sentences(paragraphs: Sequence[str]) -> list[str]:
    """Two sentences of the first paragraph that is longer than a heading, one of the next."""
    long = [text for text in paragraphs[:6] if len(text) >= 40 and not _PLACE_AND_DAY.fullmatch(text)][:2]
    return [
        sentence
        for text, count in zip(long, (2, 1), strict=False)
        for sentence in _SENTENCE_END.split(text[:600], count)[:count]
        if not _RECITAL.match(sentence) and not _APPEAL.match(sentence)
    ]


def _event(found: re.Match[str], sentence: str, title: str, published: str) -> Event | None:
    month, day = _month(found), int(found["day"])
    phrase = found[0].strip(" ,(")
    if phrase.count("(") > phrase.count(")") and sentence[found.end() : found.end() + 1] == ")":
        phrase += ")"
    parted = re.match(rf"(?:{PART_OF_DAY})(?!\w)", found["mark"], re.IGNORECASE) is not None
    leading = parted or (found.start() <= 60 and not _ACT.search(sentence, found.end(), found.end() + 120))
    year = found["year"] or found["year2"] or found["last"]
    if year:
        known = real_day(int(year), month, day)
        return Event(known[0].date().isoformat(), phrase, dated=True, leading=leading) if known else None
    named = _named_year(month, day, sentence, title, published)
    if named:
        return Event(named[0], f"{phrase}, … {named[1]}", dated=True, leading=leading)
    reckoned = _latest(month, day, published)
    return Event(reckoned, phrase, dated=False, leading=leading) if reckoned else None


def _month(found: re.Match[str]) -> int:
    word = found["month"] or found["month2"] or found["word"]
    if not word.isdecimal() and "giêng" in word.lower():
        return 0  # a lunar month in running text
    return int(word) if word.isdecimal() else MONTHS[" ".join(word.lower().split())]


def _named_year(month: int, day: int, sentence: str, title: str, published: str) -> tuple[str, str] | None:
    """The event's day in a year that the sentence, else the title, names, and the words that name it.

    Of two years that follow each other November and December take the reviewed one, January to March the planned one.
    One named year yields to the publication when that lies within 60 days of the event in another year.
    """
    text = sentence if _NAMED_YEAR.search(sentence) else title
    years = {int(found[1]): found[0] for found in reversed(list(_NAMED_YEAR.finditer(text)))}
    year = _one_of(sorted(years), month, text, closed=bool(published))
    if year is None:
        return None
    known = real_day(year, month, day)
    if known is None:
        return None
    named = known[0].date()
    reckoned = _latest(month, day, published)
    if published and not reckoned:
        return None
    if reckoned and named.isoformat() != reckoned:
        near = _day(published) - date.fromisoformat(reckoned) <= _LATE
        if named > _day(published) + _LATE or (near and len(years) == 1):
            return None
    return named.isoformat(), years[year]


def _one_of(years: list[int], month: int, text: str, *, closed: bool) -> int | None:
    """The event's year among those named; None if that stays open. `closed`: a publication date will check it."""
    if len(years) == 1:
        # A year's review in January, or next year's plan in November, names another year than the event's.
        elsewhere = (_REVIEW.search(text) and month <= 3) or (
            not _REVIEW.search(text) and _PLAN.search(text) and month >= 11
        )
        return None if elsewhere and not closed else years[0]
    if len(years) == 2 and years[1] - years[0] == 1:
        if month >= 11:
            return years[0]
        if month <= 3:
            return years[1]
    return None


def _latest(month: int, day: int, published: str) -> str:
    """The day in the latest year that does not put it more than 60 days after the publication; `` if that is unknown."""
    if len(published) < 10:
        return ""
    limit = _day(published) + _LATE
    for year in (limit.year, limit.year - 1):
        known = real_day(year, month, day)
        if known and known[0].date() <= limit:
            return known[0].date().isoformat()
    return ""


def _day(value: str) -> date:
    return date.fromisoformat(value[:10])
