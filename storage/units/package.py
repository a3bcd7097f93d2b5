"""Units from the data files of the package `vietnamadminunits` (MIT), whose code is not run.

It holds the units before and after 1 July 2025 (`dataset.db`) and what became of what (`converter_2025.json`).
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from storage import sqlite
from storage.errors import UsageError
from storage.units.rows import Succession, Tables, UnitRow, kind_of

SINCE = "2025-07-01"
"""The day from which the new units are there (Resolution 202/2025/QH15 and those on each province)."""

_UNITS, _CHANGES = "dataset.db", "converter_2025.json"
_NEITHER = "Get it with `pip download --no-deps vietnamadminunits`, and name the file or the folder it is unpacked in"


def read_package(path: Path) -> Tables:
    """The tables of the package: a wheel, or a folder in which it is unpacked or installed. Raises UsageError."""
    if path.is_file():
        with tempfile.TemporaryDirectory() as folder:
            _unpack(path, Path(folder))
            return _read(Path(folder), path)
    found = next(iter(sorted(path.rglob(_UNITS))), None)
    if found is None:
        raise UsageError(f"there is no {_UNITS} in {path}", cure=_NEITHER)
    return _read(found.parent, path)


def _unpack(wheel: Path, folder: Path) -> None:
    """The two files alone, by their names: nothing else in an archive from elsewhere is written anywhere."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name in (_UNITS, _CHANGES):
                inside = next(one for one in archive.namelist() if one.rpartition("/")[2] == name)
                (folder / name).write_bytes(archive.read(inside))
    except (zipfile.BadZipFile, StopIteration, OSError) as error:
        raise UsageError(f"{wheel} is no package `vietnamadminunits`", cure=_NEITHER) from error


def _read(folder: Path, shown: Path) -> Tables:
    try:
        changes = json.loads((folder / _CHANGES).read_text("utf-8"))
        with closing(sqlite.driver.connect(f"{(folder / _UNITS).resolve().as_uri()}?mode=ro", uri=True)) as data:
            old = {_key(row): _old(row) for row in data.execute(
                "SELECT provinceKey, districtKey, wardKey, wardCode, ward, district, province FROM admin_units_legacy"
                " WHERE wardCode IS NOT NULL")}  # fmt: skip
            new = {(row[0], row[1]): _new(row) for row in data.execute(
                "SELECT provinceKey, wardKey, wardCode, ward, province FROM admin_units"
                " WHERE wardCode IS NOT NULL")}  # fmt: skip
        successions = tuple(_successions(changes, old, new))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, sqlite.driver.Error) as error:
        raise UsageError(f"{shown} holds other data than is known of `vietnamadminunits` 1.0.4: {error}",
                         cure="Use that version, or a CSV") from error  # fmt: skip
    return Tables((*old.values(), *new.values()), successions)


def _key(row: Any) -> str:
    return "_".join(part or "" for part in row[:3])


def _old(row: Any) -> UnitRow:
    _, _, _, code, name, district, province = row
    return UnitRow(code, "", SINCE, name, kind_of(name), province, district or "")


def _new(row: Any) -> UnitRow:
    _, _, code, name, province = row
    return UnitRow(code, SINCE, "", name, kind_of(name), province)


def _successions(
    changes: Any, old: dict[str, UnitRow], new: dict[tuple[str, str], UnitRow]
) -> Iterator[Succession]:  # fmt: skip
    for province, wards in changes["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, before in wards.items():
            for key in before:
                if key in old:  # districts without wards are in the table, too
                    yield _one(old[key], new[province, ward], "whole")
    for province, divided in changes["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, parts in divided.items():
            for part in parts:
                yield _one(old[key], new[province, part["newWardKey"]], "part")


def _one(old: UnitRow, new: UnitRow, share: str) -> Succession:
    return Succession(old.code, old.valid_from, new.code, new.valid_from, share)
