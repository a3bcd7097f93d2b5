"""The tables of an archive, as SQLAlchemy Core sees them; `migrations/` makes them, a test holds both equal.

Three groups: what is asked for, what came, what it means. Instants are UTC; what pages printed about time is text to its
precision. The search index is in `storage.search`.
"""

from storage.schema.asked import (
    alert,
    archive,
    counter,
    lease,
    page,
    pattern,
    portal,
    portal_state,
    portal_unit,
    run,
    saved_search,
    server,
    sighting,
    slot,
    succession,
    unit,
    visit,
)
from storage.schema.base import Instant, metadata
from storage.schema.came import capture, fixity_check, warc_file
from storage.schema.meant import (
    article,
    article_address,
    attachment,
    cluster,
    event,
    failure,
    file_text,
    fingerprint,
    image,
    reading,
    revision,
    template,
)

__all__ = [
    "Instant",
    "alert",
    "archive",
    "article",
    "article_address",
    "attachment",
    "capture",
    "cluster",
    "counter",
    "event",
    "failure",
    "file_text",
    "fingerprint",
    "fixity_check",
    "image",
    "lease",
    "metadata",
    "page",
    "pattern",
    "portal",
    "portal_state",
    "portal_unit",
    "reading",
    "revision",
    "run",
    "saved_search",
    "server",
    "sighting",
    "slot",
    "succession",
    "template",
    "unit",
    "visit",
    "warc_file",
]
