"""An article as anybody may see it: the object of the export, without what its page or a person asked not to show."""

from __future__ import annotations

from collections.abc import Sequence

from access.api.serving import Serving
from access.exports.order import ASKED_NOT_TO
from access.masking import without_personal_data
from access.shape import Article, shaped, tombstone
from storage import reader
from storage.reader import ArticleState
from storage.text import instant_text


def shown(
    here: Serving, states: Sequence[ArticleState], fields: frozenset[str] = frozenset(), *, for_people: bool = False
) -> list[Article]:
    """States as objects; of restricted articles tombstones, as of withheld and redacted ones.

    Personal data is masked as the server's options say for programs, or `for_people`; where it stands is only looked for if it
    is among the `fields` that are wanted (empty: all).
    """
    restricted = [state.id for state in states if state.visibility == "restricted"]
    since = reader.last_changes(here.source.db, restricted) if restricted else {}
    articles = [shaped(state, marked=not fields or "personal_data" in fields) for state in states]
    articles = [
        tombstone(article, "restricted", ASKED_NOT_TO, instant_text(since[article["id"]]))
        if article["id"] in since else article
        for article in articles
    ]  # fmt: skip
    masks = here.options.masked or (for_people and here.options.veiled)
    return [without_personal_data(article, fields) for article in articles] if masks else articles


def characters(article: Article) -> int:
    """About how much there is of an article."""
    files = sum(len(file["text"] or "") for file in article.get("attachments", ()))
    return 2 * len(article.get("text", "")) + files
