"""Which link, frame or button offers a document, where that document is, and the words that stand round it."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.ingest.flow import Anchor
from crawler.links.documents import KINDS, is_file, viewed
from crawler.links.keys import absolute, ask_form
from storage.text import fold, normalise

_SIZE = r"[(\[]?\s*[\d.,]+\s*(?:bytes?|[kmg]b)\s*[)\]]?"
_NAMED = re.compile(rf"[^\s/]\.(?:{KINDS}|png|jpe?g)\s*(?:{_SIZE})?$", re.IGNORECASE)
_SAID = re.compile(r"^(?:tai (?:ve|xuong|file|tep|tai lieu|van ban|toan van)|download)\b.{0,24}$")
_PAGE = re.compile(r"(?:\.(?:html?|htx|aspx?|php|jsp)|/)$", re.IGNORECASE)
_NOWHERE = ("javascript:", "mailto:", "tel:", "data:")
_WORD = re.compile(r"[^\W\d_]+")
# Words, folded, of labels, buttons and sizes; a line of nothing else that has one of the second kind speaks of files.
_LABEL_WORDS = """
    attach attached attachment attachments b ban bam bieu bytes byte ca cac chi click co dang day de den dinh doc docx download
    du dung duoc duoi excel file files gb goc gom goi here hien in kb kem kich lien lieu link loai luc luong luot mau may mb mo
    mot nhan noi o open pdf phan phu ppt pptx rar sau sinh size so stt tai tap tat te tep thi theo thuoc tiet tin toan trang
    trinh truc truoc tt tuyen va van vao ve view word xem xls xlsx xuong zip
"""
_OF_LABELS = frozenset(_LABEL_WORDS.split())
_OF_FILES = re.compile(
    r"\b(?:tep|files?|dinh kem|kem theo|tai (?:ve|xuong|file|tep|lieu)|download|dung luong|kich thuoc|kich co|attach\w*|[kmg]b"
    r"|bytes|xem (?:chi tiet|truoc|toan van|van ban)|tai day|vao day|van ban (?:goc|day du)|toan van|pdf|luot tai)\b"
    r"|^(?:xem|mo|open|view|word|excel)$"
)
_LABEL = 80
"""Characters of the longest label."""
_OPENS = re.compile(
    r"^(?:cac |danh sach )?(?:tep|tap tin|file|tai lieu|van ban|phu luc)s?(?: tin)?\b.{0,24}(?:\bkem\b.{0,8}|:$)|^tai ve\s*:?$"
)

_MAY_HEAD = re.compile(r"^(?:cac )?(?:tep|tap tin|files?|tai lieu|van ban|phu luc|noi dung)(?: tin)? lien quan\W*$")


def offers(anchor: Anchor) -> bool:
    """Whether link or frame offers a document: by its address, its markup, its icon or its words.

    A frame must show one: by its address, or with a viewer's.
    """
    return _offers(anchor.href, anchor.raw, anchor.offered, anchor.embed)


@lru_cache(maxsize=4096)
def _offers(href: str, raw: str, offered: bool, embed: bool) -> bool:
    href = href.strip()
    if not href or href.startswith("#") or href[:11].lower().startswith(_NOWHERE):
        return False
    if is_file(href) or offered or viewed(href, framed=embed):
        return True
    if embed:
        return False
    text = normalise(raw)
    if len(text) <= 160 and _NAMED.search(text):
        return not _PAGE.search(href)
    return len(text) <= 40 and _SAID.match(fold(text)) is not None and not _PAGE.search(href)


def may_offer(anchor: Anchor) -> bool:
    """Whether a link may lead to a document where the words before it say so: to no page by its name."""
    href = anchor.href.strip()
    if not href or href.startswith("#") or href[:11].lower().startswith(_NOWHERE):
        return False
    return not anchor.embed and _PAGE.search(href.partition("?")[0]) is None


def target(anchor: Anchor, base: str) -> str:
    """The address of the document that is offered, escaped, taken out of a viewer's where one shows it."""
    href = anchor.href.strip()
    found = absolute(viewed(href, framed=anchor.embed) or href, base)
    return ask_form(found, found) if found else ""


def is_file_name(text: str) -> bool:
    """Whether a text is the name of a document as it is stored, its size behind it or not."""
    return len(text) <= 160 and _NAMED.search(text) is not None


def is_wordless(folded: str) -> bool:
    """Whether folded text has no words but those of labels, buttons and sizes: nothing that names a document."""
    return len(folded) <= _LABEL and all(word in _OF_LABELS for word in _WORD.findall(folded))


def speaks_of_files(folded: str) -> bool:
    """Whether folded text has a word of files, loading or sizes."""
    return _OF_FILES.search(folded) is not None


def is_label(folded: str) -> bool:
    """Whether folded text only speaks of files: a heading above them, a button, a size."""
    return is_wordless(folded) and speaks_of_files(folded)


def heads_files(folded: str) -> bool:
    """Whether folded text is a heading above files, such as `tep dinh kem:`."""
    return is_label(folded) and _OPENS.match(folded) is not None


def may_open_files(folded: str) -> bool:
    """Whether what stands before a colon, or else all of the text, is short enough for a heading above files."""
    end = folded.find(":")
    return (len(folded) if end < 0 else end) < _LABEL + 1


def opens_files(folded: str) -> bool:
    """Whether folded text is a heading above files, or begins with one and a colon."""
    label, colon, _ = folded.partition(":")
    return heads_files(label + colon)


def may_head_files(folded: str) -> bool:
    """Whether folded text is a heading of the article's own files or of other pages; what stands below it tells which."""
    return _MAY_HEAD.match(folded) is not None
