"""Pages that stand for ever: introductions, contacts, tables of leaders."""

from __future__ import annotations

import re

from crawler.ingest.blocks import Block
from crawler.ingest.judge.case import SHORT, Case, headline_sighted, letters, sign_of
from storage.text import fold

_CONTACT = re.compile(
    r"(?:\+84|\b0)\d(?:[ .-]?\d){7,9}\b|[\w.+-]@[\w-]+\.\w"
    r"|\b(?:bi thu|chu tich|truong ban|pho ban|chanh van phong|truong phong|pho phong|uy vien|cong chuc|chuyen vien|van thu"
    r"|ke toan|thu quy|chi huy (?:truong|pho)|truong cong an|giam doc|hieu truong|tram truong|to truong|truong thon"
    r"|dai bieu|can bo|chuc vu|dien thoai|e-?mail)\b"
)
_SENTENCE = re.compile(r"[.!?…;]['\"”’)]*$")
_OCCASION = re.compile(
    r"\d|^(?:thong bao|lich|danh sach|ket qua|quyet dinh|ke hoach|cong bo|niem yet|bao cao|nghi quyet|huong dan)\b"
)
_MENU_WORDS = 8
"""Words of the longest entries of menus."""
_ENTRIES = 3
"""Lines of persons or offices from which a page without any text is a directory."""


def standing(case: Case) -> str:
    """Pages that stand for ever: no date anywhere, never a headline on a list."""
    title = fold(case.title).strip(" .:-")
    sighted = headline_sighted(case)
    published = case.dates.published
    # A date on a list counts only with a headline: editors' names and sections stand beside dates, too.
    printed = published is not None and published.basis in ("printed", "embedded") and published.source != "listing"
    if any(sighting.source == "feed" for sighting in case.sightings):
        return ""
    listed = any(sighting.date_text for sighting in case.sightings)
    if not listed and (sign_of(title, "title") == "static" or (not printed and _is_directory(case))):
        return "static"
    if case.everywhere and not (listed or printed) and _names_a_section(title):
        return "static"
    if sighted or printed or case.claim == "article":
        return ""
    if case.dates.updated is not None and case.dates.updated.basis in ("printed", "embedded"):
        return ""
    if case.fields and letters(case.blocks) < SHORT:
        return "form"
    if case.purpose == "article" or (len(title.split()) >= 8 and (case.dates.event_date or published is not None)):
        return ""
    return "static"


def _names_a_section(title: str) -> bool:
    """Whether a title is as short as an entry of a menu and names no occasion; a notice pinned to every page does."""
    return len(title.split()) <= _MENU_WORDS and not re.search(r"\d", title)


def _is_directory(case: Case) -> bool:
    """Whether an undated page consists of persons and offices, under a title that names no occasion.

    A menu may call it by as many words as a headline has. A duty roster or a list of candidates has its day, its year or its
    kind in the title, and an article about a staff tells of it in sentences.
    """
    if case.attachments or case.dates.event_date or _OCCASION.search(fold(case.title)):
        return False
    blocks = [block for block in case.blocks if block.kind != "caption"]
    entries = [block for block in blocks if not _is_prose(block) and _CONTACT.search(fold(block.text))]
    prose = letters(block for block in blocks if _is_prose(block))
    return len(entries) >= _ENTRIES and prose <= 0.25 * letters(blocks)


def _is_prose(block: Block) -> bool:
    return block.kind != "row" and len(block.text) >= 60 and _SENTENCE.search(block.text) is not None
