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

from storage import points
from storage.engine import Database
from storage.errors import Away, FixityError, UsageError
from storage.faults import full_disk
from storage.reader.feed import about, finished_files
from storage.warc.files import sync_folder, warc_folder
from storage.warc.manifest import MANIFEST
from storage.warc.places import There, chunks, note_shelf, shelves_of
from storage.warc.repair import file_digest
from storage.warc.shelves import MARK, Shelf, shelf_at


@dataclass(frozen=True, slots=True)
class Shelved:
    """What was put on the shelf: names, their bytes, and files that stay because they are not what was written."""

    names: tuple[str, ...]
    bytes: int
    damaged: tuple[str, ...]


def put_away(
    db: Database, folder: Path, url: str, *, options: str = "", stopping: Callable[[], bool] = lambda: False,
    progress: Callable[[str], None] = lambda name: None,
) -> Shelved:  # fmt: skip
    """Put every finished file that is still in the folder on the shelf at `url`, or as many as until `stopping`.

    Raises Away, FixityError when the shelf does not give back what it was given, UsageError when it is another archive's.
    """
    files, place = finished_files(db), warc_folder(folder)
    waiting = [path.name for path in sorted(place.glob("*.warc.gz")) if path.name in files]
    if not waiting:
        return Shelved((), 0, ())
    shelf, names, damaged, size = _shelf(db, folder, url, options), list[str](), list[str](), 0
    for name in waiting:
        if stopping():
            break
        progress(name)
        length, sha256 = file_digest(folder, name)
        if sha256 != files[name]:
            damaged.append(name)
            continue
        _hand_over(shelf, place / name, length, sha256)
        names.append(name)
        size += length
    if names:
        shelf.write(MANIFEST, (place / MANIFEST).read_bytes())
    return Shelved(tuple(names), size, tuple(damaged))


def _hand_over(shelf: Shelf, path: Path, length: int, sha256: str) -> None:
    """Put a file on the shelf, look whether it is there byte by byte, and only then drop it here."""
    if not _is_there(shelf, path.name, length, sha256):
        points.reached("shelf.put")
        shelf.put(path.name, path)
        points.reached("shelf.there")
        if not _is_there(shelf, path.name, length, sha256):
            raise FixityError(
                f"{shelf.url} does not give back {path.name} as it was given it", cure="The file stays here; try again"
            )
    points.reached("shelf.compared")
    try:
        path.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise full_disk(error, str(path)) or error from error
    points.reached("shelf.dropped")


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
