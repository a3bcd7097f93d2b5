"""DATE: from what a page, its listings and its address say about time to one decision with its reasons.

    DateEvidence -> gather (candidates) -> decide_dates -> Dates

The dates of a text are read in `crawler.ingest.stamps`. Pure: no clock, no I/O.
"""

from crawler.ingest.dates.decide import decide_dates
from crawler.ingest.dates.evidence import DateEvidence

__all__ = ["DateEvidence", "decide_dates"]
