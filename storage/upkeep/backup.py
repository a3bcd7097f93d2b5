"""An archive kept a second time, in a folder of its own:

    warc/         every finished WARC file, once, and the manifest of their digests
    snapshots/    <instant>/    the database as one file, phuongchi.toml, portals.toml, ledger.jsonl, units.csv, and backup.json

Files that the manifest has with the same digest are not copied again. Snapshots appear whole or not at all; of the old ones a
week's and a month's are kept. One that rests on files which were damaged, and which no backup has, never takes the place of
a whole one. WARC files are never taken away.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage import points
from storage.engine import Database
from storage.errors import FixityError, UsageError
from storage.faults import full_disk
from storage.reader import about
from storage.redaction.veil import KEY
from storage.text import VIETNAM, instant_text
from storage.upkeep.dumps import snapshot
from storage.upkeep.ledger import LEDGER
from storage.upkeep.units import FILE as UNITS
from storage.warc import note_in_manifest, read_manifest, warc_folder
from storage.warc.files import sync_folder
from storage.warc.manifest import replace_in_manifest, replaced
from storage.warc.places import Here, Opened, chunks, opened

CONFIGURATION = ("phuongchi.toml", "portals.toml", LEDGER, KEY, UNITS)
DAYS, WEEKS = 7, 4
ABOUT = "backup.json"
_NAME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of an archive in a backup: when it was taken, of which archive, and its files' hex SHA-256 by name.

    `damaged` are WARC files of it that the backup does not have, because they were damaged when it was taken.
    """

    folder: Path
    taken_at: datetime
    archive: str
    files: dict[str, str]
    warc: dict[str, str]
    damaged: tuple[str, ...] = ()

    @property
    def database(self) -> Path:
        """The database as one file."""
        return next(
            self.folder / name for name in self.files if name.startswith("phuongchi.") and name != CONFIGURATION[0]
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """What a backup did: its snapshot, WARC files copied and their bytes, files that are damaged, snapshots taken away."""

    snapshot: Path
    copied: tuple[str, ...]
    bytes: int
    damaged: tuple[str, ...]
    removed: tuple[Path, ...]


def check_target(to: Path, archive: str, folder: Path) -> None:
    """Raise UsageError unless `to` is empty, not there yet, or a backup of this archive outside of its folder."""
    place, home = to.resolve(), folder.resolve()
    if place == home or home in place.parents:
        raise UsageError(f"{to} lies in the archive itself", cure="Name a folder on another disk")
    if place.exists() and not place.is_dir():
        raise UsageError(f"{to} is a file", cure="Name a folder")
    others = sorted(path.name for path in place.iterdir()) if place.exists() else []
    if others and not (place / "snapshots").is_dir():
        raise UsageError(f"{to} holds other files ({others[0]}, …)", cure="Name a new folder")
    for one in snapshots(to)[:1]:
        if one.archive != archive:
            raise UsageError(f"{to} is a backup of another archive ({one.archive})", cure="Name another folder")


def begin(to: Path) -> None:
    """Make the folder of a backup, so that one that is interrupted at its first file is known for one. Raises StorageFull."""
    _make(to / "snapshots")


def copy_files(
    source: Path, target: Path, files: Mapping[str, str], *, progress: Callable[[str], None]
) -> tuple[list[str], int, list[str]]:
    """Copy the WARC files (hex SHA-256 by name) that the target lacks; returns names, bytes, and what is damaged or missing.

    What is damaged in the source never takes the place of what is well in the target. Raises StorageFull.
    """
    kept, copied, size, damaged = read_manifest(target), list[str](), 0, list[str]()
    steps = replaced(source)
    _make(warc_folder(target))
    for name, sha256 in sorted(files.items()):
        there = warc_folder(target) / name
        if kept.get(name) == sha256 and there.is_file():
            continue
        progress(name)
        try:
            with opened(source, name) as file:
                size += _copied(file, there, sha256)
        except (FixityError, FileNotFoundError):
            damaged.append(name)
            continue
        if (name, kept.get(name, "")) in steps:
            replace_in_manifest(target, name, kept[name], sha256, why="redacted in the archive")
        else:
            note_in_manifest(target, name, sha256)
        points.reached("backup.listed")
        copied.append(name)
    return copied, size, damaged


def as_they_are(source: Path, files: Mapping[str, str]) -> dict[str, str]:
    """The digests by which a state's WARC files stand in a backup today: those that were redacted later have others."""
    steps, found = replaced(source), {}
    for name, sha256 in files.items():
        last = sha256
        while (name, last) in steps:
            last = steps[name, last]
        found[name] = last
    return found


def take(
    db: Database, folder: Path, to: Path, *, now: datetime, warc: Mapping[str, str], damaged: Sequence[str] = ()
) -> Path:
    """Take a snapshot of database, configuration and ledger; `warc` are the WARC files that belong to it, `damaged` those of
    them that could not be copied.

    Raises StorageFull, DatabaseError.
    """
    place = to / "snapshots"
    _make(place)
    draft, final = place / f".{now.astimezone(UTC):{_NAME}}", place / f"{now.astimezone(UTC):{_NAME}}"
    if final.exists():
        raise UsageError(f"{final} is there already", cure="Wait a second and try again")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        snapshot(db.url, draft)
        points.reached("backup.snapshot")
        for name in CONFIGURATION:
            if (folder / name).exists():
                shutil.copyfile(folder / name, draft / name)
                (draft / name).chmod(0o600 if name == KEY else 0o640)
        files = {path.name: _sha256(path) for path in sorted(draft.iterdir())}
        note = {"archive": about(db).id, "taken_at": instant_text(now), "files": files, "warc": dict(warc),
                "damaged": list(damaged)}  # fmt: skip
        (draft / ABOUT).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
        for path in draft.iterdir():
            _sync(path)
        sync_folder(draft)
        points.reached("backup.ready")
        draft.rename(final)
        sync_folder(place)
        points.reached("backup.named")
    except OSError as error:
        raise full_disk(error, str(place)) or error from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return final


def snapshots(to: Path) -> list[Snapshot]:
    """The snapshots of a backup, the newest first."""
    found = []
    for path in (to / "snapshots").glob("*/" + ABOUT):
        with suppress(ValueError, KeyError, TypeError):
            note = json.loads(path.read_text("utf-8"))
            at = datetime.fromisoformat(note["taken_at"])
            damaged = tuple(note.get("damaged", ()))
            found.append(Snapshot(path.parent, at, note["archive"], dict(note["files"]), dict(note["warc"]), damaged))
    return sorted((one for one in found if not one.folder.name.startswith(".")), key=lambda one: one.taken_at)[::-1]


def superfluous(kept: Sequence[Snapshot]) -> list[Snapshot]:
    """Those of the snapshots (the newest first) that are neither the last of one of the last seven days that have any, nor
    the last of one of the last four such weeks; days and weeks are Vietnam's. A whole one goes before one that lacks files,
    and the newest of both stay in any case."""
    stay = {one.folder for one in (*kept[:1], *[one for one in kept if not one.damaged][:1])}
    for form, count in (("%Y-%m-%d", DAYS), ("%G-%V", WEEKS)):
        last: dict[str, Snapshot] = {}
        for one in sorted(kept, key=lambda one: bool(one.damaged)):
            last.setdefault(one.taken_at.astimezone(VIETNAM).strftime(form), one)
        stay |= {last[name].folder for name in sorted(last, reverse=True)[:count]}
    return [one for one in kept if one.folder not in stay]


def rotate(to: Path) -> tuple[Path, ...]:
    """Take superfluous snapshots away; returns them."""
    gone = superfluous(snapshots(to))
    for one in gone:
        shutil.rmtree(one.folder)
        points.reached("backup.rotated")
    return tuple(one.folder for one in gone)


def copy(source: Path, target: Path, sha256: str) -> int:
    """Copy a file durably if it has this digest; returns its bytes. Raises FixityError, FileNotFoundError, StorageFull."""
    with Here(os.open(source, os.O_RDONLY | os.O_CLOEXEC)) as file:
        return _copied(file, target, sha256)


def _copied(source: Opened, target: Path, sha256: str) -> int:
    draft, digest, size = target.with_name(target.name + ".partial"), hashlib.sha256(), 0
    try:
        points.reached("backup.copy")
        with draft.open("wb") as new:
            for chunk in chunks(source, 1 << 20):
                digest.update(chunk)
                size += len(chunk)
                new.write(chunk)
            new.flush()
            os.fsync(new.fileno())
        if digest.hexdigest() != sha256:
            raise FixityError(f"{target.name} is not what was written", cure="Restore the file from a backup")
        draft.chmod(0o440)
        draft.replace(target)
        sync_folder(target.parent)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise full_disk(error, str(target)) or error from error
    finally:
        draft.unlink(missing_ok=True)
    return size


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise full_disk(error, str(folder)) or error from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
