"""Rules taken along: into backups, so that no state that was kept before a redaction brings back what it took away."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from storage.errors import UsageError
from storage.redaction.veil import KEY
from storage.upkeep import ledger
from storage.upkeep.ledger import LEDGER, Line
from storage.warc.files import sync_folder

DECISIONS = "decisions.jsonl"
"""Beside the snapshots of a backup: what was redacted, withheld or released up to the last time the archive wrote there."""

KINDS = ("redact", "withhold", "release")


def hand_on(folder: Path, backup: Path) -> None:
    """Write the archive's decisions and its key into the folder of a backup. Raises OSError."""
    lines = [line for line in ledger.read(folder) if line.what in KINDS]
    if not lines:
        return
    text = "".join(json.dumps(_object(line), ensure_ascii=False) + "\n" for line in lines)
    _write(backup / DECISIONS, text, 0o640)
    if (folder / KEY).exists():
        _write(backup / KEY, (folder / KEY).read_text("ascii"), 0o600)


def take_up(folder: Path, sources: Iterable[Path]) -> int:
    """Add the decisions in these folders (of a backup, of snapshots, of the old archive) to an archive's ledger, with the
    key; returns how many it lacked. Raises UsageError when the folders have different keys."""
    known = {_identity(line) for line in ledger.read(folder) if line.what in KINDS}
    added = 0
    for source in sources:
        _take_key(folder, source)
        for name in (DECISIONS, LEDGER):
            for line in _decisions(source, name):
                if _identity(line) not in known:
                    known.add(_identity(line))
                    ledger.append(folder, line.what, at=line.at, **line.facts)
                    added += 1
    return added


def _take_key(folder: Path, source: Path) -> None:
    theirs, ours = source / KEY, folder / KEY
    if not theirs.exists():
        return
    if not ours.exists():
        _write(ours, theirs.read_text("ascii"), 0o600)
    elif ours.read_text("ascii") != theirs.read_text("ascii"):
        raise UsageError(f"{theirs} is another key than {ours}", cure="Name a folder of the same archive")


def _decisions(folder: Path, name: str) -> Iterator[Line]:
    return (line for line in ledger.read(folder, name) if line.what in KINDS)


def _identity(line: Line) -> tuple[str, str, str]:
    """What tells one decision from another; a rule is the same whenever it is written down."""
    if line.what == "redact":
        return line.what, str(line.facts["rule"]), ""
    return line.what, str(line.facts["article"]), line.at.isoformat()


def _object(line: Line) -> dict[str, Any]:
    return {"at": line.at.isoformat(), "what": line.what, **line.facts}


def _write(path: Path, text: str, mode: int) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.touch(mode=mode)
    draft.chmod(mode)
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)
