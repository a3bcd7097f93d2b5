"""What a crawl batch is told: values only, so that they can cross into a child process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from storage.engine import Fence
from storage.records import Portal
from storage.warc import FULL

SETTING = "PHUONGCHI_BATCH"
"""The Scrapy setting that carries an `Assignment`."""


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How portals are asked. Times in seconds, sizes in bytes.

    `delay` lies between the starts of two requests to one server, at least; `per_server` requests run at a time there,
    `active` portals in all. `connect`, `first_byte` and `idle` are how long a server may take to accept, to begin its answer
    and to send more of it, `timeout` how long the whole may take. `retry_delays` are the pauses before the second and third
    try; `grace` is how long answers on their way may take once the crawl was told to stop; `beat` lies between two signs of
    life, real time. A WARC file of `file_size` is finished and another begun.
    A server is asked by one process at a time, for `turn` seconds, renewed; `busy` is how long a visit waits for one that
    another process asks, `stalled` how long it may do nothing at all. `quiet` are hours of the day in which nobody is asked
    (`02:00-04:00`, Vietnamese time; empty: none). Portals of `stopped_platforms` are not asked. `browser` is the path of the
    Chromium that draws pages which show nothing without their scripts (empty: none does), each in `browser_seconds`.
    """

    user_agent: str
    delay: float = 2.5
    per_server: int = 1
    connect: float = 10.0
    first_byte: float = 20.0
    idle: float = 15.0
    timeout: float = 60.0
    attachment_timeout: float = 180.0
    max_body: int = 16 * 2**20
    max_attachment: int = 50 * 2**20
    attachments: Literal["documents", "none"] = "documents"
    max_pages: int = 2000
    active: int = 16
    retry_delays: tuple[float, ...] = (5.0, 30.0)
    grace: float = 20.0
    group: int = 20
    group_seconds: float = 2.0
    beat: float = 10.0
    file_size: int = FULL
    turn: float = 60.0
    busy: float = 900.0
    stalled: float = 1500.0
    quiet: str = ""
    stopped_platforms: tuple[str, ...] = ()
    browser: str = ""
    browser_seconds: float = 90.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Portals to visit in one process, in which archive and run, under which lease.

    `folder` is the archive's, its WARC files lie in `warc/` below; `archive` is its id. `full` asks everything known again and
    walks all lists, `since` ends such a walk at older ones. `max_pages` wins over the settings'.
    """

    database: str = field(repr=False)
    folder: Path
    archive: str
    run: int
    fence: Fence
    portals: tuple[Portal, ...]
    settings: FetchSettings
    started_at: datetime
    full: bool = False
    since: datetime | None = None
    max_pages: int | None = None

    @property
    def most_pages(self) -> int:
        """Pages of one portal that this run may ask."""
        return self.max_pages if self.max_pages is not None else self.settings.max_pages


class Assignment:
    """A batch on its way through Scrapy's settings, with the clock and the ear of whoever ordered it.

    `trouble` is what ended the crawl before its end; whoever ordered it raises it again. `closed` says that its end was
    reached at all: Scrapy logs what fails there, and goes.
    """

    def __init__(
        self, batch: Batch, *, now: Callable[[], datetime], report: Callable[[Mapping[str, Any]], None]
    ) -> None:
        self.batch, self.now, self.report = batch, now, report
        self.trouble: BaseException | None = None
        self.closed = False

    def __deepcopy__(self, memo: object) -> Assignment:
        """Scrapy copies its settings deeply; there is only one assignment."""
        return self

    def __repr__(self) -> str:
        return f"<{len(self.batch.portals)} portals of run {self.batch.run}>"  # settings are logged: no addresses in it
