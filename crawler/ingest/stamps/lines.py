"""What a printed date is of: its label, the line it stands on, and whether that line is nothing but a date line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

from crawler.ingest.stamps.strings import Stamp, is_time, read_dates
from crawler.ingest.stamps.words import BESIDE_DATE, LABEL_BEFORE, Role, find_relative

_LONGEST_LINE = 200
_LABEL_BACK = 48
_DATED = re.compile(r"\d(?:(?<=1)9\d\d|(?<=2)0\d\d|\s?\w{3,5}\s+(?:trước|qua))", re.IGNORECASE)
_GONE_BY = re.compile(r"(?<!\d)\d{1,9}\s?\w{3,5}\s+(?:trước|qua)", re.IGNORECASE)
_COUNT = re.compile(r"(?<!\w)\d[\d.,]*(?!\w)")
_WORD = re.compile(r"\w")
_LETTER = re.compile(r"[^\W\d]")
_POSTED = ("bở", "by")
"""In small letters, what a text has that names who put it on line."""
_LONGEST_SIDE = 80
_GLUED_CAPITAL, _GLUED_SIGN = re.compile(r"[A-ZĐ](?<=[^\W\d_A-Z].)"), re.compile(r"[+\-](?=\w)")
# Who put it on line stands beside the date, not below a text: an account, no author.
_POSTER = re.compile(
    r"(?<!\w)(?:đăng|gửi|viết)?\s*(?:bởi|posted\s+by|by)\s*:?\s+[^\W\d_][\w.@\-]*(?:\s+[^\W\d_]\w*){0,3}",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[(\[]\s*$")
_CLOSED = re.compile(r"""\s*[)\]][\s.)\]"”]*$""")
# A date behind these words is the date of a document, not of the page.
_CITATION = re.compile(
    r"(?<!\w)(?:số|quyết\s*định|nghị\s*(?:quyết|định)|kế\s*hoạch|công\s*văn|chỉ\s*thị|thông\s*tư|luật|ban\s*hành|căn\s*cứ|theo)(?!\w)"
    r"|/[A-ZĐ]{2,}",
    re.IGNORECASE,
)
_PARTED = re.compile(r"[|•·\-–—:;»>()]\s*$|^\s*[|•·\-–—:;()]")
_HOUR_WORD = re.compile(
    r"\d\s?(?:h|g|giờ)(?![a-z])", re.IGNORECASE
)  # how a text tells of a meeting, not how a page is dated
_LED_UP_TO = re.compile(r"[^\W\d_][\s,]+ngày\s*$", re.IGNORECASE)
_DAY_WORD = re.compile(r"\bngày\b", re.IGNORECASE)
_CAPITAL = re.compile(r"(?<=\s)[A-ZĐ]")
_CELL = re.compile(r"[^|•·]+")
_EDGE = " ,;:!-–—()[]"
# Counts behind one another, `… 1.204 0`, `… - Lượt xem: 45`. What ends in a count may be the number of a page of fifty, so each
# piece takes all it can and gives nothing back, and a run is tried from its beginning only: one way to read each line.
_COUNTED = r"(?:\s+(?:lượt\s+(?:xem|đọc)|views?|bình\s+luận))?"
_COUNTING = (
    r"(?:(?:tổng\s+)?(?:số\s+)?(?:lượt|lần)\s+(?:xem|đọc|truy\s*cập)|đã\s+xem|views?(?:\s+count)?|bình\s+luận)?"
    r"\s*+:?\s*+"
)
_COUNTS = re.compile(
    rf"(?<![\s,;\-–—(\[])[\s,;\-–—(\[]++{_COUNTING}\d[\d.,]*+"
    # A comma that ends the number before may be what parts the two: `1,lượt xem: 2`.
    rf"(?>(?:{_COUNTED}(?:[\s)\]]*[)\]])?+[\s,;\-–—(\[]++|(?<=,)){_COUNTING}\d[\d.,]*+)*+(?:{_COUNTED}[\s)\]]*+$)?",
    re.IGNORECASE,
)
_COUNT_LAST = re.compile(rf"\d[.,]*+{_COUNTED}[\s)\]]*+$", re.IGNORECASE)
"""Whether a cell ends in a count: most do not, and are not looked through for more."""
_ROLES = get_args(Role)


_REMEMBERED = 4096
"""Lines of which it is remembered what they say: the stages ask the same of the same lines."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One full date on a line, what its label says it is, and label and date as printed (no counts)."""

    stamp: Stamp
    role: Role
    evidence: str
    labelled: bool

    @property
    def start(self) -> int:
        """Where its label begins, or the date if it has none."""
        return self.stamp.end - len(self.evidence)


@dataclass(frozen=True, slots=True)
class Beside:
    """A piece `start:end` of a line beside its dates. What no bar parts, before and behind a date, is of one `group`."""

    start: int
    end: int
    group: int


