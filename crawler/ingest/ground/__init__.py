"""GROUND: the pieces of a page's source that its reading stands on, and whether another capture of the page leaves them as they
were.

On most nights a known page changes only round its article: visitor counters, clocks, lists of other news. Such a page need not
be read again to know that its article is the same. Its source is compared, because that takes a fraction of the time of
reading: the pieces of the ground byte by byte, all others by their tags.
"""

from crawler.ingest.ground.same import Shown, stands
from crawler.ingest.ground.spans import Ground, unpack
from crawler.ingest.ground.taken import Footing, ground_of

__all__ = ["Footing", "Ground", "Shown", "ground_of", "stands", "unpack"]
