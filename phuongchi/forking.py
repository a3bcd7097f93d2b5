"""What a fork server and its parent agree on. Beside both: the parent never loads the server."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module

TOLD = struct.Struct("!ci")
"""What a parent is told of a child: which of the two it is, and the number."""

BEGUN = b"p"
"""A process id, from the copy itself."""

ENDED = b"c"
"""An exit code, negative for a signal, from the server. Where that comes first, nobody has begun."""

MOST = 128 * 1024
"""Bytes of a request, most of which is the environment; a socket takes no more than 200 KiB in one piece."""

IDLE = 120.0
"""Seconds without a child or a request after which the server ends: a schedule needs it for minutes of a day."""

_BOTH = (
    "crawler.platforms:load", "encodings.idna", "storage.batches", "storage.sqlite", "storage.engine", "storage.runs",
)  # fmt: skip
SHARED = (
    *_BOTH, "crawler.fetch.browser", "crawler.fetch.repair", "phuongchi.errands", "storage.overview",
    "storage.redaction.records", "storage.writer.evidence", "storage.writer.queue",
)  # fmt: skip
"""What a parent that crawls needs itself and its children too: loaded before the server is copied from it."""

LOADED: Mapping[str, Sequence[str]] = {
    "crawl": (
        "crawler.fetch.oldnames:load",
        *_BOTH, "crawler.fetch.answers", "crawler.fetch.capture", "crawler.fetch.coding", "crawler.fetch.run",
        "crawler.links.heads", "crawler.settings", "scrapy.logformatter", "scrapy.statscollectors", "spiders.portal",
    ),
    "read": (*_BOTH, "crawler.ingest.driver", "crawler.ingest.clean:rules"),
}  # fmt: skip
"""What children of each kind need; Twisted's reactor is none of it, it is installed once in a process."""

SAMPLING = ("trafilatura",)
"""What a reader needs for a page that a second reader sees: 80 ms of processor, once where all will come to such a page."""


def load(names: Iterable[str]) -> None:
    """Import modules, and make what those named with a function (`module:function`) make once in a process."""
    for name in names:
        module, _, function = name.partition(":")
        loaded = import_module(module)
        if function:
            getattr(loaded, function)()