def unlabelled_dates(line: str) -> tuple[tuple[str, str], ...]:
    """The dates of a line that no label says to be an article's or a document's: local value, and `month` or `day` where the
    numbers prove which of them stands first (else empty).
    """
    return tuple(
        (mention.stamp.value, mention.stamp.order) for mention in mentions(line) if mention.role in ("plain", "clock")
    )


def mentions(line: str, *, month_first: bool = False) -> tuple[Mention, ...]:
    """Every full date of `line` with its role, in order. `month_first` as for `read_dates`."""
    stamps = read_dates(line, month_first=month_first)
    return _mentions(line, stamps) if stamps else ()


def _mentions(line: str, stamps: tuple[Stamp, ...]) -> tuple[Mention, ...]:
    found: list[Mention] = []
    floor = 0
    for stamp in stamps:
        from_ = max(floor, stamp.start - _LABEL_BACK)
        label = LABEL_BEFORE.search(line[from_ : stamp.start])
        role: Role = "plain"
        start = stamp.start
        if label:
            role = next(name for name in _ROLES if label[name] is not None)
            start = from_ + label.start()
            if line[start].islower() and line[:start].strip() and (capital := _CAPITAL.search(label[0])):
                start += capital.start()  # `Ban Văn hóa - Thông tin Ngày đăng 12/05/2024`
        found.append(Mention(stamp, role, line[start : stamp.end], labelled=role != "plain"))
        floor = stamp.end
    return tuple(found)


def without_dates(text: str) -> str:
    """A text without its dates and what belongs to them; as it is if it has none."""
    return " ".join(text[cell.start : cell.end] for cell in beside_dates(text)) if mentions(text) else text


def beside_dates(line: str) -> tuple[Beside, ...]:
    """What a line says beside its dates: cells that are no date, label, count or button, as they stand, in order.

    `Lê Hân Cập nhật lúc: 15:20 | 12/05/2024 | Lượt xem: 8` says `Lê Hân`. Of a line without a date these are its cells.
    """
    return _beside_dates(line) if len(line) <= _LONGEST_LINE else _find_beside(line)


def _find_beside(line: str) -> tuple[Beside, ...]:
    found: list[Beside] = []
    group, floor = 0, 0
    for start, end in [*((mention.start, mention.stamp.end) for mention in mentions(line)), (len(line), len(line))]:
        for cell in _CELL.finditer(line, floor, start):
            group += cell.start() > floor
            text = _countless(cell[0]).rstrip(_EDGE)
            if text.count("(") > text.count(")") and cell[0][len(text) :].startswith(")"):
                text += ")"  # `Lê Hân (tổng hợp) 12/05/2024`
            lead = len(text) - len(text.lstrip(_EDGE))
            if text.strip() and not _is_bare(text, poster=False):
                found.append(Beside(cell.start() + lead, cell.start() + len(text), group))
        floor = end
    return tuple(found)


def _countless(cell: str) -> str:
    """A cell without the counts that end it."""
    if not _COUNT_LAST.search(cell):
        return cell
    return next((cell[: run.start()] for run in _COUNTS.finditer(cell) if run.end() == len(cell)), cell)


_beside_dates = lru_cache(maxsize=_REMEMBERED)(_find_beside)


def join_labels(lines: Sequence[str]) -> list[str]:
    """Lines that are one statement put together: a bare label (`Cập nhật:`) with the date line that follows it, and a day
    with the time of day that stands in an element of its own behind or before it.
    """
    joined: list[str] = []
    for line in lines:
        last = joined[-1] if joined else ""
        if last and ((LABEL_BEFORE.fullmatch(last) and is_date_line(line)) or _day_and_time(last, line)):
            joined[-1] = f"{last} {line}"
        elif is_time(last) and _is_day(line):
            joined[-1] = f"{line} {last}"
        else:
            joined.append(line)
    return joined


def _day_and_time(day: str, time: str) -> bool:
    return is_time(time) and _is_day(day)


def _is_day(line: str) -> bool:
    """Whether a date line prints one day without a time, and nothing behind it."""
    stamps = read_dates(line)
    return (
        len(stamps) == 1 and stamps[0].precision == "day" and stamps[0].end == len(line.rstrip()) and is_date_line(line)
    )


def names_time(text: str) -> bool:
    """Whether a text has what each date line has: a year, or so many hours or days gone by."""
    return _DATED.search(text) is not None


def times_told(text: str, day: str) -> dict[str, bool]:
    """All that a text says of time, as it is printed: its dates, and how long ago something was; and of each whether it is this
    day (`2026-11-03`; empty: none is).
    """
    told = {stamp.literal: bool(day) and stamp.value.startswith(day) for stamp in read_dates(text)}
    return told | {found[0]: False for found in _GONE_BY.finditer(text)}


