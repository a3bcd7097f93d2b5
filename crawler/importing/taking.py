"""Answers of others, in the order of their times, copied to our own WARC files and stored as captures.

First all files are walked over for what is the portal's; then each answer is opened again, compared with what the archive
has, and written: bytes, sync, rows, as the crawl does. Interrupted at any moment, the same import goes on with what is missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from crawler.importing.sources import File, Page, Sources
from crawler.links.heads import content_type
from crawler.links.keys import bare_host, host_of, split
from crawler.links.patterns import page_key
from storage import points
from storage.engine import Database, Fence, next_numbers
from storage.errors import FixityError
from storage.frontier import Group, Stored, WarcFile, commit
from storage.frontier.pages import known as page_known
from storage.records import Capture, Portal, Purpose, RecordRef
from storage.redaction import load, veiled_answer
from storage.warc import FULL, Exchange, Foreign, WarcWriter, answer_of, plain_record, pointed, records_of
from storage.warc.members import record_of
from storage.writer import imports

GROUP = 20
"""Captures that are stored in one transaction."""

LONGEST_URL = 2048

_DOCUMENTS = ("pdf", "msword", "officedocument", "ms-excel", "opendocument", "rtf")
_ASIDE = ("image/", "video/", "audio/", "font/", "text/css", "javascript", "application/font", "application/json")


@dataclass(frozen=True, slots=True)
class Job:
    """An import: into which archive and portal, and at what time. Without a fence it only counts.

    `begin` gives it its number, once there is something to write.
    """

    db: Database
    folder: Path
    archive: str
    software: str
    portal: Portal
    now: datetime
    fence: Fence | None = None
    begin: Callable[[], int] = lambda: 0
    progress: Callable[[int], None] = lambda done: None


@dataclass(slots=True)
class Taken:
    """What came of an import.

    `new` captures were (or would be) stored, `known` ones are in the archive already; `outside` are of other addresses,
    `aside` pictures, scripts and the like and answers without a body. `problems` name file and offset.
    """

    new: int = 0
    known: int = 0
    outside: int = 0
    aside: int = 0
    problems: list[str] = field(default_factory=list)
    run: int = 0
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an answer stands; `page` is that of a saved page."""

    at: datetime
    file: File
    offset: int = 0
    length: int = 0
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class _Body:
    """Where the body that a digest stands for is kept; `masked` is that body where something in it is redacted."""

    ref: RecordRef
    sha256: str
    size: int
    status: int
    media: str
    masked: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is kept of an answer: its body, the record that holds it, what it says, and where a revisit's body stands.

    Of one in which something is redacted only the masked body, and no record (`plain` is empty).
    """

    body: bytes
    plain: bytes
    answer: Foreign | None
    original: _Body | None
    sha256: str
    size: int


def _parts(body: bytes, plain: bytes = b"", answer: Foreign | None = None) -> _Parts:
    return _Parts(body, plain, answer, None, hashlib.sha256(body).hexdigest(), len(body))


def take(job: Job, sources: Sources) -> Taken:
    """Bring in what `sources` hold of the portal. Raises Held when the lease was lost, DatabaseError, StorageFull."""
    taken = Taken(problems=list(sources.problems))
    places = [place for file in sources.warcs for place in _surveyed(job, file, taken)]
    for page in sources.pages:
        if in_scope(page.saved.url, job.portal):
            places.append(_Place(page.saved.at, page.file, page=page))
        else:
            taken.outside += 1
    places.sort(key=lambda place: (place.at, place.file.name, place.offset))
    intake = _Intake(job, taken)
    late = [place for place in places if not intake.take(place)]
    for place in late:  # a revisit that is dated before what it repeats
        if not intake.take(place):
            taken.problems.append(f"{place.file.name}:{place.offset}: its body is in none of the given files")
    taken.run = intake.close()
    return taken


def in_scope(url: str, portal: Portal) -> bool:
    """Whether an address is one of the portal's: of one of its hosts, and within its folder."""
    parts = split(url)
    if parts is None or len(url) > LONGEST_URL:
        return False
    hosts = {bare_host(host_of(urlsplit(portal.url))), *(bare_host(host.lower()) for host in portal.hosts)}
    path = parts.path or "/"
    return bare_host(host_of(parts)) in hosts and (path.startswith(portal.scope) or path + "/" == portal.scope)


