"""One article for people: as it stands or stood, what changed, who else tells it, how to cite it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from access import diff
from access.api.clusters import ClusterId
from access.api.parameters import LARGEST, ArticleId
from access.api.problems import Problem
from access.api.serving import Here, Serving
from access.api.view import shown
from access.masking import without_personal_data
from access.pages.blocks import blocks
from access.pages.citing import bibtex, citation
from access.pages.frame import show
from access.pages.language import address, language_of
from access.pages.words import BASES, CERTIFICATES, FIELDS, KINDS, SOURCES, VISIBILITIES
from access.personal import masked
from access.shape import Article
from storage import reader
from storage.reader import ArticleState, catalogue, clusters
from storage.reader.catalogue import PortalRow
from storage.reader.clusters import Member
from storage.reader.files import copies

router = APIRouter(include_in_schema=False)

GONE = frozenset(("dissolved", "moved", "hijacked"))
"""States in which a portal is no longer the ward's at its address."""

PREVIEW = 24_000
"""Characters of the texts of all its files that an article's page shows: it stays small, the files are a link away."""

COMPARED = 100_000
"""Characters of a field that the page of a comparison shows; the API has all."""

LISTED = 50
"""Revisions and dates not taken that a page lists, each."""

TOLD = 100
"""Articles of a story on a page of it."""

_ELSEWHERE = 10
"""Articles of the same story that an article's page names."""

Revision = Annotated[int | None, Query(ge=1, le=LARGEST)]


@dataclass(frozen=True, slots=True)
class Original:
    """What has become of an article's page: `here`, `removed` or `dissolved` (its portal is no more), and since when."""

    state: str
    since: object = None


@router.get("/bai/{id}")
def article(request: Request, here: Here, id: ArticleId, ban: Revision = None) -> Response:
    """An article, or (`ban`) one of its earlier states."""
    state = _state(here, id, ban)
    found = _shaped(here, state)
    portal = catalogue.portal(here.source.db, found["portal"])
    assert portal is not None
    language = language_of(request.url.path)
    permalink = here.base(request) + address(language, f"/bai/{id}", ban=found["revision"])
    hidden = found["visibility"] != "public"
    story, told = ([], 0) if hidden else _story(here, found)
    return show(
        request, "article.html",
        article=found, portal=portal, original=original_of(found, portal), hidden=VISIBILITIES.get(found["visibility"]),
        blocks=list(blocks(found["paragraphs"])), files=[] if hidden else _files(here, found),
        downloads=not here.options.masked,
        history=[] if hidden else reader.history(here.source.db, id)[::-1], listed=LISTED,
        story=story, told=told,
        rejected=[] if hidden else _rejected(here, state),
        permalink=permalink, citation=citation(language, found, permalink), bibtex=bibtex(found, permalink),
        kinds=KINDS, bases=BASES, sources=SOURCES, fields=FIELDS, certificates=CERTIFICATES,
    )  # fmt: skip


@router.get("/bai/{id}/so-sanh")
def compare(request: Request, here: Here, id: ArticleId, tu: Revision = None, den: Revision = None) -> Response:
    """Two states of an article, word by word; unless they are named the current one and the one before."""
    new = _shaped(here, _state(here, id, den))
    old = _shaped(here, _state(here, id, tu or max(1, new["revision"] - 1)))
    if new["visibility"] != "public":
        raise Problem("hidden", f"article {id} is {new['visibility']}", vi=VISIBILITIES[new["visibility"]])
    changes = [
        (one.field, list(diff.cut(diff.shortened(one.pieces, words=40), COMPARED)))
        for one in diff.between(diff.fields_of(old), diff.fields_of(new))
    ]
    history = reader.history(here.source.db, id)
    return show(request, "compare.html", old=old, new=new, changes=changes, history=history, fields=FIELDS)


@router.get("/nhom/{id}")
def story(request: Request, here: Here, id: ClusterId, after: Annotated[int, Query(ge=0, le=LARGEST)] = 0) -> Response:
    """The same story on several portals, in the order of its spread, behind so many of them."""
    members, total = clusters.spread(here.source.db, id, skip=after, limit=TOLD)
    if not members:
        raise Problem("not-found", f"there is no cluster {id}", vi=f"Không có nhóm tin {id}.")
    more = after + TOLD if total > after + TOLD else 0
    return show(request, "story.html", members=members, total=total, after=after, more=more, id=id)


def original_of(article: Article, portal: PortalRow) -> Original:
    """What has become of an article's page, as the archive saw it last."""
    if portal.retired or portal.state in GONE:
        return Original("dissolved", portal.since)
    if article["removed_at"]:
        return Original("removed", article["removed_at"])
    return Original("here", article["last_seen"])


@dataclass(frozen=True, slots=True)
class File:
    """A file of an article as a page shows it: what is known of it, the capture that holds it, how its text begins."""

    about: Mapping[str, Any]
    copy: int | None
    preview: str

    @property
    def cut(self) -> bool:
        """Whether there is more of its text than is shown."""
        return len(self.preview) < len(self.about["text"] or "")


def _files(here: Serving, article: Article) -> list[File]:
    room, found = PREVIEW, []
    stored = copies(here.source.db, article["id"], article["revision"])
    for about, copy in zip_longest(article["attachments"], stored[: len(article["attachments"])]):
        preview = (about["text"] or "")[:room]
        room -= len(preview)
        found.append(File(about, copy, preview))
    return found


def _story(here: Serving, article: Article) -> tuple[list[Member], int]:
    """Other articles of its story that may be shown, in the order of spread, the first ones; and how many tell it in all."""
    if not article["cluster"]:
        return [], 0
    members, total = clusters.spread(here.source.db, article["cluster"], limit=_ELSEWHERE + 1)
    return [one for one in members if one.article != article["id"]][:_ELSEWHERE], total


def _rejected(here: Serving, state: ArticleState) -> Sequence[dict[str, str]]:
    """The dates that were found and not taken, with the reasons."""
    found = state.revision["candidates"][:LISTED]
    return [{**one, "evidence": masked(one["evidence"])} for one in found] if here.options.veiled else found


def _state(here: Serving, name: str, revision: int | None) -> ArticleState:
    state = reader.state(here.source.db, name, revision=revision)
    if state is None:
        raise Problem(
            "not-found", f"there is no article {name}" + (f" with a revision {revision}" if revision else ""),
            vi=f"Không có bài {name}" + (f" với phiên bản {revision}." if revision else "."),
        )  # fmt: skip
    return state


def _shaped(here: Serving, state: ArticleState) -> Article:
    [found] = shown(here, [state])
    return without_personal_data(found) if here.options.veiled else found
