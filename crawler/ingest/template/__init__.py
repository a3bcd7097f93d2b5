"""LEARN: what the pages of one portal have in common, so that what differs can be told from furniture.

A line whose text (folded, digits masked) recurs over the samples is furniture; so a counter, a clock or a date line counts
as recurring whatever its numbers. The container in which the differing text lives is the body; the places of headline, date
line and byline are learned beside it. Text that recurs *inside* the body stays: a table issued monthly, the motto of a
decision, a standing sentence (only what the layout itself prints at the edges of the body, in places of its own, is
furniture there). Learning is a pure function of the samples.
"""

from crawler.ingest.template.learning import SAMPLES, learn
from crawler.ingest.template.packing import FORM, pack, unpack

__all__ = ["FORM", "SAMPLES", "learn", "pack", "unpack"]
