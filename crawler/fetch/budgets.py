"""How long a visit follows addresses of one form that lead nowhere: calendars, session ids, facets, pagers without an end.

A form has a run of pages to show anything: an article, or a link to one that this visit has not met yet. Until the reading half
has judged them, what a page shows and links is all that speaks for it. Then the form's other pages are left out for a month.
Articles that lists announce are asked all the same, until the readings of fifty say that there are none.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from crawler.items import Found, Link, PortalPlan
from crawler.links.patterns import shape
from storage.frontier import Due

PER_FORM = 50
"""Barren pages in a row of one path with the same parameters, whatever their values."""

PER_FAMILY = 200
"""The same for paths of one length and ending, and for all below one folder: names that are made up anew for each page give
each one a form of its own."""

PER_ABSENCE = 100
"""Addresses in a row of one path with the same parameters that are not there (404, 410): lists can make up links."""

MOST_WAITING = 2_000
"""Addresses of a form without any success that a visit takes in: pages of made-up links would fill the database."""

EXEMPT = ("feed", "sitemap", "attachment", "robots")


@dataclass(slots=True)
class Budgets:
    """What one visit spent on forms of addresses, and which are used up. In memory: the next visit begins anew."""

    _barren: Counter[str] = field(default_factory=Counter)
    _absent: Counter[str] = field(default_factory=Counter)
    _met: set[int] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)
    _waiting: Counter[str] = field(default_factory=Counter)
    _named: set[int] = field(default_factory=set)
    _proved: set[str] = field(default_factory=set)

    def spent(self, due: Due, plan: PortalPlan) -> str:
        """Why a page is not worth asking in this visit, in words; empty if it may be asked."""
        if due.page.depth == 0 or due.page.purpose in EXEMPT or due.read_as in ("article", "copy"):
            return ""
        stat = plan.patterns.get(due.shape)
        if stat is not None and stat.articles and stat.others < PER_FORM * stat.articles:
            return ""
        if self._absent[_forms(due.shape)[0][0]] >= PER_ABSENCE:
            return f"{PER_ABSENCE} addresses like {due.shape} in a row were not there"
        if due.page.purpose == "article":
            proved = stat is not None and not stat.articles and stat.others >= PER_FORM
            return f"none of {stat.others} pages like {due.shape} was an article" if stat and proved else ""
        for form, most in _forms(due.shape):
            if self._barren[form] >= most:
                return f"{most} pages like {form} in a row brought no article"
        return ""

    def note(self, due: Due, found: Found | None) -> None:
        """Count a page that answered by what it showed."""
        fresh = self._fresh(found) if found is not None else False
        fruitful = fresh or due.page.purpose == "article" or (found is not None and found.purpose == "article")
        self._absent.pop(_forms(due.shape)[0][0], None)
        for form, _ in _forms(due.shape):
            if fruitful:
                self._barren.pop(form, None)
                self._proved.add(form)
            else:
                self._barren[form] += 1

    def absent(self, due: Due) -> None:
        """Count a page that is not there."""
        self._absent[_forms(due.shape)[0][0]] += 1

    def kept(self, found: Found) -> Found:
        """What was found on a page without links of forms that are used up, or of which too many wait already."""
        if found.purpose in EXEMPT:
            return found
        links = tuple(link for link in found.links if link.role in ("article", *EXEMPT) or self._takes(link))
        return found if len(links) == len(found.links) else replace(found, links=links)

    def _takes(self, link: Link) -> bool:
        forms, name = _forms(shape(link.url)), hash(link.key)
        used_up = any(self._barren[form] >= most for form, most in forms)
        crowded = any(self._waiting[form] >= MOST_WAITING and form not in self._proved for form, _ in forms)
        if name not in self._named:
            self._named.add(name)
            self._waiting.update(form for form, _ in forms)
        return not used_up and not crowded

    def first(self, why: str) -> bool:
        """Whether nobody was told of this reason yet."""
        known = why in self._told
        self._told.add(why)
        return not known

    def _fresh(self, found: Found) -> bool:
        """Whether a page links to articles that no page of this visit linked to before."""
        keys = {hash(link.key) for link in found.links if link.role == "article"}
        fresh = not keys <= self._met
        self._met |= keys
        return fresh


def _forms(kind: str) -> tuple[tuple[str, int], ...]:
    """The forms that an address counts for, the narrow one first, each with its budget."""
    path, _, query = kind.partition("?")
    names = "&".join(sorted({token.partition("=")[0] for token in query.split("&") if token}))
    segments = [segment for segment in path.split("/") if segment]
    ending = segments[-1].rpartition(".")[2] if segments and "." in segments[-1] else ""
    named = f"?{names}" if names else ""
    family = "/" + "/".join("…" for _ in segments) + (f".{ending}" if ending else "") + ("?…" if names else "")
    branch = f"/{segments[0]}/**" if segments else "/"
    return (path + named, PER_FORM), (family, PER_FAMILY), (branch, PER_FAMILY)
