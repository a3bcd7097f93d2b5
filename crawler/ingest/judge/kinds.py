"""What kind of article a page is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.ingest.blocks import Block
from crawler.ingest.judge.case import SHORT, SLIGHT, Case, letters
from storage.records import Kind
from storage.text import fold

_DOCUMENT = re.compile(
    r"^(?:quyet dinh|nghi quyet|nghi dinh|thong tu|chi thi|quy che|quy dinh|quy uoc|huong uoc|noi quy|dieu le|ke hoach"
    r"|chuong trinh|de an|cong van|cong dien|bao cao|to trinh|bien ban|huong dan|phuong an|du thao|van ban)\b"
)
_FORM = re.compile(
    r"^(?:(?:bieu )?mau (?:don|to|phieu|bieu|so|bao cao|ke khai|giay|hop dong|bien ban|van ban)|bieu mau|to khai"
    r"|don (?:de nghi|xin|dang ky)|phieu (?:dang ky|de nghi|khai|ke khai|thu thap|yeu cau|lay y kien))\b"
)
_NOTICE = re.compile(r"^(?:thong bao|thong cao|thu moi|giay moi|thu keu goi|niem yet|lich(?! su)|moi)\b")
_ANNOUNCES = re.compile(
    r"\b(?:thong bao|kinh moi|de nghi|yeu cau|thong cam|se (?:to chuc|duoc|tien hanh|tam|ngung|cat|dien ra)|tam (?:ngung|dung)"
    r"|tiep nhan|han cuoi|thoi han)\b"
)
_NUMBER = re.compile(
    r"\bsố\s*:?\s*[\d…._]*\s*/\s*(?:\d{4}/)?(?:QĐ|CV|KH|BC|NQ|TTr|TB|GM|HD|CT|NĐ|TT|UBND|HĐND)", re.IGNORECASE
)
_NUMBER_FIRST = re.compile(r"^(?:văn bản |công văn )?số\s*:?\s*\d", re.IGNORECASE)
_ARTICLE_OF_LAW = re.compile(r"điều\s+\d{1,2}\s*[.:]", re.IGNORECASE)
_BLANK = re.compile(r"[.…_]{4,}")
_MOTTO = "cong hoa xa hoi chu nghia viet nam"


def kind_of(case: Case) -> Kind:
    """`document` for texts of law, plans, forms and pages that only offer files, `gallery` for pictures, `notice` for
    announcements, else `article`.
    """
    title = fold(case.title).strip(" .:\"'“”")
    texts = [block for block in case.blocks if block.kind != "caption"]
    length = letters(texts)
    if _is_document(case, title, texts, length):
        return "document"
    if case.images >= 3 and length < max(SLIGHT, 60 * case.images):
        return "gallery"
    if _NOTICE.match(title) and length < 3 * SHORT:
        return "notice"
    if not texts and case.attachments and not case.images:
        return "document"
    # A single sentence announces something, or it is short news.
    single = length < SLIGHT and len(texts) <= 1 and not case.images and not case.attachments
    return "notice" if single and _ANNOUNCES.search(fold(" ".join(block.text for block in texts))) else "article"


def _is_document(case: Case, title: str, texts: Sequence[Block], length: int) -> bool:
    """Whether the page shows a document itself, or nothing but one to load; news about a decision begin in another way."""
    head = texts[:8]
    if any(_MOTTO in fold(block.text) for block in head):
        return True
    if _FORM.match(title) and (case.attachments or _blanks(texts)):
        return True
    named = _DOCUMENT.match(title) is not None
    if _NUMBER_FIRST.match(case.title) or (named and _NUMBER.search(case.title)):
        return True
    if named and any(_NUMBER.match(block.text) or fold(block.text).startswith("can cu ") for block in head):
        return True
    if named and case.attachments and length < SHORT:
        return True
    return named and sum(_ARTICLE_OF_LAW.match(block.text) is not None for block in texts) >= 2


def _blanks(texts: Sequence[Block]) -> bool:
    """Whether lines are left open to be filled in."""
    return sum(_BLANK.search(block.text) is not None for block in texts) >= 3
