"""Files that lie in an archive's folder beside its own: exports, what a crash left."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage.faults import full_disk
from storage.redaction.bodies import veiled_markup
from storage.redaction.veil import Veil
from storage.warc.files import sync_folder, warc_folder
from storage.warc.manifest import replaced

_OWN = ("phuongchi.toml", "portals.toml", "ledger.jsonl", "redaction.key")
_LEFT = ("schema", "id", "portal", "url")


@dataclass(slots=True)
class Exports:
    """Files beside the archive's own: masked, taken away, and those of a kind that nobody can look into."""

    masked: list[Path] = field(default_factory=list)
    gone: list[Path] = field(default_factory=list)
    unknown: list[Path] = field(default_factory=list)


def clean(folder: Path, veil: Veil, *, database: str, hosts: Collection[str], dry_run: bool = False) -> Exports:
    """Mask what is veiled in files of text, and take away packages and torn records that hold it. Raises StorageFull.

    `database` is the file name of the archive's database, `hosts` are the portals'.
    """
    exports = Exports()
    buried = {rule.article["id"] for rule in veil.rules if rule.article}
    for path in _others(folder, database):
        try:
            _clean(path, folder, veil, buried, hosts, exports, dry_run=dry_run)
        except OSError as error:
            raise full_disk(error, str(path)) or error from error
    return exports


def _others(folder: Path, database: str) -> Iterator[Path]:
    warc = warc_folder(folder)
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink() or path.name.endswith((".lock", ".write-lock")):
            continue
        own = path.parent == folder and (path.name in _OWN or (database and path.name.startswith(database)))
        kept = path.parent == warc and not path.name.endswith(".torn")
        if not own and not kept and not path.name.startswith(".phuongchi-"):
            yield path


def _clean(
    path: Path, folder: Path, veil: Veil, buried: Collection[str], hosts: Collection[str], exports: Exports, *,
    dry_run: bool,
) -> None:  # fmt: skip
    if path.name.endswith(".torn"):
        if veil.hides(_inflated(path)):
            _take_away(path, exports, dry_run=dry_run)
        return
    if zipfile.is_zipfile(path):
        if _holds_what_was_replaced(path, folder, veil):
            _take_away(path, exports, dry_run=dry_run)
        return
    if path.suffix in (".parquet", ".zst"):
        _look_into(path, veil, buried, exports, dry_run=dry_run)
        return
    packed = path.suffix == ".gz"
    try:
        text = (gzip.decompress(path.read_bytes()) if packed else path.read_bytes()).decode("utf-8")
    except (UnicodeError, gzip.BadGzipFile, zlib.error, EOFError):
        exports.unknown.append(path)
        return
    masked = _masked(text, veil, buried, hosts)
    if masked is None:
        _take_away(path, exports, dry_run=dry_run)
    elif masked != text:
        exports.masked.append(path)
        if not dry_run:
            data = masked.encode()
            _replace(path, gzip.compress(data, mtime=0) if packed else data)


def _look_into(path: Path, veil: Veil, buried: Collection[str], exports: Exports, *, dry_run: bool) -> None:
    """Take an export away that only pyarrow opens, if it says what is veiled; without pyarrow nobody knows."""
    try:
        says = any(any(article in text for article in buried) or veil.hides(text) for text in _unfolded(path))
    except (ImportError, OSError, ValueError):  # pyarrow's errors are ValueErrors and OSErrors
        exports.unknown.append(path)
        return
    if says:
        _take_away(path, exports, dry_run=dry_run)


def _unfolded(path: Path) -> Iterator[str]:
    """The texts in a Parquet or zstd file, some at a time. Raises ImportError, OSError, ValueError."""
    import pyarrow
    import pyarrow.parquet

    if path.suffix == ".zst":
        with pyarrow.input_stream(path, compression="zstd") as file:
            yield file.read().decode("utf-8")
        return
    with pyarrow.parquet.ParquetFile(path) as table:
        for some in table.iter_batches(batch_size=500):
            yield json.dumps(some.to_pylist(), ensure_ascii=False, default=str)


def _masked(text: str, veil: Veil, buried: Collection[str], hosts: Collection[str]) -> str | None:
    """A file's text with marks and tombstones; None for one that holds a redacted article in a form nobody can cut."""
    lines = []
    for line in text.split("\n"):
        if not any(article in line for article in buried):
            lines.append(veiled_markup(veil, line, hosts=hosts))
            continue
        try:
            found = json.loads(line)
        except ValueError:
            return None
        lines.append(line if not isinstance(found, dict) else _tombstone(found, line, veil, buried, hosts))
    return "\n".join(lines)


def _tombstone(found: dict[str, Any], line: str, veil: Veil, buried: Collection[str], hosts: Collection[str]) -> str:
    if found.get("id") not in buried:
        return veiled_markup(veil, line, hosts=hosts)
    left = {name: found[name] for name in _LEFT if name in found}
    same = found.get("visibility") == "redacted"
    return line if same else json.dumps({**left, "visibility": "redacted"}, ensure_ascii=False)


def _holds_what_was_replaced(path: Path, folder: Path, veil: Veil) -> bool:
    """Whether a package of WARC files was made before one of them was written anew; any other package is looked through."""
    with zipfile.ZipFile(path) as package:
        names = {name.rpartition("/")[2] for name in package.namelist()}
        if names & {name for name, _ in replaced(folder)}:
            try:
                made = json.loads(package.read("datapackage.json"))["created"]
            except (KeyError, ValueError):
                return True
            return bool(made <= max(rule.at for rule in veil.rules))
        return any(
            veil.hides(package.read(name).decode("utf-8", "replace"))
            for name in package.namelist()
            if not name.endswith(".gz")
        )


def _inflated(path: Path) -> str:
    """As much of a torn record as can be unpacked."""
    decompressor, found, data = zlib.decompressobj(wbits=31), bytearray(), path.read_bytes()
    for start in range(0, len(data), 4096):
        try:
            found += decompressor.decompress(data[start : start + 4096])
        except zlib.error:
            break
    return found.decode("utf-8", "replace")


def _take_away(path: Path, exports: Exports, *, dry_run: bool) -> None:
    exports.gone.append(path)
    if not dry_run:
        path.unlink()


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.redacted")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)
