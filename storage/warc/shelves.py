"""Shelves: places elsewhere for finished WARC files. A folder that machines share, or whatever fsspec can reach, S3 above all.

A shelf knows names and bytes, nothing of archives. What it is asked for and does not have is a FileNotFoundError; a shelf that
does not answer is `Away`: its files are not lost, and nobody may take them for lost.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from storage.errors import Away, UsageError
from storage.warc.files import sync_folder

MARK = "phuongchi-archive.txt"
"""The file that says of which archive a shelf is. A folder without it is not mounted."""

_STORES = ("s3", "s3a", "gs", "gcs", "az", "azure", "abfs", "abfss")
"""What obstore speaks; its options stand in the environment, or in a file, under the names of its documentation."""

ANSWERED, AGAIN = timedelta(seconds=30), timedelta(seconds=15)
"""What one answer of a remote shelf may take, and for how long it is asked again after failures. Together well below
`read.wall` (60 s): a reader that waits longer is killed, and its page is blamed."""

CARRIED = timedelta(seconds=60)
"""What a part of a file may take on its way to a remote shelf, and for how long it is sent again: lines up are slow."""

REST = 60.0
"""Seconds for which a remote shelf that kept somebody waiting is not asked again: each page of a crawl would wait as long."""

_QUICK = 1.0
"""Seconds: what is refused sooner holds nobody up, and says nothing about other files."""

_SAID = re.compile(r"<Code>(\w{1,60})</Code>")


class Shelf(Protocol):
    """Where finished files stand. Every method raises Away when the shelf does not answer."""

    url: str

    def owner(self) -> str:
        """The id of the archive whose shelf this is; empty for a place that nobody has used, or that is not mounted."""

    def size(self, name: str, *, anew: bool = False) -> int | None:
        """The bytes of a file, None if it is not there: then the shelf has its mark.

        What was seen is asked for again only `anew`: another process may have put a masked file in its place.
        """

    def names(self) -> dict[str, int]:
        """All WARC files with their sizes."""

    def read(self, name: str, start: int, end: int) -> bytes:
        """The bytes of a file from `start` to before `end`; fewer only at its end. Raises FileNotFoundError."""

    def put(self, name: str, source: Path) -> None:
        """Take a copy of a file, in the place of what has that name: whole, or not at all."""

    def write(self, name: str, data: bytes) -> None:
        """Take a small file, as `put` does."""

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""


class FolderShelf:
    """A folder, mounted from a server that all machines share."""

    def __init__(self, folder: Path) -> None:
        self.url, self._folder = str(folder), folder

    def owner(self) -> str:
        """See `Shelf`."""
        try:
            return (self._folder / MARK).read_text("utf-8").strip()
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise _away(self.url, os.strerror(error.errno or 0)) from error

    def size(self, name: str, *, anew: bool = False) -> int | None:  # it is never remembered
        """See `Shelf`."""
        with self._asked():
            try:
                return (self._folder / name).stat().st_size
            except FileNotFoundError:
                self._mounted()
                return None

    def names(self) -> dict[str, int]:
        """See `Shelf`."""
        with self._asked():
            self._mounted()
            return {path.name: path.stat().st_size for path in self._folder.glob("*.warc.gz")}

    def read(self, name: str, start: int, end: int) -> bytes:
        """See `Shelf`."""
        with self._asked(), (self._folder / name).open("rb", buffering=0) as file:
            return os.pread(file.fileno(), end - start, start)

    def put(self, name: str, source: Path) -> None:
        """See `Shelf`."""
        with self._drafted(name) as draft:
            shutil.copyfile(source, draft)

    def write(self, name: str, data: bytes) -> None:
        """See `Shelf`."""
        with self._drafted(name) as draft:
            draft.write_bytes(data)

    def remove(self, name: str) -> None:
        """See `Shelf`."""
        with self._asked():
            self._mounted()
            (self._folder / name).unlink(missing_ok=True)
            sync_folder(self._folder)

    @contextmanager
    def _drafted(self, name: str) -> Iterator[Path]:
        """A draft that takes its place, durably, when the block has filled it."""
        draft = self._folder / f".{name}.part"
        with self._asked():
            if not self._folder.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                sync_folder(self._folder.parent)
            draft.unlink(missing_ok=True)  # one that was killed may have left it, and nobody may write into it
            try:
                yield draft
                with draft.open("rb") as file:
                    os.fsync(file.fileno())
                    _forget(file.fileno())
                draft.chmod(0o440)
                draft.replace(self._folder / name)
                sync_folder(self._folder)
            finally:
                draft.unlink(missing_ok=True)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            self._mounted()
            raise
        except OSError as error:
            raise _away(self.url, os.strerror(error.errno) if error.errno else "") from error

    def _mounted(self) -> None:
        """Raise Away when the shelf's own mark is missing, too: then it is the shelf that is not there."""
        if not (self._folder / MARK).exists():
            raise _away(self.url, f"it has no {MARK}: is it mounted?")


def _forget(descriptor: int) -> None:
    """Let the next look at a file ask the server or the disk for it, and not this machine's own memory of what it sent."""
    if hasattr(os, "posix_fadvise"):  # macOS has none
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


