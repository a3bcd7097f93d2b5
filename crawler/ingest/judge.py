"""JUDGE: is this page one article, and of what kind? By evidence that any portal gives, not by lists of sites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from urllib.parse import urlsplit

from crawler import platforms
from crawler.ingest.blocks import Block
from storage.records import Dates, Kind, Portal, Purpose, Sighting
from storage.text import fold

_PAGER = re.compile(
    r"[\s\d«»‹›<>|.…\[\]()-]*(?:trang|tiep|sau|truoc|dau|cuoi|ke|next|prev|previous|last|first|older|newer|page)?[\s\d«»‹›<>|.…-]*(?:theo|posts|tin)?"
)
_VOTES = re.compile(r"\d\s?%|phiếu")
_HOME = re.compile(
    r"^/?$|^(?:.*/)?(?:index|default|home|trang-?chu|main)(?:\.(?:html?|aspx?|php|jsp|htx))?/?$", re.IGNORECASE
)
_PRINT = re.compile(
    r"/(?:print|savefile|in-bai|printitem|print\.aspx)(?:/|\.|$)|[?&](?:print|printable|in)=(?:1|true|yes)|tmpl=component|p_p_mode=print",
    re.IGNORECASE,
)
_DOCUMENT_TITLE = re.compile(
    r"^(?:quyet dinh|cong van|ke hoach|bao cao|nghi quyet|to trinh|giay moi|huong dan|chi thi|thong bao|bien ban|cong dien"
    r"|quy che)"
    r"(?:\s+(?:so|ve|v/v|ban hanh|phe duyet|cong bo|trien khai|ket qua|tinh hinh|thuc hien)\b|\s*:|$)"
)
_DOCUMENT_WORD = re.compile(r"^(?:quyet dinh|nghi quyet|quy che|quy dinh|quy uoc|huong uoc|noi quy|dieu le|ke hoach)\b")
_ARTICLE_OF_LAW = re.compile(r"điều\s+\d{1,2}\s*[.:]", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\bsố\s*:?\s*[\d…._]*\s*/\s*(?:\d{4}/)?(?:QĐ|CV|KH|BC|NQ|TTr|TB|GM|HD|CT|UBND|HĐND)", re.IGNORECASE
)
CURABLE = frozenset(
    {
        "listing",
        "static",
        "form",
        "no-title",
        "search",
        "refused-address",
        "error-page",
        "blocked",
        "maintenance",
        "soft-404",
    }
)
"""Reasons for which a page is no article unless a list or feed calls it by a headline: it may do so later."""

_MOTTO = "cong hoa xa hoi chu nghia viet nam"
_SHORT = 600
_SLIGHT = 250


@lru_cache(maxsize=1)
def signs() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """`(reason, where, pattern)` of `nonarticles.tsv`: what pages say that are no articles, over folded text."""
    text = files(__package__).joinpath("nonarticles.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return tuple((reason, where, re.compile(fold(pattern))) for reason, where, pattern in rows)


def _sign_of(folded: str, where: str) -> str:
    return next((reason for reason, place, pattern in signs() if place == where and pattern.search(folded)), "")


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged: the page as read, and the mentions of it. `own` are characters of the page's own text."""

    url: str
    portal: Portal
    purpose: Purpose
    sightings: tuple[Sighting, ...]
    title: str
    title_on_page: bool
    doc_title: str
    blocks: tuple[Block, ...]
    captions: int
    attachments: int
    images: int
    headlines: int
    dated_lines: int
    fields: tuple[str, ...]
    claim: str
    items: int
    item_share: float
    excerpts: int
    outside: int
    before: int
    more: int
    leads_away: bool
    first: tuple[str, ...]
    dates: Dates


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the page is one article, why not, and its kind if it is."""

    article: bool
    reason: str = ""
    kind: Kind = "article"


def judge(case: Case) -> Judgement:
    """One article or not. A notice of one sentence, a file alone, a table or pictures with captions are articles."""
    reason = _broken(case) or _tool(case) or _list(case) or _empty(case) or _static(case)
    return Judgement(False, reason) if reason else Judgement(True, "", kind(case))


def _letters(blocks: Iterable[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _broken(case: Case) -> str:
    """Error, maintenance and block pages that came with status 200."""
    heads = [case.title, case.doc_title]
    body = _letters(case.blocks)
    texts = heads + ([block.text for block in case.blocks[:3]] + list(case.first[:4]) if body < _SHORT else [])
    # In a long text of its own such words are news about a website, and so they are in a headline that a list announced.
    if body >= 2 * _SHORT or _is_headline_of_a_list(case):
        return ""
    return next(filter(None, (_sign_of(fold(text)[:300], "text") for text in texts)), "")


def _tool(case: Case) -> str:
    parts = urlsplit(case.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    platform = platforms.find(case.portal.platform)
    if _PRINT.search(target):
        return "print-copy"
    if platform is not None and platform.is_refused(target) and not _headline_sighted(case):
        return "refused-address"
    below = parts.path.removeprefix(case.portal.scope.rstrip("/"))
    if _HOME.match(below) and not parts.query:
        return "home"
    sign = _sign_of(fold(case.title).strip(" .:"), "title")
    if sign == "login" or ("password" in case.fields and _letters(case.blocks) < _SHORT):
        return "login"
    if sign == "search" and not _headline_sighted(case):
        return "search"
    body = " ".join(block.text for block in case.blocks)
    if case.title.endswith("?") and len(body) < _SLIGHT and len(_VOTES.findall(body)) >= 2:
        return "poll"
    return ""


def _list(case: Case) -> str:
    """Most of the text stands in headline links and their excerpts, or several dated items do."""
    if case.purpose == "listing" and case.claim != "article" and not _headline_sighted(case) and not _tells(case):
        return "listing"
    links = [block for block in case.blocks if block.linked >= 0.8 and len(block.text) >= 20]
    texts = [block for block in case.blocks if block.linked < 0.5 and len(block.text) >= 60 and block.kind != "caption"]
    if case.claim == "list" and (len(links) >= 2 or case.items >= 2):
        return "listing"
    if case.claim != "article" and (_repeats(case) or _paged(case)):
        return "listing"
    announced = _headline_sighted(case, strictly=True) and bool(texts)
    if len(links) >= 3 and not announced and (len(links) >= 0.5 * len(texts) or case.purpose == "listing"):
        return "listing"
    if case.dated_lines >= 3 and len(links) >= 2 and len(links) >= 0.3 * len(texts):
        return "listing"
    bare = _letters(texts) == 0
    if bare and case.headlines >= 4 and not case.attachments and not case.captions and not _headline_sighted(case):
        return "listing"
    return ""


def _tells(case: Case) -> bool:
    """Whether a dated text, not another headline, follows the headline: what an article does, whatever it was asked as."""
    published = case.dates.published or case.dates.updated
    dated = published is not None and published.source in ("head-line", "jsonld", "microdata", "page-update")
    return dated and case.title_on_page and not case.leads_away and _letters(case.blocks) >= 40


def _repeats(case: Case) -> bool:
    """Whether the page consists of items: several of one look, or few with a link to read on.

    Text between headline and items is an article's, and the items its related list; only a short introduction of a section that
    is no headline of any list may stand there.
    """
    sighted = _headline_sighted(case, strictly=True)
    if case.before >= 40 and (_headline_sighted(case) or case.before >= 400 or case.excerpts < case.items - 1):
        return False
    if case.items >= 3 and case.item_share >= 0.6 and (case.excerpts >= 2 or case.outside < 100):
        return not (sighted and case.excerpts == 0 and _letters(case.blocks) > 0)
    bare = case.excerpts >= 2 and case.outside < 100
    if case.items >= 2 and case.item_share >= 0.5 and (case.more or case.leads_away or bare) and not sighted:
        return True
    return case.leads_away and _letters(case.blocks) < _SHORT and not sighted


def _paged(case: Case) -> bool:
    """Whether the page is known only as a further part of another: every mention of it is a page number."""
    anchors = [fold(sighting.anchor) for sighting in case.sightings if sighting.source == "listing"]
    return bool(anchors) and all(_PAGER.fullmatch(anchor) for anchor in anchors)


def _empty(case: Case) -> str:
    if not case.title:
        return "no-title"
    text = _letters(block for block in case.blocks if block.linked < 0.8)
    if text < 2 and not case.attachments and not case.images:
        return "empty"
    return ""


def _static(case: Case) -> str:
    """Pages that stand for ever: no date anywhere, never a headline on a list."""
    title = fold(case.title).strip(" .:-")
    sighted = _headline_sighted(case)
    published = case.dates.published
    # A date on a list counts only with a headline: editors' names and sections stand beside dates, too.
    printed = published is not None and published.basis in ("printed", "embedded") and published.source != "listing"
    if any(sighting.source == "feed" for sighting in case.sightings):
        return ""
    if _sign_of(title, "title") == "static" and not any(sighting.date_text for sighting in case.sightings):
        return "static"
    if sighted or printed or case.claim == "article":
        return ""
    if case.dates.updated is not None and case.dates.updated.basis in ("printed", "embedded"):
        return ""
    if case.fields and _letters(case.blocks) < _SHORT:
        return "form"
    if case.purpose == "article" or (len(title.split()) >= 8 and (case.dates.event_date or published is not None)):
        return ""
    return "static"


def _is_headline_of_a_list(case: Case) -> bool:
    """Whether a list mentions the page by the very title it bears."""
    title = fold(case.title)
    return any(
        len(anchor) >= 12 and (anchor in title or title in anchor)
        for anchor in (fold(sighting.anchor) for sighting in case.sightings)
        if len(title) >= 12
    )


def _headline_sighted(case: Case, *, strictly: bool = False) -> bool:
    """Whether a list or feed mentioned the page as a headline: long words, or words with a date.

    `strictly` leaves out what a menu may say of a section as well.
    """
    title = fold(case.title)
    for sighting in case.sightings:
        if sighting.source == "sitemap":
            continue
        anchor = fold(sighting.anchor)
        words = sum(any(char.isalnum() for char in word) for word in anchor.split())
        if sighting.source == "feed" or words >= 6:
            return True
        same = bool(anchor) and (anchor in title or title in anchor)
        if not strictly and ((sighting.date_text and words >= 2) or (same and words >= 5)):
            return True
    return False


def kind(case: Case) -> Kind:
    """`document` for decisions, letters and the like, `gallery` for pictures, `notice` for short announcements."""
    title = fold(case.title)
    texts = [block for block in case.blocks if block.kind != "caption"]
    letters = _letters(texts)
    head = [fold(block.text) for block in texts[:8]]
    if any(_MOTTO in text for text in head) or _NUMBERED.search(case.title):
        return "document"
    if case.images >= 3 and letters < max(_SLIGHT, 60 * case.images):
        return "gallery"
    if title.startswith(("thong bao", "thu moi", "giay moi")) and letters < 3 * _SHORT:
        return "notice"
    if _DOCUMENT_TITLE.match(title) and (case.attachments or _numbered(texts)):
        return "document"
    if sum(_ARTICLE_OF_LAW.match(block.text) is not None for block in texts) >= 2 and _DOCUMENT_WORD.match(title):
        return "document"
    if letters < _SLIGHT and len(texts) <= 1 and not case.images and not case.attachments:
        return "notice"
    return "article"


def _numbered(blocks: Sequence[Block]) -> bool:
    return any(_NUMBERED.search(block.text) for block in blocks[:8])
