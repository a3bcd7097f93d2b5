"""Pages that would take too long are shorter, and lead on to what they leave out."""

from __future__ import annotations

from typing import Any

import pytest

from access import effort
from access.effort import as_much
from tests.access.conftest import Shelf
from tests.access.test_api import every
from tests.access.test_atom import feed


def test_page_when_it_takes_too_long_or_too_much_then_what_is_made_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "SLICE", 2)
    assert as_much(range(5), list) == ([0, 1, 2, 3, 4], 5)
    assert as_much([], list) == ([], 0)
    assert as_much(range(5), list, lambda _: effort.CHARACTERS // 3) == ([0, 1, 2, 3], 4)
    monkeypatch.setattr(effort, "SECONDS", -1)
    assert as_much(range(5), list) == ([0, 1], 2)


@pytest.mark.slow
def test_lists_when_their_pages_are_shorter_than_asked_then_nothing_is_missed(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(**query: Any) -> list[str]:
        return [one["id"] for one in every(shelf.server, "/articles", limit=200, **query)]

    asked: list[dict[str, Any]] = [{"order": order, **more} for order in ("newest", "entry", "relevance")
                                   for more in ({}, {"q": "thông OR hội", "hits": "true"}, {"hidden": "true"})]  # fmt: skip
    whole = [found(**query) for query in asked]
    changes = shelf.server.api("/changes", expand="true")["items"]
    entries = [entry.id for entry in feed(shelf).entries]
    monkeypatch.setattr(effort, "SLICE", 1)
    monkeypatch.setattr(effort, "SECONDS", -1)
    assert [found(**query) for query in asked] == whole
    for query in asked:
        assert len(shelf.server.api("/articles", limit=200, **query)["items"]) <= 1
    page, followed = shelf.server.api("/changes", expand="true"), []
    while page["items"]:
        followed += page["items"]
        assert page["more"] is (len(followed) < len(changes))
        page = shelf.server.api("/changes", expand="true", after=page["next"])
    assert followed == changes
    first = feed(shelf)
    [onward] = [link.href for link in first.feed.links if link.rel == "next"]
    assert [entry.id for entry in first.entries] == entries[:1] and onward
    assert 'rel="next"' in shelf.server.get("/tim", headers={"Accept": "text/html"}).body.decode()
