"""What leaves the archive while articles are withheld: their words masked in a copy. The archive stays as it is."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from storage import schema
from storage.engine import Database
from storage.redaction import files, making, veil
from storage.redaction.files import Patches

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def without(
    db: Database, folder: Path, visibility: Collection[str], *, names: Collection[str], portal: str = ""
) -> dict[str, Patches]:
    """The members that take others' places in a copy of these WARC files, by offset, so that articles of such a `visibility`
    are told of nowhere: lists, feeds and pages of others lose their words. Nothing for most archives.

    The rules are made as for a redaction, with a key that nobody keeps. Reads the files if there is such an article.
    """
    article = schema.article
    query = select(article.c.id).where(article.c.visibility.in_(visibility)).order_by(article.c.number)
    with db.read() as conn:
        hidden = conn.execute(query.where(article.c.portal == portal) if portal else query).scalars().all()
    if not hidden:
        return {}
    key = secrets.token_bytes(32)
    rules = tuple(making.of_article(db, key, one, reason="-", who="-", at=_NEVER) for one in hidden)
    return files.search(folder, veil.made(key, rules), names=frozenset(names)).patches
