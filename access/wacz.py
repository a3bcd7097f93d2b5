"""An archive as one WACZ file: WARC files, an index, the list of its articles' pages, digests of all (WACZ 1.1.1).

Records go in as they are, byte for byte, so their digests still hold. Browsers of web archives open the file as it is.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zipfile
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

from access.exports import articles, drafting
from storage import reader, warc
from storage.engine import Database
from storage.errors import FixityError, UsageError
from storage.reader import Filters
from storage.text import instant_text
from storage.warc import Answer

VERSION = "1.1.1"
LINES = 3000
"""Lines of the index in one compressed block."""

_SAFE = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_WWW = re.compile(r"^www\d*\.")


@dataclass(frozen=True, slots=True)
class Exported:
    """What went into a file: WARC files, answers in the index, pages."""

    files: int
    answers: int
    pages: int


def export_wacz(db: Database, folder: Path, out: Path, *, portal: str, now: datetime, software: str) -> Exported:
    """Write everything that was received, or what one `portal` answered, to a file that is there whole or not at all.

    Pages and files of articles that are withheld or redacted stay out. Raises UsageError for a portal that never answered,
    FixityError when a record is damaged, StorageFull.
    """
    with drafting(out) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as package:
        parts = _Parts(package, now)
        lines: list[str] = []
        hidden = reader.hidden_pages(db)
        for name in reader.finished_files(db):
            lines += _put_file(parts, folder, name, portal, hidden)
        if not lines:
            raise UsageError(f"nothing came from {portal or 'any portal'} yet", cure="See: phuongchi portals list")
        files = len(parts.resources)
        _put_index(parts, sorted(lines))
        pages = _put_pages(parts, db, portal)
        _put_description(parts, title=portal or reader.about(db).id, software=software)
    return Exported(files, len(lines), pages)


def surt(url: str) -> str:
    """The address as indexes of web archives sort it: the host backwards, without `www.`, everything in lower case."""
    parts = urlsplit(url)
    host = _WWW.sub("", (parts.hostname or "").lower())
    host = ",".join(reversed(host.split(".")))
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = "&".join(sorted(_escaped(parts.query).split("&"))) if parts.query else ""
    path = _escaped(parts.path).rstrip("/") or "/"
    return f"{host}{port}){path}" + (f"?{query}" if query else "")


def _escaped(text: str) -> str:
    """In lower case, with only those characters escaped that must be, however often they were."""
    plain = text.encode()
    while (fewer := unquote_to_bytes(plain)) != plain:
        plain = fewer
    return quote(plain, safe=_SAFE).lower()


class _Parts:
    """The parts of a package: each is written, measured and noted."""

    def __init__(self, package: zipfile.ZipFile, now: datetime) -> None:
        self._package, self.now = package, now
        self.resources: list[dict[str, object]] = []

    def put(self, path: str, chunks: Iterable[bytes]) -> None:
        """Add a part; nothing when there are no chunks."""
        digest, size = hashlib.sha256(), 0
        stamp = self.now.astimezone(UTC).timetuple()[:6]
        with self._package.open(zipfile.ZipInfo(path, stamp), "w", force_zip64=True) as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        name = path.rpartition("/")[2].lower()  # as data packages want it
        self.resources.append({"name": name, "path": path, "hash": f"sha256:{digest.hexdigest()}", "bytes": size})

    def note(self, path: str, text: str) -> str:
        """Add what describes the parts and is none itself; returns its digest."""
        self._package.writestr(zipfile.ZipInfo(path, self.now.astimezone(UTC).timetuple()[:6]), text)
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _put_file(parts: _Parts, folder: Path, name: str, portal: str, hidden: Container[tuple[str, str]]) -> list[str]:
    """Add a WARC file, or what of it a portal answered and may be seen; returns its lines of the index."""
    found = warc.answers(folder, name)
    if found.damages:
        offset, why = found.damages[0]
        raise FixityError(why, cure=f"Restore {name}:{offset} from a backup; see: phuongchi verify --all")
    wanted = [
        answer
        for answer in found.answers
        if (not portal or answer.portal == portal) and (answer.portal, answer.key) not in hidden
    ]
    if not wanted:
        return []
    whole = len(wanted) == len(found.answers)
    spans = [(0, found.size)] if whole else [(0, found.first), *((one.offset, one.end) for one in wanted)]
    parts.put(f"archive/{name}", warc.read_spans(folder, name, spans))
    lines, place = [], found.first
    for answer in wanted:
        if not answer.drawn:
            lines.append(_line(answer, name, answer.offset if whole else place))
        place += answer.end - answer.offset
    return lines


def _line(answer: Answer, name: str, offset: int) -> str:
    values = {
        "url": answer.url, "mime": "warc/revisit" if answer.revisit else answer.media_type or "unk",
        **({"status": str(answer.status)} if answer.status else {}), "digest": answer.digest,
        "length": str(answer.length), "offset": str(offset),
        "filename": name,
    }  # fmt: skip
    return f"{surt(answer.url)} {answer.at:%Y%m%d%H%M%S} {json.dumps(values, ensure_ascii=False)}\n"


def _put_index(parts: _Parts, lines: Sequence[str]) -> None:
    """The index in compressed blocks, and an index of the blocks."""
    blocks, summary, offset = [], ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n'], 0
    for start in range(0, len(lines), LINES):
        block = gzip.compress("".join(lines[start : start + LINES]).encode(), mtime=0)
        digest = f"sha256:{hashlib.sha256(block).hexdigest()}"
        about = {"offset": offset, "length": len(block), "digest": digest, "filename": "index.cdx.gz"}
        summary.append(f"{' '.join(lines[start].split(' ', 2)[:2])} {json.dumps(about)}\n")
        blocks.append(block)
        offset += len(block)
    parts.put("indexes/index.cdx.gz", blocks)
    parts.put("indexes/index.idx", [line.encode() for line in summary])


def _put_pages(parts: _Parts, db: Database, portal: str) -> int:
    lines = list(_pages(db, portal))
    head = json.dumps({"format": "json-pages-1.0", "id": "pages", "title": "Tin, bài | Articles"}, ensure_ascii=False)
    parts.put("pages/pages.jsonl", [f"{line}\n".encode() for line in (head, *lines)])
    return len(lines)


def _pages(db: Database, portal: str) -> Iterator[str]:
    for article in articles(db, Filters(portal=portal)):
        page = {
            "id": article["id"],
            "url": article["url"],
            "ts": article["capture"]["fetched_at"],
            "title": article["title"],
        }
        yield json.dumps(page, ensure_ascii=False)


def _put_description(parts: _Parts, *, title: str, software: str) -> None:
    values = {
        "profile": "data-package", "wacz_version": VERSION, "title": title, "software": software,
        "created": instant_text(parts.now), "resources": parts.resources,
    }  # fmt: skip
    text = json.dumps(values, ensure_ascii=False, indent=2)
    digest = parts.note("datapackage.json", text)
    parts.note("datapackage-digest.json", json.dumps({"path": "datapackage.json", "hash": digest}, indent=2))
