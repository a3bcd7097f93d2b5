"""What lies beside an export: `NAME.manifest.json` for programs (`docs/manifest.schema.json`), `NAME.README.md` for people."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from access.exports.datasheet import written
from access.exports.order import Order
from access.exports.places import drafting
from access.shape import SCHEMA
from storage.reader import About, Filters
from storage.text import instant_text

MANIFEST = "phuongchi.manifest/1"
_SUFFIX, _README = ".manifest.json", ".README.md"


@dataclass(frozen=True, slots=True)
class Maker:
    """Who exports: program and version, the archive's operator and how to reach them; and when (`now`)."""

    version: str
    now: datetime
    operator: str = ""
    contact: str = ""


@dataclass(slots=True)
class Beside:
    """The two files beside an export, as drafts: they take their places after the export itself has taken its own.

    A kill in between leaves the older manifest, whose older cursor makes a follower hear some things twice, and miss none.
    """

    manifest: Path
    readme: Path

    def write(self, facts: dict[str, Any], maker: Maker) -> None:
        """Say in both what was exported."""
        self.manifest.write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        self.readme.write_text(written(facts, operator=maker.operator, contact=maker.contact), encoding="utf-8")


@contextmanager
def beside(path: Path) -> Iterator[Beside]:
    """Drafts of what lies beside `path`. Raises as `drafting` does."""
    with (
        drafting(path.with_name(path.name + _SUFFIX)) as manifest,
        drafting(path.with_name(path.name + _README)) as readme,
    ):
        yield Beside(manifest, readme)


def facts_of(
    name: str, kind: str, order: Order, about: About, cursor: str, maker: Maker, counts: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """The manifest of an export; `more` are `bytes`, `sha256` and what belongs to its format."""
    return {
        "schema": MANIFEST, "name": name, "format": kind, **more,
        "archive": {"id": about.id, "epoch": about.epoch}, "cursor": cursor, "after": order.after or None,
        "query": _query(order.filters), "fields": list(order.fields) or None,
        "personal_data": "as-published" if order.personal else "masked", "restricted": order.restricted,
        "counts": counts, "article_schema": SCHEMA,
        "program": {"name": "phuongchi", "version": maker.version}, "made_at": instant_text(maker.now),
    }  # fmt: skip


def digest(path: Path) -> dict[str, Any]:
    """Bytes and SHA-256 of a file, as they are on the disk."""
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _query(filters: Filters) -> dict[str, Any]:
    """The filters that ask for something."""
    empty = dataclasses.asdict(Filters())
    return {
        name: value for name, value in dataclasses.asdict(filters).items() if value != empty[name] and name != "hidden"
    }
