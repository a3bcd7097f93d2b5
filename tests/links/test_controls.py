"""Lists that lead on by other means than links with words: cards, attributes, scripts, choices, forms."""

from __future__ import annotations

import pytest

from tests.links.builders import HOME, by_path, look, roles

TITLES = (
    "Phường Tân Lập ra quân dọn vệ sinh các tuyến đường dịp lễ",
    "Hội Cựu chiến binh phường trao tặng nhà tình nghĩa cho hội viên",
    "Khai giảng lớp bồi dưỡng kiến thức cho tổ trưởng tổ dân phố",
    "Trạm y tế phường tổ chức tiêm phòng sởi cho trẻ em dưới năm tuổi",
)
CARDS = {
    "picture and button": '<div><a href="/p/{n}"><img src="/a{n}.jpg"></a><div>{t}</div><div>{d}</div><a href="/p/{n}">Xem chi tiết</a></div>',
    "button alone": '<div><p>{t}</p><p>Sáng nay, tại hội trường, nhiều người đã đến dự.</p><span>{d}</span><a href="/p/{n}">Đọc tiếp</a></div>',
    "headline for the ear": '<div><a href="/p/{n}" aria-label="{t}"><i></i></a><span>{d}</span></div>',
    "headline in an attribute": '<div><a href="/p/{n}" data-title="{t}"><img src="/a.jpg"></a><span>{d}</span></div>',
    "click on a block": "<div onclick=\"location.href='/p/{n}'\"><h4>{t}</h4><i>{d}</i></div>",
    "click on a row": '<table><tr onclick="window.location=&quot;/p/{n}&quot;;"><td>{t}</td><td>{d}</td></tr></table>',
    "address in an attribute": '<div data-href="/p/{n}"><h4>{t}</h4><i>{d}</i></div>',
    "map": '<map><area href="/p/{n}" alt="{t}"></map>',
}
LINES = "".join(
    f'<li><a href="/tin/{n}.html">{title}</a> <em>0{n}/11/2026</em></li>' for n, title in enumerate(TITLES, 1)
)


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_find_links_when_cards_are_no_plain_links_then_articles_have_their_headlines(card: str) -> None:
    body = "".join(card.format(n=900 + n, t=title, d=f"0{n + 1}/11/2026") for n, title in enumerate(TITLES))
    found = look(f'<div class="menu"><a href="/gioi-thieu">Giới thiệu</a></div><div>{body}</div>')
    articles = [link for link in found.links if link.role == "article"]
    assert {link.url.rpartition("/")[2]: link.anchor for link in articles} == {
        str(900 + n): title for n, title in enumerate(TITLES)
    }
    assert found.purpose == "listing"
    assert all(link.date_text for link in articles) or "<map>" in card


PAGERS = {
    "numbers for a script": '<a href="#" data-page="1">1</a><a href="#" data-page="2">2</a><a href="javascript:;" data-page="3">3</a>',
    "choice in a form": '<form action="/tin-tuc"><select name="page"><option selected>1</option><option>2</option><option>3</option></select></form>',
    "buttons of a form": '<form><button name="page" value="1">1</button><button name="page" value="2">2</button>'
    '<button name="page" value="3">Sau</button></form>',
    "choice of addresses": '<select onchange="location.href=this.value"><option value="/tin-tuc?page=2">Trang 2</option>'
    '<option value="/tin-tuc?page=3">Trang 3</option></select>',
    "choice of numbers": "<select onchange=\"location.href='/tin-tuc?page='+this.value\"><option>1<option value=2>2<option value=3>3</select>",
    "click": "<span onclick=\"location.href='/tin-tuc?page=2'\">2</span><b onclick=\"location.href='/tin-tuc?page=3'\">3</b>",
}


@pytest.mark.parametrize("pager", PAGERS.values(), ids=PAGERS)
def test_find_links_when_a_pager_has_no_links_then_finds_the_parts_all_the_same(pager: str) -> None:
    found = roles(look(f"<ul>{LINES}</ul><div>{pager}</div>"))
    assert [path for path, role in found.items() if role == "paging"] == ["tin-tuc?page=2", "tin-tuc?page=3"]


