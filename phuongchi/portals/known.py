"""Addresses of ward portals that were seen in the wild: a place to start from, none of them verified."""

from __future__ import annotations

import csv
import io
from importlib.resources import files

from storage.text import fold

COLUMNS = ("url", "platform", "province", "former_province", "status")


def known(province: str = "") -> tuple[dict[str, str], ...]:
    """The list's rows; with `province` only those of it, by its name of today or before July 2025, with or without marks."""
    text = (files("phuongchi") / "data" / "known_portals.csv").read_text(encoding="utf-8")
    rows = tuple(csv.DictReader(io.StringIO(text)))
    wanted = _key(province)
    return tuple(row for row in rows if not wanted or wanted in (_key(row["province"]), _key(row["former_province"])))


def _key(name: str) -> str:
    words = fold(name).replace("-", " ").replace(".", " ").split()
    while words and words[0] in ("tinh", "thanh", "pho", "tp") and len(words) > 2:
        words.pop(0)
    return " ".join(words)
