"""The same story on several portals.

    text -> sentences, shingles (content) -> signature, buckets (minhash)    what is alike
         -> dates, numbers, amounts, names (marks)                           and yet another story
    events -> follower -> placing -> clusters

`content`, `minhash` and `marks` are pure; `follower` reads the change feed and `placing` decides beside what is stored.
"""

from crawler.ingest.clusters.follower import Counts, follow

__all__ = ["Counts", "follow"]