def test_find_links_when_a_form_has_fields_then_the_parts_keep_them() -> None:
    form = '<form><input type="hidden" name="cm" value="7"><select name="trang"><option>1</option><option>2</option></select></form>'
    assert roles(look(f"<ul>{LINES}</ul>{form}"))["tin-tuc?cm=7&trang=2"] == "paging"


def test_find_links_when_a_form_is_posted_or_asks_for_no_page_then_leads_nowhere() -> None:
    posted = '<form method="post"><select name="page"><option>2</option></select></form>'
    other = '<form><select name="linhvuc"><option>2</option></select></form><select onchange="loc()"><option value="/x?page=2">2</select>'
    assert "paging" not in roles(look(f"<ul>{LINES}</ul>{posted}{other}")).values()


def test_find_links_when_a_part_is_read_then_numbers_for_a_script_go_on_from_it() -> None:
    pager = "".join(f'<a data-page="{n}">{n}</a>' for n in (1, 2, 3))
    found = roles(look(f"<ul>{LINES}</ul>{pager}", "tin-tuc?cm=4&page=2"))
    assert [path for path, role in found.items() if role == "paging"] == ["tin-tuc?cm=4&page=3"]


def test_find_links_when_a_text_holds_a_picture_then_it_is_not_called_by_the_text() -> None:
    found = look(f'<div><p>{TITLES[0]}</p><a href="/xem-anh?so=3"><img src="a.jpg"></a><p>{TITLES[1]}</p></div>')
    assert by_path(found)["xem-anh?so=3"].anchor == ""


def test_find_links_when_cards_share_a_block_then_none_takes_the_words_of_another() -> None:
    links = "".join(f'<a href="/p/{n}"><img src="a.jpg"></a>' for n in range(4))
    found = look(f"<div><p>{TITLES[0]}</p>{links}</div>")
    assert {link.anchor for link in found.links} == {""}


FILE = "/Upload/kh-7.pdf"
SHOWN = {
    "frame": f'<iframe src="{FILE}#toolbar=0"></iframe>',
    "frame filled late": f'<iframe data-src="{FILE}"></iframe>',
    "object": f'<object data="{FILE}" type="application/pdf"></object>',
    "object round embed": f'<object type="application/pdf"><embed src="{FILE}"></object>',
    "object with a parameter": f'<object><param name="src" value="{FILE}"></object>',
    "viewer elsewhere": f'<iframe src="https://docs.google.com/viewer?url={HOME}Upload/kh-7.pdf&embedded=true"></iframe>',
    "office": f'<iframe src="https://view.officeapps.live.com/op/embed.aspx?src={HOME}Upload/kh-7.pdf"></iframe>',
    "viewer of its own": f'<iframe src="/ViewerJS/#..{FILE}"></iframe>',
    "viewer without a name": f'<iframe src="/js/web/index.html?file={FILE}"></iframe>',
    "link to a viewer": f'<a href="/pdfjs/viewer.html?file={FILE}">Xem</a>',
    "button": f'<button data-file="{FILE}">Xem</button>',
    "button's script": f"<button onclick=\"window.open('{FILE}')\">Tải về</button>",
    "link's script": f'<a href="#" onclick="showPdf(\'{FILE}\', 1)">Xem</a>',
    "link to a script": f"<a href=\"javascript:openFile('{FILE}')\">Xem</a>",
    "box of a script": f'<div data-pdf="{FILE}"></div>',
}


@pytest.mark.parametrize("way", SHOWN.values(), ids=SHOWN)
def test_find_links_when_a_page_shows_a_file_in_any_way_then_it_is_asked_for(way: str) -> None:
    assert [link.url for link in look(f"<p>Kế hoạch</p>{way}").links if link.role == "attachment"] == [
        f"{HOME}Upload/kh-7.pdf"
    ]
