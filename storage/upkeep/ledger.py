"""`ledger.jsonl`: what cannot be derived from captures, a line each, only ever appended to.

A line is an object with `at` (ISO instant), `what`, and what belongs to it:

    archive    id, created_at        the archive was made
    epoch      epoch, why            cursors of the change feed from before hold no more
    backfill   portal, to            how far back the portal's lists are walked, as somebody asked for
    move       portal, to, url, hosts   a portal was given the address `to`; before it had these
    bind       portal, code, unit_from, since, until   a portal stood for a unit, from day to day
    unbind     portal, code, unit_from   and never did
    backup     to                    the archive was kept a second time there, the first time
    redact     rule, reason, who, passages, portal, article     what nobody may read any more (`storage.redaction`)
    redacted   rules                 and what was carried out to its end
    withhold   article, reason, who  an article is hidden
    release    article, reason, who  and shown again
    request    number, kind, received, due   somebody asked something about their data (`storage.requests`)
    request-closed   number          and it was dealt with
    search     name, query           a search was saved, of whose news somebody wants to be told
    search-removed   name            and is looked for no more
    expired    files, entry          `watch` files (name, sha256, bytes) went after their retention; the last entry number then
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from storage import points
from storage.errors import UsageError
from storage.faults import full_disk
from storage.text import instant_text
from storage.warc.files import sync_folder

LEDGER = "ledger.jsonl"
KINDS = frozenset({
    "archive", "epoch", "backfill", "move", "backup", "redact", "redacted", "withhold", "release", "expired", "request",
    "request-closed", "search", "search-removed", "bind", "unbind",
})  # fmt: skip
"""What this program can replay."""


@dataclass(frozen=True, slots=True)
class Line:
    """One fact that somebody decided or that happened outside of all captures."""

    at: datetime
    what: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def append(folder: Path, what: str, *, at: datetime, **facts: object) -> None:
    """Write a fact down, durably. Raises StorageFull."""
    line = json.dumps({"at": instant_text(at), "what": what, **facts}, ensure_ascii=False)
    path = folder / LEDGER
    try:
        points.reached("ledger.write")
        fresh = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            end = os.fstat(descriptor).st_size
            torn = b"\n" if end and os.pread(descriptor, 1, end - 1) != b"\n" else b""
            for part in points.halves("ledger.torn", torn + line.encode() + b"\n"):
                os.write(descriptor, part)
            os.fsync(descriptor)
            points.reached("ledger.written")
        finally:
            os.close(descriptor)
        if fresh:
            sync_folder(folder)
    except OSError as error:
        raise full_disk(error, str(path)) or error from error


def read(folder: Path, name: str = LEDGER) -> list[Line]:
    """All lines, oldest first. A line that a crash cut off is left out.

    Raises UsageError for a line of a kind that this program does not know: leaving out a redaction would undo it.
    """
    path = folder / name
    lines = []
    for number, text in enumerate(path.read_text("utf-8").split("\n") if path.exists() else (), 1):
        try:
            found = json.loads(text)
            line = Line(datetime.fromisoformat(found.pop("at")), found.pop("what"), found)
        except (ValueError, KeyError, AttributeError, TypeError):
            continue
        if line.what not in KINDS:
            raise UsageError(
                f"{path}, line {number}: {line.what!r} is nothing that this program knows",
                cure="Use the newer program that wrote it",
            )
        lines.append(line)
    return lines


def epoch(folder: Path) -> int:
    """The newest epoch that the ledger knows; the first one is 1."""
    return max((int(line.facts["epoch"]) for line in read(folder) if line.what == "epoch"), default=1)