def _surveyed(job: Job, file: File, taken: Taken) -> Iterator[_Place]:
    """The places of the portal's answers in a file; what is wrong is noted, and the walk goes on behind it."""
    try:
        for member in records_of(file.path):
            if member.record is None:
                why = member.why.replace(file.path.name, file.name)
                taken.problems.append(f"{file.name}:{member.offset}: {why}")
                continue
            try:
                answer = answer_of(member.record)
            except ValueError as error:
                taken.problems.append(f"{file.name}:{member.offset}: {error}")
                continue
            if answer is None:
                continue
            if not in_scope(answer.url, job.portal):
                taken.outside += 1
            elif answer.bodiless or _is_aside(answer):
                taken.aside += 1
            elif answer.at > job.now:
                taken.problems.append(f"{file.name}:{member.offset}: its date {answer.at:%Y-%m-%d} is still to come")
            else:
                yield _Place(answer.at, file, member.offset, member.length)
    except FixityError as error:
        taken.problems.append(str(error).replace(str(file.path), file.name))


def _is_aside(answer: Foreign) -> bool:
    media, _ = content_type(answer.header("content-type"))
    return any(part in media for part in _ASIDE)


class _Intake:
    """Writes captures group by group."""

    def __init__(self, job: Job, taken: Taken) -> None:
        self._job, self._taken = job, taken
        self._bodies: dict[str, _Body] = {}
        self._seen: dict[tuple[str, datetime, str, int], RecordRef] = {}
        self._pending: list[Stored] = []
        self._numbers: list[int] = []
        self._writer: WarcWriter | None = None
        self._listed, self._run = False, 0
        self._veil = load(job.folder).of(job.portal.id)

    def take(self, place: _Place) -> bool:
        """Store one answer, unless the archive has it; False for a revisit whose body did not come yet."""
        if place.page is not None:
            self._store(place, place.page.saved.url, 200, "text/html", _parts(place.file.path.read_bytes()))
            return True
        plain = plain_record(place.file.path, place.offset, place.length)
        answer = answer_of(record_of(plain, place.length, where=place.file.name))
        assert answer is not None
        if answer.kind != "revisit":
            self._store(
                place, answer.url, answer.status, answer.header("content-type"), _parts(answer.body, plain, answer)
            )
            return True
        original = self._bodies.get(answer.digest)
        if original is None:
            return False
        kept = _Parts(b"", pointed(plain, original.ref), answer, original, original.sha256, original.size)
        self._store(
            place, answer.url, answer.status or original.status, answer.header("content-type") or original.media, kept
        )
        return True

    def close(self) -> int:
        """Store what is left, and finish the file; returns the import's number, 0 if nothing was written."""
        self._flush()
        self._finish()
        return self._run

    def _store(self, place: _Place, url: str, status: int, media: str, parts: _Parts) -> None:
        job, url = self._job, url.partition("#")[0]
        key = page_key(url, job.portal.platform)
        told, parts = parts, self._veiled(parts, url, key, media)
        mark = (key, place.at, parts.sha256, status)
        with job.db.read() as conn:
            ref = self._seen.get(mark) or imports.known(
                conn, job.portal.id, key, at=place.at, sha256=parts.sha256, status=status, source=_source(place),
                veiled=parts is not told if self._veil else None,
            )  # fmt: skip
            due = page_known(conn, job.portal.id, key)
        if ref is not None:
            self._taken.known += 1
        else:
            media_type, charset = content_type(media)
            purpose = due.page.purpose if due is not None else _purpose(media_type)
            capture = _capture(job, place, url, key, status, media_type, charset, purpose, parts)
            ref = self._seen[mark] = self._write(capture, place, media, parts)
            self._taken.new += 1
            self._taken.first = min(self._taken.first or place.at, place.at)
            self._taken.last = max(self._taken.last or place.at, place.at)
        if parts.answer is not None and parts.answer.digest and parts.original is None:
            masked = None if parts.plain else parts.body
            self._bodies[parts.answer.digest] = _Body(ref, parts.sha256, len(parts.body), status, media, masked)

    def _veiled(self, parts: _Parts, url: str, key: str, media: str) -> _Parts:
        """What may be kept of an answer: all of it, or its body without what is redacted."""
        if parts.original is not None:
            masked = parts.original.masked
        else:
            coding = parts.answer.header("content-encoding") if parts.answer else ""
            masked = veiled_answer(self._veil, parts.body, url=url, key=key, content_type=media, coding=coding)
        return parts if masked is None else _parts(masked, answer=parts.answer)

    def _write(self, capture: Capture, place: _Place, media: str, parts: _Parts) -> RecordRef:
        job = self._job
        if job.fence is None:
            return capture.record
        read = _is_read(capture)
        entry, writer = self._next_entry(), self._open()
        note = {
            "portal": capture.portal, "key": capture.key, "purpose": capture.purpose, "sha256": parts.sha256,
            "size": parts.size, "origin": capture.origin, "imported": job.now.isoformat(), "read": read,
            "source": {"file": place.file.name, "sha256": place.file.sha256, "offset": place.offset},
        }  # fmt: skip
        if parts.answer is None:
            ref = writer.write_page(
                parts.body, url=capture.url, at=place.at, media_type=media, entry=entry, metadata=note
            )
        elif not parts.plain:
            ref = writer.write(_masked(parts.answer, parts.body), entry=entry, metadata=note)
        else:
            ref = writer.adopt(parts.plain, url=capture.url, at=place.at, entry=entry, metadata=note)
        self._pending.append(Stored(replace(capture, entry=entry, record=ref), capture.key, read))
        if len(self._pending) >= GROUP:
            self._flush()
        return ref

    def _flush(self) -> None:
        """Make the records durable, then store their rows."""
        if not self._pending or self._writer is None or self._job.fence is None:
            return
        points.reached("import.written")
        self._writer.sync()
        files = () if self._listed else (WarcFile(self._writer.name, "keep", self._job.now),)
        commit(self._job.db, self._job.fence, self._run, Group(files=files, captures=tuple(self._pending)))
        self._listed, self._pending = True, []
        self._job.progress(self._taken.new)
        if self._writer.size >= FULL:
            self._finish()

    def _finish(self) -> None:
        if self._writer is None or self._job.fence is None:
            return
        size, sha256 = self._writer.close()
        done = WarcFile(self._writer.name, "keep", self._job.now, self._job.now, size, sha256)
        commit(self._job.db, self._job.fence, self._run, Group(files=(done,)))
        self._writer, self._listed = None, False

    def _open(self) -> WarcWriter:
        job = self._job
        if self._writer is None:
            self._run = self._run or job.begin()
            self._writer = WarcWriter(
                job.folder, series="keep", run=self._run, archive=job.archive, software=job.software, opened_at=job.now
            )
        return self._writer

    def _next_entry(self) -> int:
        if not self._numbers:
            with self._job.db.write(self._job.fence) as conn:
                self._numbers = list(next_numbers(conn, "entry", GROUP))[::-1]
        return self._numbers.pop()


