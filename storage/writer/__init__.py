"""What the reading half writes: `queue` hands out what waits to be read, `articles` stores what it meant.

The fetching half's writes are in `storage.frontier`, those about runs in `storage.runs`.
"""
