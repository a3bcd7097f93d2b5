"""Every record of a WARC file from its first byte to its last, also behind damage; and the digest of the whole.

Memory holds one record at a time. After a member that cannot be unpacked the walk goes on at the next one that can.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storage.errors import FixityError
from storage.warc.members import LARGEST_RECORD, Record, record_of
from storage.warc.places import Here, opened

_STEP = 128 * 1024
_MAGIC = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class Member:
    """A record and where it begins; `record` is None where bytes are damaged, and `why` says how."""

    offset: int
    length: int
    record: Record | None
    why: str = ""


class Walk:
    """The records of one file, in their order. After the last one `sha256` and `size` are those of the whole file.

    With `here` the file is no archive's and stands in the folder itself. Raises FileNotFoundError when there is no such file,
    finished or open.
    """

    def __init__(self, folder: Path, name: str, *, largest: int = LARGEST_RECORD, here: bool = False) -> None:
        self.name, self._largest = name, largest
        self._file = Here(os.open(folder / name, os.O_RDONLY | os.O_CLOEXEC)) if here else opened(folder, name)
        self._digest, self._hashed = hashlib.sha256(), 0

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the bytes that were walked over."""
        return self._digest.hexdigest()

    @property
    def size(self) -> int:
        """How many bytes were walked over."""
        return self._hashed

    def __iter__(self) -> Iterator[Member]:
        try:
            offset, buffer = 0, b""
            while buffer or (buffer := self._read(offset)):
                member, rest = self._next(offset, buffer)
                yield member
                offset += member.length
                buffer = rest
        finally:
            self._file.close()

    def _read(self, offset: int) -> bytes:
        """The next bytes from `offset` on; each byte goes into the digest once."""
        data = self._file.read(_STEP, offset)
        if offset + len(data) > self._hashed:
            self._digest.update(data[self._hashed - offset :])
            self._hashed = offset + len(data)
        return data

    def _next(self, offset: int, buffer: bytes) -> tuple[Member, bytes]:
        """The member at `offset`, which `buffer` begins with, and what was read beyond it."""
        data, length, rest, why = self._unpacked(offset, buffer)
        if not why:
            try:
                return Member(offset, length, record_of(data, length, where=f"{self.name}:{offset}")), rest
            except FixityError as error:
                return Member(offset, length, None, error.message), rest
        length = self._next_start(offset) - offset
        return Member(offset, length, None, f"the record at {self.name}:{offset} is damaged: {why}"), b""

    def _unpacked(self, offset: int, buffer: bytes) -> tuple[bytes, int, bytes, str]:
        decompressor, data, taken = zlib.decompressobj(wbits=31), bytearray(), 0
        while True:
            try:
                data += decompressor.decompress(buffer, self._largest + 1 - len(data))
            except zlib.error as error:
                return b"", 0, b"", f"its gzip member is broken ({error})"
            taken += len(buffer)
            if decompressor.eof:
                return bytes(data), taken - len(decompressor.unused_data), decompressor.unused_data, ""
            if len(data) > self._largest:
                return b"", 0, b"", f"it is larger than {self._largest >> 20} MiB"
            if not (buffer := self._read(offset + taken)):
                return b"", 0, b"", "its gzip member is cut off"

    def _next_start(self, offset: int) -> int:
        """Where the next member behind a damaged one begins, or the file's end."""
        position = offset + 1
        while window := self._read(position):
            found = window.find(_MAGIC)
            if found < 0:
                position += max(1, len(window) - len(_MAGIC) + 1) if len(window) == _STEP else len(window)
            elif self._begins(position + found):
                return position + found
            else:
                position += found + 1
        return position

    def _begins(self, position: int) -> bool:
        try:
            return zlib.decompressobj(wbits=31).decompress(self._read(position), 7) == b"WARC/1."
        except zlib.error:
            return False
