"""JUDGE: is this page one article, and of what kind? By evidence that any portal gives, not by lists of sites."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.ingest.judge.broken import a_tool, broken, empty, no_article_at
from crawler.ingest.judge.case import Case
from crawler.ingest.judge.kinds import kind_of
from crawler.ingest.judge.listing import a_list
from crawler.ingest.judge.standing import standing
from storage.records import Kind

__all__ = ["CURABLE", "Case", "Judgement", "judge", "no_article_at"]

CURABLE = frozenset(
    {"blocked", "closed", "error-page", "form", "listing", "login", "maintenance", "moved", "no-title"}
    | {"refused-address", "search", "soft-404", "static"}
)
"""Reasons for which a page is no article unless a list or feed calls it by a headline: it may do so later."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the page is one article, why not, and its kind if it is."""

    article: bool
    reason: str = ""
    kind: Kind = "article"


def judge(case: Case) -> Judgement:
    """One article or not. A notice of one sentence, a file alone, a table or pictures with captions are articles."""
    reason = broken(case) or a_tool(case) or a_list(case) or empty(case) or standing(case)
    return Judgement(False, reason) if reason else Judgement(True, "", kind_of(case))
