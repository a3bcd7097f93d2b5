"""Keeps what came and writes it down in the only safe order: WARC records, sync, then one transaction.

A group is the answers of up to two seconds or twenty pages. Rows wait for their bytes; bodies are not kept in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawler.fetch.batch import Batch
from storage import frontier
from storage.engine import Database, next_numbers
from storage.frontier import Committed, Discovery, Group, Outcome, Stored, WarcFile
from storage.frontier.repeats import original as earlier
from storage.records import Failure, RecordRef, Series
from storage.warc import Exchange, WarcWriter
from storage.warc.conversions import write_conversion

NUMBERS = 64
"""Entry numbers taken from the archive's counter at a time."""

MENTIONS = 2_000
"""Links beyond which a group is stored whatever else it holds; with those of the last page it has at most 5,000."""


@dataclass(slots=True)
class _Pending:
    """The group that is being filled."""

    captures: list[Stored] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    discoveries: list[Discovery] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    servers: dict[str, str] = field(default_factory=dict)
    platforms: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        answers = len(self.captures) + len(self.outcomes) + len(self.discoveries) + len(self.failures)
        return answers + len(self.servers) + len(self.platforms)


class Ledger:
    """The one writer of a batch: of its WARC files and of its rows."""

    def __init__(self, batch: Batch, db: Database, *, now: datetime) -> None:
        self._batch, self._db, self._opened_at = batch, db, now
        self._writers: dict[Series, WarcWriter] = {}
        self._listed: set[Series] = set()
        self._numbers: list[int] = []
        self._pending = _Pending()

    def write(
        self, series: Series, exchange: Exchange, metadata: Mapping[str, Any], *, repeats: tuple[str, str] | None = None
    ) -> tuple[int, RecordRef]:
        """Write an exchange to the WARC file of a series; returns its entry number and where it stands.

        `repeats` is portal and key of a page that may have answered with the same body before: it is not kept again then.
        Not durable before the next `flush`. Raises StorageFull.
        """
        entry, original = self._next_entry(), None
        if exchange.body and not exchange.truncated and repeats:
            with self._db.read() as conn:
                original = earlier(
                    conn, self._batch.folder, *repeats, exchange.sha256, exchange.status, opened_at=self._opened_at
                )
        record = self._writer(series).write(exchange, entry=entry, metadata=metadata, original=original)
        return entry, record

    def write_drawn(
        self, series: Series, body: bytes, *, url: str, of: RecordRef, at: datetime, metadata: Mapping[str, Any]
    ) -> tuple[int, RecordRef]:
        """Write a page as a browser drew it, in UTF-8, made from the answer at `of`; returns entry number and place."""
        entry, writer = self._next_entry(), self._writer(series)
        record = write_conversion(
            self._batch.folder, writer, body, url=url, of=of, at=at, entry=entry, metadata=metadata
        )
        return entry, record

    def add(
        self,
        *,
        capture: Stored | None = None,
        outcome: Outcome | None = None,
        discovery: Discovery | None = None,
        failure: Failure | None = None,
        server: tuple[str, str] | None = None,
        platform: tuple[str, str] | None = None,
    ) -> None:
        """Put something into the group; `server` and `platform` are pairs of portal and value."""
        pending = self._pending
        if capture is not None:
            pending.captures.append(capture)
        if outcome is not None:
            pending.outcomes.append(outcome)
        if discovery is not None:
            pending.discoveries.append(discovery)
        if failure is not None:
            pending.failures.append(failure)
        if server is not None:
            pending.servers[server[0]] = server[1]
        if platform is not None:
            pending.platforms[platform[0]] = platform[1]

    @property
    def full(self) -> bool:
        """Whether the group has as many pages, or links, as it should."""
        mentions = sum(len(discovery.mentions) for discovery in self._pending.discoveries)
        return len(self._pending.outcomes) >= self._batch.settings.group or mentions >= MENTIONS

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not len(self._pending)

    def flush(self) -> tuple[Group, Committed]:
        """Make all records durable, then store the group in one transaction. Raises Held, DatabaseError, StorageFull."""
        for writer in self._writers.values():
            writer.sync()
        files = tuple(
            WarcFile(writer.name, series, self._opened_at)
            for series, writer in self._writers.items()
            if series not in self._listed
        )
        pending = self._pending
        group = Group(
            files, tuple(pending.captures), tuple(pending.outcomes), tuple(pending.discoveries), tuple(pending.failures),
            pending.servers, pending.platforms,
        )  # fmt: skip
        committed = frontier.commit(self._db, self._batch.fence, self._batch.run, group)
        self._listed.update(self._writers)
        self._pending = _Pending()
        self._begin_another(max((stored.capture.fetched_at for stored in group.captures), default=self._opened_at))
        return group, committed

    def close(self, now: datetime) -> None:
        """Close the WARC files under their final names and write down their digests. Flush before."""
        self._finish(list(self._writers), now)

    def _begin_another(self, now: datetime) -> None:
        """Finish files that are full; the next record opens a new one."""
        limit = self._batch.settings.file_size
        self._finish([series for series, writer in self._writers.items() if writer.size >= limit], now)

    def _finish(self, which: Sequence[Series], now: datetime) -> None:
        files = []
        for series in which:
            writer = self._writers.pop(series)
            self._listed.discard(series)
            size, sha256 = writer.close()
            files.append(WarcFile(writer.name, series, self._opened_at, now, size, sha256))
        if files:
            frontier.commit(self._db, self._batch.fence, self._batch.run, Group(files=tuple(files)))

    def _next_entry(self) -> int:
        if not self._numbers:
            with self._db.write(self._batch.fence) as conn:
                self._numbers = list(next_numbers(conn, "entry", NUMBERS))[::-1]
        return self._numbers.pop()

    def _writer(self, series: Series) -> WarcWriter:
        if series not in self._writers:
            self._writers[series] = WarcWriter(
                self._batch.folder, series=series, run=self._batch.run, archive=self._batch.archive,
                software=self._batch.settings.user_agent, opened_at=self._opened_at,
            )  # fmt: skip
        return self._writers[series]
