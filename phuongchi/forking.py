"""What a fork server and its parent agree on. Beside both: the parent never loads the server, which loads all commands."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

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
    "crawler.platforms", "encodings.idna", "storage.batches", "storage.sqlite", "storage.engine", "storage.runs",
)  # fmt: skip
LOADED: Mapping[str, Sequence[str]] = {
    "crawl": (
        *_BOTH, "crawler.fetch.answers", "crawler.fetch.run", "crawler.links.heads", "crawler.settings", "spiders.portal",
    ),
    "read": (*_BOTH, "crawler.ingest.driver"),
}  # fmt: skip
"""What children of each kind need; Twisted's reactor is none of it, it is installed once in a process."""