def is_date_line(text: str) -> bool:
    """Whether the whole line is a date line: a full or relative date with nothing but label, weekday, counts and buttons.

    `Hải Phòng, ngày 24 tháng 01 năm 2020` is none: it belongs to a document. Nor is a line with a byline: part it first.
    """
    return len(text) <= _LONGEST_LINE and _is_date_line(text)


@lru_cache(maxsize=8192)
def _is_date_line(text: str) -> bool:
    if not names_time(text):
        return False
    stamps = read_dates(text)
    if not stamps:
        relative = find_relative(text)
        return relative is not None and _is_bare(text[: relative.start()] + " " + text[relative.end() :])
    around = _around(text, stamps)
    parted = _parted(around)
    return _is_bare(around) or (parted != around and _is_bare(parted))


def is_side_line(text: str) -> bool:
    """Whether a short line holds nothing but what stands beside a date: counts, buttons, text size, sharing.

    `1.723`, `Lượt xem: 12`, `Cỡ chữA-A+Đọc bài viết` (seals and buttons lose the space between them).
    """
    return 0 < len(text) <= _LONGEST_SIDE and _is_side_line(text)


@lru_cache(maxsize=2048)
def _is_side_line(text: str) -> bool:
    return is_time(text) or _is_bare(_parted(text))


def stands_alone(line: str, mention: Mention) -> bool:
    """Whether an unlabelled date is the date of its line: a date line, or set beside a short text such as a byline."""
    stamp = mention.stamp
    if is_date_line(line):
        return True
    before, behind = line[: stamp.start], line[stamp.end :]
    bare_before, bare_behind = _is_bare(before), _is_bare(behind)
    if not (bare_before or bare_behind) or len(line) > _LONGEST_LINE:
        return False
    rest = behind if bare_before else before
    if len(rest) > 80 or _CITATION.search(rest):
        return False
    if not bare_before and before.rstrip().endswith(":"):
        return False  # a label that nobody knows: `Hạn nộp hồ sơ: …`
    if is_told(line, mention):
        return False
    if "T" in stamp.value and not _HOUR_WORD.search(stamp.literal):
        return True
    if bare_before and len(rest) <= 40 and not _DAY_WORD.search(before):
        return True  # `12 Th5 2024 admin Tin tức`
    return bool(_PARTED.search(rest)) or _is_capitalised(rest)


def is_told(line: str, mention: Mention) -> bool:
    """Whether words lead up to an unlabelled date: `Hải Phòng, ngày …`, `Lịch cắt điện ngày …` name the day of something."""
    before = line[: mention.stamp.start]
    return (mention.role == "plain" and _LED_UP_TO.search(before) is not None) and not (
        ":" in before or is_date_line(line)
    )


def glued_to(title: str, mention: Mention) -> bool:
    """Whether a title ends in the date in brackets: `… năm 2022" (22/08/2022)`."""
    stamp = mention.stamp
    return bool(
        _GLUED.search(title[: stamp.start]) and _CLOSED.match(title, stamp.end) and title[: stamp.start].strip("([ ")
    )


def _around(text: str, stamps: tuple[Stamp, ...]) -> str:
    pieces: list[str] = []
    floor = 0
    for stamp in stamps:
        pieces.append(text[floor : stamp.start])
        floor = stamp.end
    pieces.append(text[floor:])
    return " ".join(pieces)


def _is_bare(text: str, *, poster: bool = True) -> bool:
    """Nothing but labels, counts and punctuation; `poster`: or who put it on line."""
    lower = text.lower() if poster else ""
    if any(word in lower for word in _POSTED):
        rest: str | None = _POSTER.sub(" ", BESIDE_DATE.sub(" ", text))
    else:
        rest = _wordless(text)
    return rest is not None and not _WORD.search(_COUNT.sub(" ", rest))


def _wordless(text: str) -> str | None:
    """A text without what may stand beside a date; None at its first word that may not: of most texts that is the first."""
    rest: list[str] = []
    floor = 0
    while (letter := _LETTER.search(text, floor)) is not None:
        # All that may stand beside a date begins with a letter.
        found = BESIDE_DATE.match(text, letter.start())
        if found is None:
            return None
        rest.append(text[floor : found.start()])
        floor = found.end()
    return " ".join((*rest, text[floor:]))


def _parted(text: str) -> str:
    """A text with spaces where seals and buttons have lost theirs."""
    return _GLUED_SIGN.sub(r"\g<0> ", _GLUED_CAPITAL.sub(r" \g<0>", text))


def _is_capitalised(text: str) -> bool:
    words = text.split()
    return 0 < len(words) <= 6 and all(word[0].isupper() or not word[0].isalpha() for word in words)
