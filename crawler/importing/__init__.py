"""Captures from elsewhere: WARC, WACZ, saved pages. Many old portals survive only in what others kept.

    sources.found      what PATHs hold: WARC files (those of a WACZ unpacked), and saved pages with address and time
    adopting.adopt     first what an interrupted import wrote, and has no rows
    taking.take        their answers, in the order of their times, copied to our own files and stored as captures

A capture keeps its own time and says where it came from; it gets a new entry number. What it means is the reading half's to
say: older ones go into history, and none ever speaks for a removal (`crawler.ingest.driver`).
"""

from crawler.importing.saved import Times, read_map
from crawler.importing.sources import Sources, found
from crawler.importing.taking import Job, Taken, take

__all__ = ["Job", "Sources", "Taken", "Times", "found", "read_map", "take"]
