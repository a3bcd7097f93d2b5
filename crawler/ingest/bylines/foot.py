"""The end of a text: its byline, source line and rights notice come off, everything else stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.ingest.blocks import Block
from crawler.ingest.bylines.head import split_head
from crawler.ingest.bylines.labels import Byline, read_byline
from crawler.ingest.bylines.names import LONGEST, names_in
from crawler.ingest.bylines.words import (
    CAPTION,
    CONTACT,
    DOCUMENT,
    DOCUMENT_SIGNED,
    MAIL,
    NO_NAME,
    NOTICE,
    OFFICE,
    PHONE,
    REISSUED,
)

_LAST_LINES = 4
_SHORTEST_PROSE = 40
_LONGEST_NOTICE = 300
_LONGEST_SIGNATURE = 120


@dataclass(frozen=True, slots=True)
class Signed:
    """A body without its byline, and what the byline says. `byline_lines` as printed, in their order.

    `sources` are where the text was taken from (`Nguồn: …`, `Theo TTXVN`); `rights_notice` the portal's own `Ghi rõ nguồn …`.
    """

    body: tuple[Block, ...]
    authors: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    byline_lines: tuple[str, ...] = ()
    rights_notice: str = ""
    sources: tuple[str, ...] = ()


def sign(blocks: Sequence[Block], *, title: str) -> Signed:
    """Takes the byline, the source line and the rights notice off the end of a body.

    Looks at the last four lines that are no captions, and for a labelled byline at the first. Leaves everything where no text
    would remain.
    """
    notices = [at for at in range(max(0, len(blocks) - 6), len(blocks)) if _is_notice(blocks[at].text)]
    texts = [at for at, block in enumerate(blocks) if at not in notices and block.kind != "caption"]
    prose = [at for at in texts if len(blocks[at].text) >= _SHORTEST_PROSE]
    document = any(_ends_document(blocks[at].text) for at in texts[-14:])
    taken: dict[int, Byline] = {}
    last = True  # nothing but signatures, captions and notices behind
    for place in range(len(texts) - 1, max(-1, len(texts) - 1 - _LAST_LINES), -1):
        at = texts[place]
        if not prose or at <= prose[0] or blocks[at].text == title:
            break
        if _reaches_somebody(blocks[at].text) and read_byline(blocks[at].text) is None:
            continue
        before = blocks[texts[place - 1]].text if place else ""
        named = any(not OFFICE.match(name) for found in taken.values() for name in found.authors)
        byline = _of_block(blocks[at], before, named=named, last=last and not document)
        if byline is None:
            last = False
        else:
            taken[at] = byline
    first = read_byline(blocks[texts[0]].text) if prose and texts[0] < prose[0] else None
    if first is not None and first.authors:
        taken[texts[0]] = first  # under the title
    return _signed(blocks, taken, notices)


def _is_notice(text: str) -> bool:
    text = text[:_LONGEST_NOTICE]
    if NOTICE.match(text) is not None:
        return True
    lower = text.lower()
    return "phát" in lower and "hành" in lower and REISSUED.search(text) is not None


def _ends_document(text: str) -> bool:
    if len(text) > _LONGEST_SIGNATURE:
        return False
    return DOCUMENT.match(text) is not None or DOCUMENT_SIGNED.search(text) is not None


def _reaches_somebody(text: str) -> bool:
    text = text[:_LONGEST_NOTICE]
    if PHONE.search(text) or (":" in text and CONTACT.search(text)):
        return True
    return "@" in text and MAIL.search(text) is not None


def _signed(blocks: Sequence[Block], taken: dict[int, Byline], notices: list[int]) -> Signed:
    found = [taken[at] for at in sorted(taken)]
    return Signed(
        body=tuple(block for at, block in enumerate(blocks) if at not in taken and at not in notices),
        authors=_once(name for byline in found for name in byline.authors),
        credits=_once(name for byline in found for name in byline.credits),
        byline_lines=tuple(blocks[at].text for at in sorted(taken)),
        rights_notice=" ".join(blocks[at].text for at in notices),
        sources=_once(name for byline in found for name in byline.sources),
    )


def _once(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _of_block(block: Block, before: str, *, named: bool, last: bool) -> Byline | None:
    """What a block says as a byline; None if it is text. Without a label it must stand last and look like a signature."""
    labelled = read_byline(block.text)
    if labelled is not None:
        return labelled
    if not last or named or block.kind != "paragraph" or block.linked > 0.5 or before.rstrip().endswith((":", ";")):
        return None
    if len(block.text) > LONGEST:
        return None
    text = split_head(block.text)[0] or block.text
    if CAPTION.match(text) or (NO_NAME.match(text) and not OFFICE.match(text)):
        return None
    names = names_in(text, right=block.right)
    if _is_bare_name(before) and not OFFICE.match(text):
        return None  # two bare names under each other are a list
    return Byline(authors=names) if names else None


def _is_bare_name(text: str) -> bool:
    return len(text) <= LONGEST and bool(names_in(text, right=False)) and not OFFICE.match(text)
