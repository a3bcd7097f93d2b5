"""Is the page a list of others?"""

from __future__ import annotations

import re

from crawler.ingest.judge.case import SHORT, Case, headline_sighted, letters, tells
from storage.text import fold

_PAGER = re.compile(
    r"[\s\d«»‹›<>|.…\[\]()-]*(?:trang|tiep|sau|truoc|dau|cuoi|ke|next|prev|previous|last|first|older|newer|page)?[\s\d«»‹›<>|.…-]*(?:theo|posts|tin)?"
)

_MORE = 3
"""Links to read on from which a page is a list: a text has one, to its source."""


def a_list(case: Case) -> str:
    """Most of the text stands in headline links and their excerpts, or several dated items do."""
    if case.purpose == "listing" and case.claim != "article" and not headline_sighted(case) and not tells(case):
        return "listing"
    blocks = sum(block.linked >= 0.8 and len(block.text) >= 20 for block in case.blocks)
    # Rows of files are links, too, but lead to no other pages.
    links = min(blocks, case.listed)
    texts = [block for block in case.blocks if block.linked < 0.5 and len(block.text) >= 60 and block.kind != "caption"]
    if case.claim == "list" and (links >= 2 or case.items >= 2):
        return "listing"
    if case.claim != "article" and (_repeats(case) or _reads_on(case) or _paged(case)):
        return "listing"
    announced = headline_sighted(case, strictly=True) and bool(texts)
    if links >= 3 and not announced and (links >= 0.5 * len(texts) or case.purpose == "listing"):
        return "listing"
    if case.dated_lines >= 3 and links >= 2 and links >= 0.3 * len(texts):
        return "listing"
    return "listing" if case.headlines >= 4 and not texts and not _shows(case) else ""


def _shows(case: Case) -> bool:
    """Whether a page without a longer paragraph may be an article, though headlines of others stand on it."""
    return bool(case.attachments or case.captions) or headline_sighted(case) or tells(case)


def _repeats(case: Case) -> bool:
    """Whether the page consists of items: several of one look, or few with a link to read on.

    Text between headline and items is an article's, and the items its related list; only a short introduction of a section that
    is no headline of any list may stand there.
    """
    sighted = headline_sighted(case, strictly=True)
    if case.before >= 40 and (headline_sighted(case) or case.before >= 400 or case.excerpts < case.items - 1):
        return False
    if case.items >= 3 and case.item_share >= 0.6 and (case.excerpts >= 2 or case.outside < 100):
        return not (sighted and case.excerpts == 0 and (letters(case.blocks) > 0 or case.attachments))
    bare = case.excerpts >= 2 and case.outside < 100
    if case.items >= 2 and case.item_share >= 0.5 and (case.more or case.leads_away or bare) and not sighted:
        return True
    return case.leads_away and letters(case.blocks) < SHORT and not sighted


def _reads_on(case: Case) -> bool:
    """Whether several links lead on from excerpts, under headlines that are no links themselves."""
    return case.more >= _MORE and not case.attachments and not headline_sighted(case)


def _paged(case: Case) -> bool:
    """Whether the page is known only as a further part of another: every mention of it is a page number."""
    anchors = [fold(sighting.anchor) for sighting in case.sightings if sighting.source == "listing"]
    return bool(anchors) and all(_PAGER.fullmatch(anchor) for anchor in anchors)
