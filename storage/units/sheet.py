"""Units as a CSV: one line for a unit, or one for each unit it went into.

code, name, province      of the unit; `name` begins with its kind (Phường Hưng Phúc)
kind, district            may be empty
valid_from, valid_to      first day, and first day it was no more; empty: unknown, not come
new_code, new_from        the unit it went into, by code and first day; empty: none
share, act                `whole` or `part` of it went there; the decision that said so
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from storage.errors import UsageError
from storage.faults import full_disk
from storage.text import normalise
from storage.units.rows import Succession, Tables, UnitRow, kind_of

COLUMNS = (
    "code", "name", "kind", "district", "province", "valid_from", "valid_to", "new_code", "new_from", "share", "act",
)  # fmt: skip
_NEEDED = ("code", "name", "province")
_CODE = re.compile(r"\d{2,10}")
_DAY = re.compile(r"(?:\d{4}-\d\d-\d\d)?")
_SHARES = ("", "whole", "part")


def read_sheet(path: Path) -> Tables:
    """The tables of a CSV. Raises UsageError that names the line."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", cure="Name a CSV file in UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise UsageError(f"{path} has no column {missing[0]!r}", cure=f"Its columns are: {', '.join(COLUMNS)}")
    units: dict[tuple[str, str], UnitRow] = {}
    successions: dict[tuple[str, str, str, str], Succession] = {}
    for number, row in enumerate(reader, 2):
        line = {name: normalise(row.get(name) or "") for name in COLUMNS}
        _check(path, number, line)
        unit = _unit(line)
        if units.setdefault((unit.code, unit.valid_from), unit) != unit:
            raise UsageError(
                f"{path}, line {number}: another {unit.code} than before", cure="Give it another valid_from"
            )
        if line["new_code"]:
            one = Succession(
                unit.code, unit.valid_from, line["new_code"], line["new_from"], line["share"] or "whole", line["act"]
            )
            successions[one.old_code, one.old_from, one.new_code, one.new_from] = one
    return Tables(tuple(units.values()), tuple(successions.values()))


def write_sheet(path: Path, tables: Tables) -> None:
    """Write tables as a CSV that `read_sheet` reads, in one step. Raises StorageFull."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(_lines(tables))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise full_disk(error, str(path)) or error from error


def _check(path: Path, number: int, line: Mapping[str, str]) -> None:
    wrong = next((name for name in _NEEDED if not line[name]), None)
    wrong = wrong or next(
        (name for name in ("code", "new_code") if line[name] and not _CODE.fullmatch(line[name])), None
    )
    wrong = wrong or next(
        (name for name in ("valid_from", "valid_to", "new_from") if not _DAY.fullmatch(line[name])), None
    )
    wrong = wrong or ("share" if line["share"] not in _SHARES else None)
    if wrong:
        raise UsageError(
            f"{path}, line {number}: {wrong} is {line[wrong]!r}",
            cure="Codes are digits, days are 2025-07-01, share is whole or part",
        )


def _unit(line: Mapping[str, str]) -> UnitRow:
    return UnitRow(
        line["code"], line["valid_from"], line["valid_to"], line["name"], line["kind"] or kind_of(line["name"]),
        line["province"], line["district"],
    )  # fmt: skip


def _lines(tables: Tables) -> Iterator[dict[str, str]]:
    after: dict[tuple[str, str], list[Succession]] = {}
    for one in tables.successions:
        after.setdefault((one.old_code, one.old_from), []).append(one)
    for unit in tables.units:
        own = {name: getattr(unit, name) for name in COLUMNS[:7]}
        went = after.get((unit.code, unit.valid_from))
        for one in went or ():
            yield own | {"new_code": one.new_code, "new_from": one.new_from, "share": one.share, "act": one.act}
        if not went:
            yield own
