"""How two states are shown at a terminal: what is gone in red, what is new in green, marks where there is no colour."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from access.diff import FieldDiff, Piece
    from storage.records import Reading

NAMES = {
    "title": "Tiêu đề", "published_at": "Ngày đăng", "text": "Nội dung", "captions": "Chú thích ảnh", "authors": "Tác giả",
    "credits": "Nguồn ảnh", "attachments": "Tệp đính kèm", "attachments.text": "Văn bản trong tệp",
}  # fmt: skip
"""Fields as people read them."""


def lines(fields: Iterable[FieldDiff]) -> list[str]:
    """Each field that differs below its name."""
    from access.diff import shortened

    shown: list[str] = []
    for one in fields:
        text = "".join(_shown(piece) for piece in shortened(one.pieces))
        shown += [
            f"{NAMES.get(one.field, one.field)} | {one.field}:",
            *(f"  {line}".rstrip() for line in text.split("\n")),
        ]
    return shown


def of_reading(reading: Reading) -> dict[str, str]:
    """What is compared of a reading."""
    published = reading.dates.published
    joined = {name: "\n\n".join(getattr(reading, name)) for name in ("paragraphs", "captions", "authors", "credits")}
    files = "\n\n".join(f"{file.name} {file.url}".strip() for file in reading.attachments)
    return {
        "title": reading.title, "published_at": published.value if published else "", "text": joined["paragraphs"],
        "captions": joined["captions"], "authors": joined["authors"], "credits": joined["credits"], "attachments": files,
    }  # fmt: skip


def coloured() -> bool:
    """Whether stdout is a terminal that may show colours (NO_COLOR says that it may not)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _shown(piece: Piece) -> str:
    if piece.kind == "same":
        return piece.text
    gone = piece.kind == "gone"
    if coloured():
        return typer.style(piece.text, fg="red" if gone else "green", strikethrough=gone, underline=not gone)
    return f"[-{piece.text}-]" if gone else f"{{+{piece.text}+}}"
