"""Portals that grow: what a night shows, and how large their pages are."""

from __future__ import annotations

import pytest

from bench.growing import FIRST, Growing


@pytest.fixture(scope="module")
def site() -> Growing:
    return Growing("utility-a", 1_000_003)


def articles(site: Growing, night: int) -> list[str]:
    """The addresses of the articles that this night shows."""
    targets = [site.address(story) for story in site.stories]
    return [target for target in targets if site.reply(target, {}, night=night, hit=1).status == 200]


def test_articles_when_the_second_night_begins_then_the_rest_is_published(site: Growing) -> None:
    first, second = articles(site, 1), articles(site, 2)

    assert len(first) == FIRST
    assert len(second) == len(site.stories) > 2 * FIRST


def test_pages_of_the_first_night_lead_to_nothing_that_is_not_published(site: Growing) -> None:
    hidden = set(articles(site, 2)) - set(articles(site, 1))
    pages = [site.reply(target, {}, night=1, hit=1).body.decode() for target in ("/", *articles(site, 1))]

    assert not [target for target in hidden for page in pages if f'href="{target}"' in page]


def test_pages_are_as_large_as_portals_have_them(site: Growing) -> None:
    sizes = [len(site.reply(target, {}, night=2, hit=1).body) for target in articles(site, 2)]

    assert min(sizes) > 25_000
    assert max(sizes) < 200_000


def test_growing_when_a_size_is_named_then_articles_are_of_about_that_size() -> None:
    portal = Growing("hashed-a", 5, kb=60)
    sizes = [len(portal.reply(portal.address(story), {}, night=2, hit=1).body) for story in portal.stories]
    assert 50_000 < min(sizes) <= max(sizes) < 65_000
