"""What the stages of reading pass on: a page as a sequence of text blocks in document order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["paragraph", "heading", "item", "row", "caption"]


@dataclass(frozen=True, slots=True)
class Block:
    """One block element's text, as a person sees it: a paragraph, heading, list item, table row or caption.

    `text` is normalised (NFC, white space folded), never empty; a row's cells are joined by ` | `. `right` says that the
    page pushes it to the right (alignment, or a run of no-break spaces before it) or names it as the author's, `emphasis` that
    all of it is bold, italic or centred, `after_image` that an image is the last thing before it; `linked` is the share of its
    characters in links, 0..1.
    """

    text: str
    kind: BlockKind = "paragraph"
    right: bool = False
    emphasis: bool = False
    after_image: bool = False
    linked: float = 0.0