def _capture(
    job: Job, place: _Place, url: str, key: str, status: int, media_type: str, charset: str, purpose: Purpose,
    parts: _Parts,
) -> Capture:  # fmt: skip
    answer = parts.answer
    origin = f"import:{place.file.name}{_source(place)}"
    return Capture(
        entry=0, portal=job.portal.id, url=url, purpose=purpose, fetched_at=place.at, status=status,
        record=RecordRef("keep", "", 0, 0), media_type=media_type, charset=charset,
        location=_location(url, status, answer), etag=answer.header("etag") if answer else "",
        last_modified=answer.header("last-modified") if answer else "", payload_sha256=parts.sha256, size=parts.size,
        truncated=answer.truncated if answer else "", origin=origin, key=key,
    )  # fmt: skip


def _source(place: _Place) -> str:
    """The end of an origin: where in which file, whatever the file is called."""
    return f"@{place.offset} sha256:{place.file.sha256}"


def _masked(answer: Foreign, body: bytes) -> Exchange:
    """An answer whose body is no longer as it was sent: decoded, and without what is redacted."""
    head = tuple(
        (name, value) for name, value in answer.head if name.lower() not in ("content-encoding", "content-length")
    )
    return Exchange(
        url=answer.url, method="GET", request_head=(), status=answer.status or 200, reason="", response_head=head,
        body=body, fetched_at=answer.at, truncated=answer.truncated,
    )  # fmt: skip


def _location(url: str, status: int, answer: Foreign | None) -> str:
    target = answer.header("location") if answer is not None and 300 <= status < 400 else ""
    try:
        return urljoin(url, target).partition("#")[0] if target else ""
    except ValueError:
        return ""


def _purpose(media_type: str) -> Purpose:
    if not media_type or "html" in media_type:
        return "unknown"
    return "attachment" if any(part in media_type for part in _DOCUMENTS) else "other"


def _is_read(capture: Capture) -> bool:
    """Whether the reading half must see it: whole pages and documents. What others were refused says nothing to us."""
    kind = not capture.media_type or "html" in capture.media_type or capture.purpose == "attachment"
    return capture.status in (200, 203) and kind
