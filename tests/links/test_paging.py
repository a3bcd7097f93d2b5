"""Further parts of a list, in every manner seen, in order."""

from __future__ import annotations

import pytest

from crawler.links.paging import Step, next_parts, place_of, without_place

H = "https://x.vn"


def numbered(form: str, numbers: list[int], *, step: int = 1, first: int = 0) -> list[Step]:
    return [Step(H + form.format(first + (number - 1) * step), str(number)) for number in numbers]


MANNERS = [
    ("/tin-tuc?page={}", 1, 1), ("/tin-tuc?page={}", 1, 0), ("/tin-tuc?start={}", 10, 0), ("/tin-tuc/page/{}/", 1, 1), ("/tin-tuc/page-{}/", 1, 1),
    ("/tin-tuc/trang-{}.htm", 1, 1), ("/tin-tuc/page/{}.htx", 1, 1), ("/tin-tuc?p_p_id=101_INSTANCE_x&_101_INSTANCE_x_cur={}", 1, 1),
    ("/tin-tuc?a=1&PageIndex={}&b=2", 1, 1), ("/tin-tuc.html?p={}", 1, 1), ("/?paged={}", 1, 1), ("/tin-tuc-p{}.html", 1, 1),
    ("/tin-tuc/{}", 1, 1), ("/tin-tuc?zz={}", 1, 1), ("/tin-tuc?zz={}", 12, 0), ("/vi/news/search/?page-{}", 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(("form", "step", "first"), MANNERS)
def test_next_parts_when_the_pager_counts_then_walks_in_order(form: str, step: int, first: int) -> None:
    current = H + ("/" if form.startswith("/?") else form.partition("?")[0] if "?" in form else "/tin-tuc")
    steps = numbered(form, [4, 3, 2, 1], step=step, first=first)
    expected = tuple(one.url for one in numbered(form, [2, 3, 4], step=step, first=first))
    assert next_parts(steps, current) == expected
    on_third = numbered(form, [3], step=step, first=first)[0].url
    assert next_parts(numbered(form, [1, 2, 4, 5], step=step, first=first), on_third) == tuple(
        one.url for one in numbered(form, [4, 5], step=step, first=first)
    )


def test_next_parts_when_pager_jumps_to_the_end_then_takes_the_near_ones() -> None:
    steps = [*numbered("/t?page={}", [2, 3], first=1), Step(H + "/t?page=57", "57"), Step(H + "/t?page=57", "Cuối »")]
    assert next_parts(steps, H + "/t") == (H + "/t?page=2", H + "/t?page=3")


def test_next_parts_when_only_the_end_is_offered_then_takes_it() -> None:
    assert next_parts([Step(H + "/t?page=57", "Trang cuối")], H + "/t") == (H + "/t?page=57",)


@pytest.mark.parametrize(
    "words", ["Trang sau", "Tiếp", "»", "Next", "Bài cũ hơn", "Tin cũ hơn", "Older posts", ">", "Xem thêm"]
)
def test_next_parts_when_words_say_on_then_goes_on(words: str) -> None:
    assert next_parts([Step(H + "/t?page=3", words)], H + "/t?page=2") == (H + "/t?page=3",)
    assert next_parts([Step(H + "/t?page=1", "Trang trước")], H + "/t?page=2") == ()


def test_next_parts_when_a_pager_has_only_pictures_then_the_address_tells() -> None:
    assert next_parts([Step(H + "/t?page=2", ""), Step(H + "/khac?page=2", "")], H + "/t") == (H + "/t?page=2",)
    assert next_parts([Step(H + "/t/page/2/", ""), Step(H + "/khac/page/2/", "")], H + "/t") == (H + "/t/page/2/",)


def test_next_parts_when_head_says_next_then_believes_it() -> None:
    assert next_parts([Step(H + "/t/page/2/", "", "next")], H + "/t/") == (H + "/t/page/2/",)
    assert next_parts([Step(H + "/bai-viet-sau-do/", "", "next")], H + "/t/") == ()


def test_next_parts_when_number_is_not_a_pager_then_leaves_it() -> None:
    steps = [Step(H + "/van-ban/5", "12"), Step(H + "/trang/7", "Giới thiệu"), Step(H + "/?p=9", "9")]
    assert next_parts(steps, H + "/tin-tuc") == ()


def test_place_of_when_wordpress_names_a_page_then_is_none() -> None:
    assert place_of(H + "/?p=12") is None
    assert place_of(H + "/tin/2024-le-hoi-p13n53811") is None


def test_without_place_when_list_left_its_number_then_drops_it() -> None:
    assert without_place(H + "/tin/a-b.html?Entries_page=3") == H + "/tin/a-b.html"
    assert without_place(H + "/x.aspx?id=4&PageIndex=2") == H + "/x.aspx?id=4"
