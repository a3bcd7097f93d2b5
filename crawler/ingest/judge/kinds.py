"""What kind of article a page is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.ingest.blocks import Block
from crawler.ingest.judge.case import SHORT, SLIGHT, Case, letters
from storage.records import Kind
from storage.text import fold

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
_MOTTO = "cong hoa xa hoi chu nghia viet nam"


def kind_of(case: Case) -> Kind:
    """`document` for decisions, letters and the like, `gallery` for pictures, `notice` for short announcements."""
    title = fold(case.title)
    texts = [block for block in case.blocks if block.kind != "caption"]
    length = letters(texts)
    head = [fold(block.text) for block in texts[:8]]
    if any(_MOTTO in text for text in head) or _NUMBERED.search(case.title):
        return "document"
    if case.images >= 3 and length < max(SLIGHT, 60 * case.images):
        return "gallery"
    if title.startswith(("thong bao", "thu moi", "giay moi")) and length < 3 * SHORT:
        return "notice"
    if _DOCUMENT_TITLE.match(title) and (case.attachments or _numbered(texts)):
        return "document"
    if sum(_ARTICLE_OF_LAW.match(block.text) is not None for block in texts) >= 2 and _DOCUMENT_WORD.match(title):
        return "document"
    if length < SLIGHT and len(texts) <= 1 and not case.images and not case.attachments:
        return "notice"
    return "article"


def _numbered(blocks: Sequence[Block]) -> bool:
    return any(_NUMBERED.search(block.text) for block in blocks[:8])
