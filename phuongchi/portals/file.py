"""`portals.toml` read as portals. Who edits it is `phuongchi.portals.editing`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from phuongchi.portals.rows import RowError, check_url, read_row
from phuongchi.tomlfile import TomlText
from storage.errors import UsageError
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
