"""What PATHs hold: files of others are found, those of a WACZ unpacked into a folder of our own, and saved pages inspected."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crawler.importing.saved import LARGEST_PAGE, Saved, Times, Unusable, inspect
from storage.errors import StorageFull, UsageError

PAGES = (".html", ".htm", ".xhtml")
WARCS = (".warc", ".warc.gz")
WACZ = ".wacz"

BOMB = 200
"""How many times smaller a part of a WACZ may be packed; what is packed better holds nothing but one byte again and again."""

_FOLDERS = ("_files", ".files", "_tep_tin")  # where browsers put the frames of a saved page


@dataclass(frozen=True, slots=True)
class File:
    """A WARC file, by the name it is spoken of, and its SHA-256."""

    path: Path
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page."""

    file: File
    saved: Saved


@dataclass(slots=True)
class Sources:
    """What was found, and what cannot be used and why."""

    warcs: list[File] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@contextmanager
def found(paths: Sequence[Path], folder: Path, times: Times, *, free: int) -> Iterator[Sources]:
    """The files that `paths` (files and folders) hold. Those of a WACZ are unpacked below `folder` until the block ends.

    Raises UsageError for a path that is not there or of no kind that is known, StorageFull when unpacking would leave less
    than `free` bytes.
    """
    sources = Sources()
    with tempfile.TemporaryDirectory(prefix=".import-", dir=folder) as room:
        for path in paths:
            for file in _files(path):
                _take(file, path, sources, Path(room), times, free)
        _drop_shared_claims(sources)
        yield sources


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise UsageError(f"there is no {path}", cure="Name WARC, WACZ or HTML files, or folders that hold them")
    if path.is_dir():
        every = sorted(one for one in path.rglob("*") if one.is_file() and _kind(one))
        return [one for one in every if not any(part.endswith(_FOLDERS) for part in one.relative_to(path).parts[:-1])]
    if not _kind(path):
        raise UsageError(f"{path} is of no kind that can be imported", cure="WARC, WACZ and HTML files can be")
    return [path]


def _kind(path: Path) -> str:
    name = path.name.lower()
    return next((end for end in (*PAGES, *WARCS, WACZ) if name.endswith(end)), "")


def _take(path: Path, root: Path, sources: Sources, room: Path, times: Times, free: int) -> None:
    kind = _kind(path)
    try:
        if kind == WACZ:
            sources.warcs += _unpacked(path, room, sources.problems, free)
        elif kind in WARCS:
            sources.warcs.append(File(path, path.name, _sha256(path)))
        else:
            sources.pages.append(_page(path, root, times))
    except Unusable as error:
        sources.problems.append(f"{path}: {error}")
    except OSError as error:
        sources.problems.append(f"{path}: it cannot be read: {error.strerror or error}")


def _page(path: Path, root: Path, times: Times) -> Page:
    if path.stat().st_size > LARGEST_PAGE:
        raise Unusable(f"it is larger than {LARGEST_PAGE >> 20} MiB")
    name = str(path.relative_to(root)) if root.is_dir() else path.name
    saved = inspect(path, name, path.read_bytes(), times)
    return Page(File(path, name, _sha256(path)), saved)


def _drop_shared_claims(sources: Sources) -> None:
    """An address that several files give for themselves is none of them: systems print one canonical on every page."""
    shared = Counter(page.saved.url for page in sources.pages if page.saved.claimed)
    for page in [page for page in sources.pages if page.saved.claimed and shared[page.saved.url] > 1]:
        sources.pages.remove(page)
        sources.problems.append(
            f"{page.file.path}: {shared[page.saved.url]} files say that they are {page.saved.url} (give a CSV with --map)"
        )


def _unpacked(path: Path, room: Path, problems: list[str], free: int) -> Iterator[File]:
    """The WARC files of a WACZ, each checked by its CRC; one that is damaged is named, and the others are taken."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = [part for part in package.infolist() if part.filename.lower().endswith(WARCS)]
            if not parts:
                raise Unusable("it holds no WARC file")
            for number, part in enumerate(parts):
                name = f"{path.name}/{part.filename}"
                if part.file_size > BOMB * max(part.compress_size, 1):
                    problems.append(f"{path}: {part.filename} is packed like a bomb")
                    continue
                if shutil.disk_usage(room).free - part.file_size < free:
                    raise StorageFull(f"there is no room to unpack {name}", cure="Free some space")
                target = room / f"{len(list(room.iterdir()))}-{number}.warc.gz"
                try:
                    with package.open(part) as packed, target.open("wb") as file:
                        shutil.copyfileobj(packed, file, 1 << 20)
                except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
                    target.unlink(missing_ok=True)
                    problems.append(f"{path}: {part.filename} at offset {part.header_offset} is damaged: {error}")
                    continue
                yield File(target, name, _sha256(target))
    except zipfile.BadZipFile as error:
        raise Unusable(f"it is no whole WACZ file: {error}") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
