"""Known pages that show their article as it stands are told without reading them, by what their reading stood on."""

from __future__ import annotations

from crawler.ingest import ground, read
from crawler.ingest.decide import WHOLE_STATUSES
from crawler.ingest.driver.desk import Desk, unpacked
from crawler.ingest.driver.readers import SAMPLED
from crawler.ingest.read import Captured
from storage.errors import Away, FixityError
from storage.records import Capture
from storage.warc import places
from storage.writer.queue import Base


def shows_the_same(desk: Desk, captured: Captured, base: Base | None) -> bool:
    """Whether a page leaves as it was all that the reading of its article's current state stands on (`crawler.ingest.ground`).

    One capture in `SAMPLED` is read nevertheless, and each that says something to robots.
    """
    capture = captured.capture
    if base is None or not base.ground or base.strange or base.reader.partition(".")[0] != read.EXTRACTOR:
        return False
    if capture.entry % SAMPLED == 0 or capture.status not in WHOLE_STATUSES or not _are_alike(capture, base.capture):
        return False
    if captured.robots or not places.is_here(desk.folder, base.capture.record.file):
        return False
    try:
        stood_on, before = ground.unpack(base.ground), unpacked(desk, base.capture)
    except (ValueError, FixityError, FileNotFoundError, Away):
        return False
    if before.endless or before.truncated or before.robots:
        return False
    old = ground.Shown(before.body, base.capture.fetched_at, base.capture.charset)
    new = ground.Shown(captured.body, capture.fetched_at, capture.charset)
    return ground.stands(stood_on, old, new, capture.url)


def _are_alike(one: Capture, other: Capture) -> bool:
    """Whether two captures are of one kind, so that their bytes may be compared."""
    return not one.truncated and (one.media_type, one.charset) == (other.media_type, other.charset)
