"""The WARC files of an archive without what is veiled: each file is written anew beside itself, with the same offsets, and
takes its own place in one step.

A killed process leaves every file as it was or as it shall be, and the next call goes on.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from storage import points
from storage.errors import Held
from storage.faults import full_disk
from storage.redaction.records import (
    FileText,
    is_tombstone,
    payload_digest,
    text_left,
    tombstone,
    veiled_member,
    with_payload,
)
from storage.redaction.veil import Veil
from storage.warc.files import sync_folder, warc_folder
from storage.warc.manifest import replace_in_manifest
from storage.warc.members import ANSWERS, Record, note_of
from storage.warc.places import brought_back, finished, moving
from storage.warc.reader import IDENTICAL, REDACTED, REFERS_TO_FILE, REFERS_TO_OFFSET, parts_of
from storage.warc.walk import Member, Walk

PATIENCE = 60.0
"""Seconds to wait for whoever drops a file that a shelf has; that takes one."""

Patches = dict[int, bytes]
NO_FILES: Mapping[int, FileText] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Exchange:
    """An answer with its companions as they stand in a file, and what its metadata says: portal, key of its page, entry."""

    members: tuple[Member, ...]
    portal: str
    key: str
    entry: int


@dataclass(slots=True)
class Found:
    """What a search found: for each file the members that take others' places, by offset; and where revisits refer to.

    `before` has the payload digests of records that were masked by an earlier call: it may have been killed before the
    revisits of their bodies followed.
    """

    patches: dict[str, Patches] = field(default_factory=dict)
    revisits: list[tuple[str, Member, tuple[str, int]]] = field(default_factory=list)
    before: dict[tuple[str, int], str] = field(default_factory=dict)
    masked: int = 0
    tombstones: int = 0


@dataclass(frozen=True, slots=True)
class Replaced:
    """A file that was written anew: its digests before and after."""

    name: str
    before: str
    after: str


def exchanges(folder: Path, name: str) -> Iterator[Exchange]:
    """The answers of a file with their companions, in its order; what is damaged or stands alone is left out."""
    group: list[Member] = []
    for member in Walk(folder, name):
        if member.record is None or member.record.kind == "warcinfo":
            continue
        if member.record.kind in ANSWERS:
            if group:
                yield _exchange(group)
            group = [member]
        elif group and member.record.head.get("warc-concurrent-to") == _id(group[0]):
            group.append(member)
    if group:
        yield _exchange(group)


def search(
    folder: Path, veil: Veil, *, entries: Mapping[int, FileText] = NO_FILES, names: frozenset[str] | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> Found:  # fmt: skip
    """Look through all finished files (or those with these names) for what is veiled. `entries` are files that nobody may
    read, and what is left of their texts."""
    found, of = Found(), dict[str, Veil]()
    for name in finished(folder):
        if names is not None and name not in names:
            continue
        progress(name)
        patches: Patches = {}
        for exchange in exchanges(folder, name):
            mine = of.setdefault(exchange.portal, veil.of(exchange.portal))
            _look(found, patches, name, exchange, mine, entries)
        if patches:
            found.patches[name] = patches
    _follow_revisits(found)
    return found


def replace(folder: Path, found: Found, *, reason: str, at: str) -> list[Replaced]:
    """Write the files anew in which something was found; the manifest tells each one's digest before and after.

    What stands on a shelf is brought back first, and put there again by whoever does so with finished files.
    Raises StorageFull, Away, Held when another process does the same.
    """
    with moving(folder, patience=PATIENCE) as ours:
        if not ours:
            raise Held("another process moves or masks this archive's WARC files", cure="Wait for it, then try again")
        return _replace(folder, found, reason=reason, at=at)


def _replace(folder: Path, found: Found, *, reason: str, at: str) -> list[Replaced]:
    done = []
    place = warc_folder(folder)
    for left in (*place.glob(".*.redacted"), *place.glob(".*.back")):
        left.unlink()
    for name, patches in sorted(found.patches.items()):
        draft = place / f".{name}.redacted"
        try:
            before, after = _write(brought_back(folder, name), draft, patches)
            if before == after:
                continue
            points.reached("redact.drafted")
            replace_in_manifest(folder, name, before, after, why=f"{at} {reason}")
            points.reached("redact.promised")
            draft.replace(place / name)
            sync_folder(place)
            points.reached("redact.replaced")
        except OSError as error:
            raise full_disk(error, str(draft)) or error from error
        finally:
            draft.unlink(missing_ok=True)
        done.append(Replaced(name, before, after))
    return done


def _look(
    found: Found, patches: Patches, name: str, exchange: Exchange, veil: Veil, entries: Mapping[int, FileText]
) -> None:  # fmt: skip
    answer = exchange.members[0]
    record = _record(answer)
    if exchange.entry in entries or exchange.key in veil.gone:
        left = None if exchange.key in veil.gone else entries[exchange.entry]
        if not _is_done(record, left):
            patches[answer.offset] = tombstone(record, _rule(veil, exchange.key), left)
            found.tombstones += 1
    elif made := veiled_member(record, veil):
        patches[answer.offset] = made
        found.masked += 1
    elif record.head.get("warc-profile") == IDENTICAL:
        file, offset = record.head.get(REFERS_TO_FILE.lower(), ""), record.head.get(REFERS_TO_OFFSET.lower(), "")
        found.revisits.append((name, answer, (file, int(offset) if offset.isdigit() else -1)))
    changed = patches.get(answer.offset)
    if changed is None and REDACTED.lower() in record.head:
        found.before[name, answer.offset] = record.head.get("warc-payload-digest", "")
    sha256 = payload_digest(changed).removeprefix("sha256:") if changed else ""
    for companion in exchange.members[1:]:
        if made := veiled_member(_record(companion), veil, sha256=sha256):
            patches[companion.offset] = made


def _rule(veil: Veil, key: str) -> str:
    """The rule by which nothing is left of a page or file: that of its article, or any about strings."""
    return next((rule.id for rule in veil.rules if key in rule.keys), veil.rules[0].id)


def _is_done(record: Record, left: FileText | None) -> bool:
    """Whether nothing else is left of an answer than may be: no text of a file but this one, which may say less than before."""
    _, head, body = parts_of(record)
    return is_tombstone(record) and (not body or text_left(head, body) == left)


def _follow_revisits(found: Found) -> None:
    """A revisit gives the digest of the body that it means: where that changed, it changes too."""
    for name, member, (file, offset) in found.revisits:
        patched: Mapping[int, bytes] = found.patches.get(file, {})
        made, record = patched.get(offset), _record(member)
        digest = payload_digest(made) if made else found.before.get((file, offset))
        if digest is not None and digest != record.head.get("warc-payload-digest", ""):
            found.patches.setdefault(name, {})[member.offset] = with_payload(record, digest)


def _write(source: Path, draft: Path, patches: Patches) -> tuple[str, str]:
    """Copy a file with other members in some places, durably; returns the digests of both."""
    with source.open("rb") as old:
        before = hashlib.file_digest(old, "sha256").hexdigest()
    shutil.copyfile(source, draft)
    with draft.open("r+b") as new:
        for offset, member in sorted(patches.items()):
            new.seek(offset)
            new.write(member)
        new.flush()
        os.fsync(new.fileno())
        new.seek(0)
        after = hashlib.file_digest(new, "sha256").hexdigest()
    draft.chmod(0o440)
    return before, after


def _exchange(group: list[Member]) -> Exchange:
    note = next((note_of(_record(member)) for member in group if _record(member).kind == "metadata"), {})
    entry = note.get("entry")
    key = str(note.get("asset_of", "") if _is_data(_record(group[0])) else "") or str(note.get("key", ""))
    return Exchange(tuple(group), str(note.get("portal", "")), key, entry if isinstance(entry, int) else 0)


def _is_data(record: Record) -> bool:
    """Whether an answer is JSON: what a browser asked for to draw a page is that page's, its scripts are all pages'."""
    return any(name.lower() == "content-type" and "json" in value.lower() for name, value in parts_of(record)[1])


def _id(member: Member) -> str:
    return _record(member).head.get("warc-record-id", "")


def _record(member: Member) -> Record:
    assert member.record is not None
    return member.record
