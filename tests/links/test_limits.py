"""Responses that are too much: what is taken of them, in which portions, and that the rest is named."""

from __future__ import annotations

import itertools

import pytest

from crawler.items import Found
from crawler.links.discover import SLICE, slices
from crawler.links.documents import is_file
from crawler.links.xmldoc import Unread, entries
from tests.links.builders import HOME, look, make_plan, sitemap

HEADLINE = "Phường tổ chức hội nghị tổng kết công tác năm"


def sliced(body: bytes, path: str = "sitemap.xml") -> list[Found]:
    return list(slices(body, url=HOME + path, media_type="", charset="", plan=make_plan()))


@pytest.mark.slow
def test_slices_when_a_sitemap_is_long_then_every_address_comes_once_in_small_portions() -> None:
    found = sliced(sitemap(3 * SLICE))
    assert [len(part.links) for part in found] == [SLICE, SLICE, SLICE, 0]
    assert len({link.key for part in found for link in part.links}) == 3 * SLICE
    assert [part.links[0].position for part in found[:3]] == [0, SLICE, 2 * SLICE]
    assert not any(part.limit for part in found)


def test_slices_when_the_first_is_taken_then_the_rest_was_not_looked_at() -> None:
    body = sitemap(SLICE).replace(b"</urlset>", b"<url><loc>" + b"<x/>" * 3_000_000)
    found = next(slices(body, url=HOME + "sitemap.xml", media_type="", charset="", plan=make_plan()))
    assert len(found.links) == SLICE


@pytest.mark.long
def test_slices_when_a_sitemap_has_more_than_it_may_then_the_rest_is_named() -> None:
    found = sliced(sitemap(50_001))
    assert sum(len(part.links) for part in found) == 50_000
    assert found[-1].limit == "what follows the first 50000 entries of the sitemap"
    found = sliced(b"\n".join(b"%stin-%d" % (HOME.encode(), n) for n in range(50_001)), "sitemap.txt")
    assert sum(len(part.links) for part in found) == 50_000
    assert found[-1].limit


@pytest.mark.slow
def test_slices_when_a_feed_has_more_than_is_taken_then_the_rest_is_named() -> None:
    items = "".join(f"<item><title>Tin {n}</title><link>{HOME}tin-{n}.html</link></item>" for n in range(5_001))
    found = sliced(f"<rss><channel>{items}</channel></rss>".encode(), "feed")
    assert [len(part.links) for part in found] == [SLICE, SLICE, 1_000]
    assert found[-1].limit == "what follows the first 5000 items of the feed"


@pytest.mark.slow
def test_entries_when_one_does_not_end_then_says_so_instead_of_reading_on() -> None:
    body = b"<urlset><url><loc>/a</loc></url><url>" + b"<loc>/b</loc>" * 1_000_000
    read = entries(body, "url")
    assert next(read).findtext("loc") == "/a"
    with pytest.raises(Unread, match="does not end"):
        next(read)


def test_entries_when_words_are_cut_by_a_portion_then_are_whole_again() -> None:
    body = "".join(f"<url><loc>/hội&nbsp;nghị-{n}</loc></url>" for n in range(20_000))
    texts = [entry.findtext("loc") for entry in entries(f"<urlset>{body}</urlset>".encode(), "url")]
    assert texts == [f"/hội\xa0nghị-{n}" for n in range(20_000)]


@pytest.mark.slow
def test_slices_when_a_page_has_more_links_than_are_taken_then_the_rest_is_named() -> None:
    links = "".join(f'<li><a href="/tin-{n}.html">{HEADLINE} {n}</a></li>' for n in range(3_001))
    found = look(f"<ul>{links}</ul>")
    assert (len(found.links), found.limit) == (3_000, "what follows the first 3000 links of the page")


def test_slices_when_a_page_is_too_large_then_takes_the_links_of_its_beginning() -> None:
    found = look(f'<a href="/tin-1.html">{HEADLINE}</a><p>{"x" * 2**22}</p><a href="/tin-2.html">{HEADLINE}</a>')
    assert [link.url for link in found.links] == [HOME + "tin-1.html"]
    assert found.limit.startswith("what follows the first")


@pytest.mark.parametrize(
    "opening", ["<a href='/tin-{}.html'>", "<div><a href='/tin-{}.html'>", "<table><tr><td><a href='{}'>"]
)
def test_slices_when_tags_are_never_closed_then_each_is_looked_at_once(opening: str) -> None:
    body = "".join(f"{opening.format(n)}Tin {n}" for n in itertools.islice(itertools.count(), 20_000))
    found = look(body)
    assert 500 <= len(found.links) <= 3_000
    assert found.limit
    assert sum(len(link.anchor) for link in found.links) <= 500 * len(found.links)


def test_slices_when_a_tag_has_100000_attributes_then_what_stands_before_it_is_searched_and_the_rest_named() -> None:
    before = f"<ul>{''.join(f'<li><a href=/tin-tuc/hoi-nghi-{n}.html>{HEADLINE} {n}</a></li>' for n in range(5))}</ul>"
    crowd = "<p " + " ".join(f"a{n}='<'" for n in range(100_000)) + ">x</p><a href='/tin-tuc/sau-1.html'>x</a>"
    [found] = sliced((before + crowd).encode(), "tin-tuc")
    assert len(found.links) == 5
    assert found.limit == "what follows a tag with more than 2000 attributes"


def test_slices_when_a_value_is_long_then_it_is_no_crowd() -> None:
    state = f'<input type=hidden name=__VIEWSTATE value="{"ab cd " * 20_000}">'
    [found] = sliced(f"{state}<a href='/tin-tuc/hoi-nghi-1.html'>{HEADLINE}</a>".encode(), "tin-tuc")
    assert (len(found.links), found.limit) == (1, "")


def test_is_file_when_an_address_is_a_million_letters_then_its_beginning_tells() -> None:
    assert not is_file("/" + "file" * 250_000)
    assert is_file("/vanban.pdf?state=" + "file" * 250_000)
