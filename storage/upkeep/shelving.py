"""Finished WARC files put on a shelf (`warc.remote`): a shared folder or a bucket.

A file goes when its row says that it is finished, and its local copy is dropped only when the shelf gives back every byte:
size and SHA-256 are compared with what was read from the shelf, not with what was sent. Whoever is killed here loses nothing;
the next one goes on with what is still in the folder. The manifest stays beside the archive; the shelf gets a copy of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from storage import points, runs, schema
from storage.engine import Database, Fence
from storage.errors import Away, FixityError, UsageError
from storage.faults import full_disk
from storage.reader.feed import about, finished_files
from storage.warc.files import sync_folder, warc_folder
from storage.warc.manifest import MANIFEST, read_manifest
from storage.warc.places import There, chunks, moving, note_shelf, shelves_of
from storage.warc.repair import file_digest
from storage.warc.shelves import MARK, Shelf, shelf_at


@dataclass(frozen=True, slots=True)
class Shelved:
    """What was put on the shelf: names, their bytes, and files that stay because they are not what was written."""

    names: tuple[str, ...]
    bytes: int
    damaged: tuple[str, ...]


NOTHING = Shelved((), 0, ())


def put_away(
    db: Database, fence: Fence, folder: Path, url: str, *, options: str = "", stopping: Callable[[], bool] = lambda: False,
    progress: Callable[[str], None] = lambda name: None, read_only: bool = False,
) -> Shelved:  # fmt: skip
    """Put every finished file that is still in the folder on the shelf at `url`, or as many as until `stopping`.

    With `read_only`, what holds captures that nobody has read yet stays, unless a shelf has it already: a run's readers need
    no shelf for it. Nobody may redact or expire meanwhile: the fence is that of a crawl, and holds for each file that is
    dropped. Raises Away, FixityError when the shelf does not give back what it was given, UsageError when it is another
    archive's, Held.
    """
    files, place = finished_files(db), warc_folder(folder)
    unread = _unread(db) if read_only else frozenset[str]()
    waiting = [path.name for path in sorted(place.glob("*.warc.gz")) if path.name in files]
    if not waiting:
        return NOTHING
    shelf, names, damaged, size = _shelf(db, folder, url, options), list[str](), list[str](), 0
    if (place / MANIFEST).exists():
        shelf.write(MANIFEST, (place / MANIFEST).read_bytes())
    for name in waiting:
        if stopping():
            break
        if name in unread and all(known.size(name) is None for known in shelves_of(folder)):
            continue
        progress(name)
        length, sha256 = file_digest(folder, name)
        if sha256 != files[name]:
            if not _is_masked(folder, name, files[name]):
                damaged.append(name)
            continue
        for other in shelves_of(folder)[1:]:
            other.remove(name)  # one of before may hold what was masked since; it may be this one by another name
        try:
            _hand_over(shelf, place / name, length, sha256)
        except FixityError:
            if _is_masked(folder, name, sha256):
                continue  # it was masked while it went: the shelf has what nobody asks for, until it goes the next time
            raise
        if stopping():
            break
        runs.check(db, fence)  # whoever lost it meanwhile may have met a file that was masked
        if not _drop(folder, name, sha256):
            continue
        names.append(name)
        size += length
    return Shelved(tuple(names), size, tuple(damaged))


def keep_here(folder: Path) -> list[str]:
    """Take from the shelves what stands in the folder, too: it was brought back, maybe masked, and no shelf is wanted now.

    Returns the names. Raises Away.
    """
    here, listed = {path.name for path in warc_folder(folder).glob("*.warc.gz")}, read_manifest(folder)
    gone = []
    for shelf in shelves_of(folder):
        for name in sorted(here & set(shelf.names())):
            if listed.get(name) == file_digest(folder, name)[1]:
                shelf.remove(name)
                gone.append(name)
    return gone


def _unread(db: Database) -> frozenset[str]:
    """The files with captures that wait for a reader."""
    capture = schema.capture
    with db.read() as conn:
        return frozenset(
            conn.execute(select(capture.c.file).distinct().where(schema.is_set(capture.c.unread))).scalars()
        )


def _hand_over(shelf: Shelf, path: Path, length: int, sha256: str) -> None:
    """Put a file on the shelf, and look whether it is there byte by byte. Raises FixityError when it is not."""
    if not _is_there(shelf, path.name, length, sha256):
        points.reached("shelf.put")
        shelf.put(path.name, path)
        points.reached("shelf.there")
        if not _is_there(shelf, path.name, length, sha256):
            raise FixityError(
                f"{shelf.url} does not give back {path.name} as it was given it", cure="The file stays here; try again"
            )


def _is_masked(folder: Path, name: str, sha256: str) -> bool:
    """Whether the run that this goes on beside has masked a file that had this digest, or is about to."""
    return read_manifest(folder).get(name, sha256) != sha256


def _drop(folder: Path, name: str, sha256: str) -> bool:
    """Take away the local copy of a file that its shelf has; False when it is masked at this moment, or was: it goes the
    next time, in the place of what stands there."""
    path = warc_folder(folder) / name
    with moving(folder) as ours:
        if not ours or _is_masked(folder, name, sha256):
            return False
        try:
            points.reached("shelf.compared")
            path.unlink()
            sync_folder(path.parent)
        except OSError as error:
            raise full_disk(error, str(path)) or error from error
    points.reached("shelf.dropped")
    return True


def _is_there(shelf: Shelf, name: str, length: int, sha256: str) -> bool:
    if shelf.size(name) != length:
        return False
    digest = hashlib.sha256()
    with There(shelf, name, length) as file:
        for chunk in chunks(file):
            digest.update(chunk)
    return digest.hexdigest() == sha256


def _shelf(db: Database, folder: Path, url: str, options: str) -> Shelf:
    """The shelf, marked as this archive's and noted where every process looks. Raises UsageError when it is another one's."""
    shelf, archive = shelf_at(url, folder / options if options else None), about(db).id
    owner = shelf.owner()
    if owner not in ("", archive):
        raise UsageError(
            f"{shelf.url} is the shelf of another archive ({owner})", cure="Give warc.remote a place of its own"
        )
    if not owner:
        if any(known.url == shelf.url for known in shelves_of(folder)):
            raise Away(f"{shelf.url} has lost its {MARK}", cure="Is the shared folder mounted?")
        shelf.write(MARK, f"{archive}\n".encode())
    note_shelf(folder, url, options)
    return shelf
