"""An archive as one WACZ file: WARC files, an index, the list of its articles' pages, digests of all (WACZ 1.1.1).

Records go in as they are, byte for byte, so their digests still hold; only the words of articles that are withheld are masked
in pages that tell of them. Browsers of web archives open the file as it is.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

from access.exports.manifest import Maker, beside, digest, facts_of
from access.exports.order import EVERYTHING, SLICE, Chosen, Order, choose, read
from access.exports.places import drafting
from access.exports.tally import Tally
from storage import reader, warc
from storage.engine import Database
from storage.errors import FixityError, UsageError
from storage.redaction.lending import without
from storage.redaction.records import payload_digest
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
    cursor: str


@dataclass(frozen=True, slots=True)
class _Wants:
    """Which answers go in: those of a portal (empty: all), of these pages (None: all), and none of what is hidden."""

    portal: str
    keys: Container[tuple[str, str]] | None
    hidden: Container[tuple[str, str]]

    def this(self, answer: Answer) -> bool:
        key = (answer.portal, answer.key)
        wanted = (not self.portal or answer.portal == self.portal) and (self.keys is None or key in self.keys)
        return wanted and key not in self.hidden


def export_wacz(
    db: Database, folder: Path, out: Path, wanted: Order, maker: Maker, *, progress: Callable[[str], None] = lambda name: None
) -> Exported:  # fmt: skip
    """Write everything that was received, what one portal answered, or the pages and files of the articles that are asked for.

    The file is there whole or not at all, with manifest and data sheet beside it. Pages and files of articles that are
    withheld, redacted or (unless wished for) restricted stay out. Raises UsageError when nothing is asked for that ever came,
    FixityError when a record is damaged, StorageFull.
    """
    found, tally = choose(db, wanted), Tally()
    wants = _Wants(
        wanted.filters.portal, _keys(db, wanted, found), reader.hidden_pages(db, restricted=wanted.restricted)
    )
    with beside(out) as drafts, drafting(out) as draft:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as package:
            parts, lines = _Parts(package, maker.now), list[str]()
            names = reader.finished_files(db)
            masks = without(db, folder, _hidden(wanted), names=names, portal=wanted.filters.portal)
            for name in names:
                progress(name)
                lines += _put_file(parts, folder, name, wants, masks.get(name, {}))
            if not lines:
                where = wanted.filters.portal or "any portal"
                raise UsageError(f"nothing came from {where} yet", cure="See: phuongchi portals list")
            files = len(parts.resources)
            _put_index(parts, sorted(lines))
            parts.put("pages/pages.jsonl", _pages(db, wanted, found, tally))
            about = found.choice.about
            _put_description(parts, title=wanted.filters.portal or about.id, software=f"PhuongChi/{maker.version}")
        counts = {**tally.as_json(), "captures": len(lines), "warc_files": files}
        facts = facts_of(out.name, "wacz", wanted, about, found.cursor, maker, counts, **digest(draft))
        drafts.write(facts, maker)
    return Exported(files, len(lines), tally.articles - tally.tombstones, found.cursor)


def _keys(db: Database, wanted: Order, found: Chosen) -> Container[tuple[str, str]] | None:
    """Portal and page key of everything that belongs to the chosen articles; None when nothing but a portal is asked for."""
    if dataclasses.replace(wanted.filters, portal="", hidden=True) == EVERYTHING:
        return None
    return {key for ids in found.choice.slices(SLICE) for key in reader.pages_of(db, ids)}


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


def _hidden(wanted: Order) -> tuple[str, ...]:
    """What is not told of at all; of redacted articles nothing is left in the records."""
    return ("withheld",) if wanted.restricted else ("withheld", "restricted")


def _put_file(parts: _Parts, folder: Path, name: str, wants: _Wants, masks: Mapping[int, bytes]) -> list[str]:
    """Add a WARC file, or what of it is wanted; returns its lines of the index. `masks` are other records, by offset."""
    found = warc.answers(folder, name)
    if found.damages:
        offset, why = found.damages[0]
        raise FixityError(why, cure=f"Restore {name}:{offset} from a backup; see: phuongchi verify --all")
    wanted = [answer for answer in found.answers if wants.this(answer)]
    if not wanted:
        return []
    whole = len(wanted) == len(found.answers)
    spans = [(0, found.size)] if whole else [(0, found.first), *((one.offset, one.end) for one in wanted)]
    parts.put(f"archive/{name}", _masked(folder, name, spans, masks))
    lines, place = [], found.first
    for answer in wanted:
        if not answer.drawn:
            made = masks.get(answer.offset)
            shown = dataclasses.replace(answer, digest=payload_digest(made)) if made else answer
            lines.append(_line(shown, name, answer.offset if whole else place))
        place += answer.end - answer.offset
    return lines


def _masked(folder: Path, name: str, spans: Sequence[tuple[int, int]], masks: Mapping[int, bytes]) -> Iterator[bytes]:
    """The bytes of a file's spans with other records of the same length in some places."""
    for start, end in spans:
        place = start
        for offset in sorted(offset for offset in masks if start <= offset < end):
            yield from warc.read_spans(folder, name, [(place, offset)])
            yield masks[offset]
            place = offset + len(masks[offset])
        yield from warc.read_spans(folder, name, [(place, end)])


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


def _pages(db: Database, wanted: Order, found: Chosen, tally: Tally) -> Iterator[bytes]:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "Tin, bài | Articles"}
    yield f"{json.dumps(head, ensure_ascii=False)}\n".encode()
    for some in read(db, wanted, found):
        tally.put(some)
        for article in some:
            if article["tombstone"]:
                continue
            ts = article["capture"]["fetched_at"]
            page = {"id": article["id"], "url": article["url"], "ts": ts, "title": article["title"]}
            yield f"{json.dumps(page, ensure_ascii=False)}\n".encode()


def _put_description(parts: _Parts, *, title: str, software: str) -> None:
    values = {
        "profile": "data-package", "wacz_version": VERSION, "title": title, "software": software,
        "created": instant_text(parts.now), "resources": parts.resources,
    }  # fmt: skip
    text = json.dumps(values, ensure_ascii=False, indent=2)
    digest = parts.note("datapackage.json", text)
    parts.note("datapackage-digest.json", json.dumps({"path": "datapackage.json", "hash": digest}, indent=2))
