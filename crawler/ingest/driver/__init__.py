"""Captures in, verdicts stored: the reading half's one place that speaks to the archive.

    unread captures of a portal -> template -> read -> decide -> one transaction a slice

Reads bytes and rows, calls the pure stages, writes what they decided. No network, no clock of its own (`now` is handed in).
"""

from crawler.ingest.driver.desk import Counts, Desk
from crawler.ingest.driver.learning import LEARN_FROM
from crawler.ingest.driver.memory import Memory
from crawler.ingest.driver.preview import Change, Preview, preview
from crawler.ingest.driver.reading import give_up, read_portal, waiting

__all__ = [
    "LEARN_FROM", "Change", "Counts", "Desk", "Memory", "Preview", "give_up", "preview", "read_portal", "waiting",
]  # fmt: skip
