"""Saved pages: from which address, and at what time. Neither is guessed: a page that does not say is named, and left out."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from storage.errors import UsageError
from storage.text import VIETNAM

LARGEST_PAGE = 32 * 1024 * 1024
"""Bytes of a saved page above which it is none."""

_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(
    rb"<!--\s*Page saved with SingleFile\s+url:\s*(\S+)\s+saved date:\s*([^(\r\n]+)", re.IGNORECASE
)
_TOP = 16 * 1024


class Unusable(ValueError):
    """Why a saved page cannot be brought in."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a mapping says of one file; empty and None where it says nothing."""

    url: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """Where the time of a saved page comes from: the mapping, the page itself, `at` for all, the file's if `mtime`."""

    mapping: Mapping[str, Mapped] = field(default_factory=dict)
    at: datetime | None = None
    mtime: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved page: its address, when it was fetched, and whether the address is only what the page says of itself."""

    url: str
    at: datetime
    claimed: bool = False


def read_map(path: Path) -> dict[str, Mapped]:
    """A CSV file with `file`, `url` and `fetched_at` (the last two may be empty). Raises UsageError naming the line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if "file" not in (rows.fieldnames or ()):
                raise UsageError(f"{path}: there is no column `file`", cure="Columns: file,url,fetched_at")
            return {row["file"].strip(): _mapped(row, f"{path}, line {rows.line_num}") for row in rows}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {error}", cure="A CSV file in UTF-8: file,url,fetched_at") from error


def instant(text: str) -> datetime:
    """An ISO time; one without a zone is Vietnamese, a day alone begins it. Raises ValueError."""
    at = datetime.fromisoformat(text.strip())
    return (at if at.tzinfo else at.replace(tzinfo=VIETNAM)).astimezone(UTC)


def inspect(path: Path, name: str, body: bytes, times: Times) -> Saved:
    """Address and time of a saved page; `name` is what the mapping calls it. Raises Unusable."""
    mapped = times.mapping.get(name) or times.mapping.get(path.name) or Mapped()
    single = _SINGLE_FILE.search(body, 0, _TOP)
    url, claimed = mapped.url or _noted_url(body, single), False
    if not url:
        url, claimed = _own_url(body), True
    if not url:
        raise Unusable("it does not say from which address it is (give a CSV with --map)")
    at = mapped.at or _single_date(single) or times.at
    if at is None and times.mtime:
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if at is None:
        raise Unusable("it does not say when it was fetched (give --map, --at or --mtime)")
    return Saved(url, at, claimed)


def _mapped(row: Mapping[str, str | None], where: str) -> Mapped:
    text = (row.get("fetched_at") or "").strip()
    try:
        return Mapped((row.get("url") or "").strip(), instant(text) if text else None)
    except ValueError:
        raise UsageError(f"{where}: {text!r} is no time", cure="As in 2019-05-31T08:00:00+07:00") from None


def _noted_url(body: bytes, single: re.Match[bytes] | None) -> str:
    """The address that a browser noted when it saved the page."""
    found = single or _SAVED_FROM.search(body, 0, _TOP)
    return _usable(found[1].decode("utf-8", "replace")) if found else ""


def _single_date(found: re.Match[bytes] | None) -> datetime | None:
    if found is None:
        return None
    text = found[2].decode("ascii", "replace").strip()
    try:
        return datetime.strptime(text, "%a %b %d %Y %H:%M:%S GMT%z").astimezone(UTC)
    except ValueError:
        return None


def _own_url(body: bytes) -> str:
    """The address that the page gives for itself. A canonical that names a home page is put on every page by some systems."""
    try:
        page = html.fromstring(body)
    except (etree.LxmlError, ValueError):
        return ""
    given = [*page.xpath("//link[translate(@rel,'CANOIL','canoil')='canonical']/@href"),
             *page.xpath("//meta[@property='og:url']/@content")]  # fmt: skip
    urls = [url for text in given if (url := _usable(urljoin("", str(text).strip())))]
    return next((url for url in urls if urlsplit(url).path.strip("/") or urlsplit(url).query), "")


def _usable(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url.partition("#")[0] if parts.scheme in ("http", "https") and parts.hostname else ""
