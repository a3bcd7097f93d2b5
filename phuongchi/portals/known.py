"""Addresses of ward portals that were seen in the wild: a place to start from, none of them verified."""

from __future__ import annotations

import csv
import io
import re
from importlib.resources import files

from storage.text import fold

_RANK = re.compile(r"^(?:tinh|thanh pho|tp) ")

COLUMNS = ("url", "platform", "province", "former_province", "status")


def known(province: str = "") -> tuple[dict[str, str], ...]:
    """The list's rows; with `province` only those of it, by its name of today or before July 2025, with or without marks."""
    text = (files("phuongchi") / "data" / "known_portals.csv").read_text(encoding="utf-8")
    rows = tuple(csv.DictReader(io.StringIO(text)))
    wanted = _key(province)
    return tuple(row for row in rows if not wanted or wanted in (_key(row["province"]), _key(row["former_province"])))


def _key(name: str) -> str:
    words = " ".join(fold(name).replace("-", " ").replace(".", " ").split())
    return _RANK.sub("", words)
