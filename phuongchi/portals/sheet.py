"""Portals as CSV: what people keep in spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from phuongchi.portals.rows import RowError, read_row
from storage.errors import UsageError
from storage.records import Portal

COLUMNS = ("url", "name", "unit", "province", "platform")
"""Columns that are taken over; others (`status`, `former_province`, …) are read past. `url` may be headed `address`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet: its number in the file, and the portal or what is wrong with it."""

    line: int
    values: Mapping[str, str]
    portal: Portal | None
    problem: str = ""


def read_sheet(path: Path) -> tuple[Row, ...]:
    """The rows of a CSV file (UTF-8 with or without BOM, `,` or `;`). Raises UsageError if it is not such a file."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text", cure="Save it as CSV UTF-8") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    names = {name: _column(name) for name in reader.fieldnames or ()}
    if "url" not in names.values():
        raise UsageError(f"{path} has no column url in its first line", cure=f"Columns: {', '.join(COLUMNS)}")
    rows: list[Row] = []
    seen: dict[str, int] = {}
    try:
        for record in reader:
            values = {names[key]: (value or "").strip() for key, value in record.items() if names.get(key) in COLUMNS}
            if any(values.values()):
                rows.append(_row(reader.line_num, values, seen))
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.line_num}: {error}") from None
    return tuple(rows)


def write_sheet(portals: Iterable[Portal]) -> str:
    """Portals as CSV with a head line, `,` and LF."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("id", *COLUMNS, "enabled", "retired"))
    for portal in portals:
        cells = [str(getattr(portal, name)) for name in COLUMNS]
        writer.writerow([portal.id, *cells, str(portal.enabled).lower(), str(portal.retired).lower()])
    return out.getvalue()


def _column(name: str) -> str:
    key = name.strip().lower()
    return "url" if key in ("url", "address") else key


def _row(line: int, values: Mapping[str, str], seen: dict[str, int]) -> Row:
    filled = {key: value for key, value in values.items() if value}
    if "://" not in filled.get("url", "://"):
        filled["url"] = f"https://{filled['url']}"
    try:
        portal = read_row(filled)
    except RowError as error:
        return Row(line, filled, None, error.message)
    if portal.id in seen:
        return Row(line, filled, None, f"{portal.id} stands in line {seen[portal.id]} already")
    seen[portal.id] = line
    return Row(line, filled, portal)
