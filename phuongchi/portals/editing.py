"""`portals.toml` edited so that the user's comments and order stay."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import tomlkit
from tomlkit.items import AoT, Table

from phuongchi.portals.file import FILE, TABLE, read
from phuongchi.portals.rows import read_row
from storage.errors import StorageFull, UsageError


class PortalsFile:
    """`portals.toml` while it is edited; nothing is written before `save`."""

    def __init__(self, folder: Path) -> None:
        read(folder)  # only a sound file is edited
        self.path = folder / FILE
        self.document = tomlkit.parse(self.path.read_bytes().decode("utf-8-sig"))

    def append(self, row: Mapping[str, Any]) -> None:
        """Add a `[[portal]]` table at the end. Raises RowError when the row is not sound."""
        read_row(row)
        table = tomlkit.table()
        for key, value in row.items():
            table.add(key, value)
        present = self.document.get(TABLE)
        if present:
            if not isinstance(present, AoT):
                raise UsageError(f"{self.path} holds its portals as a list in one line", cure="Write [[portal]] tables")
        else:
            self.document.pop(TABLE, None)
            self.document.add(tomlkit.nl())
            self.document.add(TABLE, tomlkit.aot())
        cast(AoT, self.document[TABLE]).append(table)

    def change(self, portal: str, **values: Any) -> None:
        """Set keys of a portal's table; None removes a key. Raises UsageError for an unknown portal."""
        table = self._table(portal)
        for key, value in values.items():
            if value is None:
                table.pop(key, None)
            else:
                table[key] = value

    def save(self) -> None:
        """Replace the file at once: readers see the old or the new one. Raises StorageFull."""
        text = tomlkit.dumps(self.document)
        try:
            handle, name = tempfile.mkstemp(prefix=f".{FILE}.", dir=self.path.parent)
            try:
                with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.chmod(name, self.path.stat().st_mode & 0o7777)  # noqa: PTH101 (a name, not a path)
                Path(name).replace(self.path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StorageFull(
                f"{self.path} cannot be written: {error.strerror}", cure="Check rights and free space"
            ) from error

    def _table(self, portal: str) -> Table:
        for table in cast("list[Table]", self.document.get(TABLE, [])):
            if read_row(table.unwrap()).id == portal:
                return table
        raise UsageError(f"no portal {portal} in {FILE}", cure="See: phuongchi portals list")
