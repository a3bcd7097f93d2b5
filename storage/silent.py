"""Files whose servers ask that no archive show them (`X-Robots-Tag: noarchive`): the newest capture that was read decides.

Stands below the reader and the writer: what is shown and what is found go by the same rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, exists, select

from storage import schema
from storage.records import INSTEAD, UNSHOWN

_capture, _text = schema.capture, schema.file_text
_AT_ONCE = 300
_newer, _newer_text = _capture.alias("newer"), _text.alias("newer_text")
_LIFTED = exists(
    select(_newer.c.entry)
    .join(_newer_text, _newer_text.c.entry == _newer.c.entry)
    .where(_newer.c.portal == _capture.c.portal, _newer.c.key == _capture.c.key, _newer.c.entry > _capture.c.entry)
    .where(_newer_text.c.flag.not_in((UNSHOWN, INSTEAD)))
)

UNSHOWN_FILES = (
    select(_capture.c.portal, _capture.c.key)
    .join(_text, _text.c.entry == _capture.c.entry)
    .where(_text.c.flag == UNSHOWN, ~_LIFTED)
)
"""Portal and key of each file whose server asked, when it was asked last, that no archive show it."""


def unshown(connection: Connection, files: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of some files, by portal and key, that no archive shall show in any state: the newest one that was read says so."""
    keys = defaultdict[str, list[str]](list)
    for portal, key in files:
        keys[portal].append(key)
    found = set[tuple[str, str]]()
    for portal, here in keys.items():
        for start in range(0, len(here), _AT_ONCE):
            some = _capture.c.key.in_(here[start : start + _AT_ONCE])
            found |= {
                (row.portal, row.key)
                for row in connection.execute(UNSHOWN_FILES.where(_capture.c.portal == portal, some))
            }
    return found
