"""`portals.toml`: read as portals, edited so that the user's comments and order stay."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import tomlkit
from tomlkit.items import AoT, Table

from phuongchi.portals.rows import RowError, check_url, read_row
from phuongchi.tomlfile import TomlText
from storage.errors import StorageFull, UsageError
from storage.records import Portal, portal_id

FILE = "portals.toml"
TABLE = "portal"

TEMPLATE = """\
# Danh sách nguồn: mỗi bảng [[portal]] là một trang thông tin điện tử của phường, xã.
# The portals of this archive: one [[portal]] table per ward portal. Only `url` is required.
#
#   [[portal]]
#   url = "https://phuong7.example.gov.vn/"   # địa chỉ; một thư mục cũng được | address; a folder of a site will do
#   name = "Phường 7"                         # tên gọi | name
#   province = "Cà Mau"                       # tỉnh, thành phố | province
#   cron = "0 23 * * sat"                     # giờ riêng (giờ Việt Nam) | times of its own (Vietnamese time)
#   enabled = false                           # tạm dừng | paused
#
# Thêm / add:      phuongchi portals add https://…
# Tất cả các khóa / all keys: docs/reference.md
"""


def read(folder: Path) -> tuple[Portal, ...]:
    """The portals in the order of the file. Raises UsageError naming line, key and cure; ids are unique."""
    source = TomlText.read(folder / FILE)
    for key in source.values:
        if key != TABLE:
            raise source.complaint(
                f"{key} has no meaning here", "", key, cure="Write each portal as a [[portal]] table"
            )
    rows = source.values.get(TABLE, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise source.complaint("portal must be a list of tables", "", TABLE, cure="Write [[portal]], with two brackets")
    portals: dict[str, Portal] = {}
    for index, row in enumerate(rows):
        try:
            portal = read_row(row)
        except RowError as error:
            raise source.complaint(error.message, TABLE, error.key, index=index, cure=error.cure) from None
        if portal.id in portals:
            raise source.complaint(f"portal {portal.id} stands here twice", TABLE, "url", index=index,
                                   cure="Remove one of them, or give it an id of its own")  # fmt: skip
        portals[portal.id] = portal
    return tuple(portals.values())


def choose(portals: Iterable[Portal], names: Iterable[str]) -> tuple[Portal, ...]:
    """The portals that `names` (ids or addresses) mean, in their order. Raises UsageError for an unknown one."""
    known = {portal.id: portal for portal in portals}
    chosen: dict[str, Portal] = {}
    for name in names:
        key = name if name in known else _id_of(name)
        portal = known.get(key) or next((one for one in known.values() if _same_url(one.url, name)), None)
        if portal is None:
            raise UsageError(f"no portal {name} in {FILE}", cure="See: phuongchi portals list")
        chosen[portal.id] = portal
    return tuple(chosen.values())


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


def _id_of(name: str) -> str:
    try:
        return portal_id(check_url(name))
    except ValueError:
        return ""


def _same_url(url: str, name: str) -> bool:
    try:
        return check_url(name).rstrip("/") == url.rstrip("/")
    except ValueError:
        return False