class RemoteShelf:
    """What fsspec reaches under a URL; S3 and its like through obstore."""

    def __init__(self, url: str, options: Mapping[str, str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self.url = url.rstrip("/")
        self._files, self._root = _filesystem(self.url, options)
        self._carrier, _ = _filesystem(self.url, options, carries=True)
        self._sizes: dict[str, int] = {}
        self._clock, self._rests_until, self._why = clock, float("-inf"), ""

    def owner(self) -> str:
        """See `Shelf`."""
        size = self._size(MARK)
        return self.read(MARK, 0, size).decode("utf-8", "replace").strip() if size else ""

    def size(self, name: str, *, anew: bool = False) -> int | None:
        """See `Shelf`."""
        if anew:
            self._sizes.pop(name, None)
        size = self._sizes.get(name) or self._size(name)
        if size is not None:
            self._sizes[name] = size
        elif self._size(MARK) is None:
            raise _away(self.url, f"it has no {MARK}: is it the right place?")
        return size

    def names(self) -> dict[str, int]:
        """See `Shelf`."""
        try:
            with self._asked():
                found: list[dict[str, Any]] = self._files.ls(self._root, detail=True)
        except FileNotFoundError:  # not even the mark stands there
            raise _away(self.url, f"it has no {MARK}: is it the right place?") from None
        sizes = {str(one["name"]).rpartition("/")[2]: int(one["size"]) for one in found if one["type"] == "file"}
        if MARK not in sizes:
            raise _away(self.url, f"it has no {MARK}: is it the right place?")
        return {name: size for name, size in sizes.items() if name.endswith(".warc.gz")}

    def read(self, name: str, start: int, end: int) -> bytes:
        """See `Shelf`."""
        try:
            with self._asked():
                found = bytes(self._files.cat_file(self._place(name), start=start, end=end))
        except Away:  # many servers refuse what begins behind the end (416): the file has become shorter
            size = self.size(name, anew=True)
            if size is None or start < size:
                raise
            return b""
        if len(found) < end - start:
            self._sizes.pop(name, None)
        return found

    def put(self, name: str, source: Path) -> None:
        """See `Shelf`."""
        self._sizes.pop(name, None)
        with self._asked():
            self._carrier.put_file(str(source), self._place(name))

    def write(self, name: str, data: bytes) -> None:
        """See `Shelf`."""
        self._sizes.pop(name, None)
        with self._asked():
            self._files.pipe_file(self._place(name), data)

    def remove(self, name: str) -> None:
        """See `Shelf`."""
        self._sizes.pop(name, None)
        with suppress(FileNotFoundError), self._asked():
            self._files.rm_file(self._place(name))

    def _size(self, name: str) -> int | None:
        with suppress(FileNotFoundError), self._asked():
            return int(self._files.info(self._place(name))["size"])
        return None

    def _place(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _asked(self) -> Iterator[None]:
        began = self._clock()
        if began < self._rests_until:
            raise _away(self.url, self._why)
        try:
            self._files.invalidate_cache()
            yield
        except FileNotFoundError:
            raise
        except Exception as error:  # each of the many kinds of storage has errors of its own, and says keys in some
            found, now = _SAID.search(str(error)), self._clock()
            why = found[1] if found else type(error).__name__
            if now - began >= _QUICK:
                self._why, self._rests_until = why, now + REST
            raise _away(self.url, why) from None


def shelf_at(url: str, options: Path | None = None) -> Shelf:
    """The shelf at an address: a folder's path, or a URL that fsspec knows. `options` is a file of `NAME=value` lines.

    Raises UsageError when the address or its options cannot be used, or the extra is not installed.
    """
    if "://" not in url or url.startswith("file://"):
        return FolderShelf(Path(url.removeprefix("file://")))
    return _remote(url, options, _stamp(options))


@lru_cache(maxsize=8)
def _remote(url: str, options: Path | None, stamp: int) -> RemoteShelf:
    """Connections are kept; `stamp` changes when the options do."""
    return RemoteShelf(url, _read(options) if options else {})


def _stamp(options: Path | None) -> int:
    try:
        return options.stat().st_mtime_ns if options else 0
    except OSError as error:
        raise UsageError(
            f"{options} cannot be read: {os.strerror(error.errno or 0)}", cure="See warc.remote_file"
        ) from error


def _read(options: Path) -> dict[str, str]:
    """The options in a file, as systemd and containers have them: a name, `=`, a value, a line each."""
    lines = (line.strip() for line in options.read_text("utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip().removeprefix("export ").lower(): value.strip().strip("\"'") for name, _, value in pairs}


def _filesystem(url: str, options: Mapping[str, str], *, carries: bool = False) -> tuple[Any, str]:
    protocol, _, root = url.partition("://")
    try:
        import fsspec

        if protocol in _STORES:
            from obstore import fsspec as obstore

            store: Any = obstore.FsspecStore
            known = {
                **{name.lower(): value for name, value in os.environ.items() if name.startswith("AWS_")},
                **options,
            }
            plain = any("endpoint" in name and value.startswith("http://") for name, value in known.items())
            config = {name: value for name, value in options.items() if "allow_http" not in name}
            patience = {"max_retries": 5, "retry_timeout": CARRIED if carries else AGAIN}
            answered = CARRIED if carries else ANSWERED
            client = {"timeout": answered, "connect_timeout": "10s", **({"allow_http": True} if plain else {})}
            made = store(protocol, config=config or None, client_options=client, retry_config=patience,
                         skip_instance_cache=True)  # fmt: skip
            return made, root
        found: tuple[Any, str] = fsspec.core.url_to_fs(url, **options)
        return found
    except (ImportError, ValueError) as error:
        raise UsageError(
            f"{url} cannot be reached: {type(error).__name__}",
            cure="Install the extra for it: pip install 'phuongchi[s3]'; other kinds of storage need what fsspec names",
        ) from error
    except Exception as error:
        raise UsageError(f"{url} cannot be used: {type(error).__name__}", cure="See warc.remote_file") from None


def _away(url: str, why: str) -> Away:
    return Away(f"{url} does not answer{f' ({why})' if why else ''}", cure="What stands there is not lost; try again")
