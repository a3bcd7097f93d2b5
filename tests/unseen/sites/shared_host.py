"""A commune in a folder of a shared host: `/xa-bau-can/Pages/noi-dung-tin.aspx?NewsID=2853`, `title (dd/mm/yyyy)`.

Its sisters (`/xa-xuan-dong/`, `/phuong-trung-dung/`) and the host's own front page must not be asked for.
A fair judge tolerates `Pages/gioi-thieu.aspx`, `Pages/lien-he.aspx` and `Pages/thu-tuc.aspx` either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tests.unseen import furniture
from tests.unseen.base import Portal, newest, still
from tests.unseen.model import Markup, Story, esc, pages_of
from tests.unseen.prose import Writer, stories

UNIT = "xã Bàu Cạn"
ROOT = "/xa-bau-can"
SECTIONS = {"Tin hoạt động": 3, "Khoa học - Công nghệ": 4, "Người tốt việc tốt": 7, "Thông báo": 9}


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<p align="center"><img src="{ROOT}/Images/{story.when:%Y}/{story.number}-{number}.jpg" width="480"></p>\
<p align="center"><i>Hình ảnh: {caption}</i></p>'
        if story.number % 4 == 0
        else f'<p align="center"><img src="{ROOT}/Images/{story.when:%Y}/{story.number}-{number}.jpg" width="480">\
</p><p align="center"><i>{caption}</i></p>'
    )


MARKUP = Markup(
    p='<p class="MsoNormal" style="text-align:justify;text-indent:.5in"><span style="font-size:13.0pt">{}</span></p>',
    h='<p class="MsoNormal" style="text-indent:.5in"><b><span style="font-size:13.0pt">{}</span></b></p>',
    ul="{}",
    li='<p class="MsoNormal" style="text-align:justify;text-indent:.5in">\
<span style="font-size:13.0pt">+ {}</span></p>',
    table='<table class="MsoTableGrid" border="1"><tbody>{}</tbody></table>',
    tr="<tr>{}</tr>",
    td='<td width="120"><p class="MsoNormal" align="center">{}</p></td>',
    figure=_figure,
)


class SharedHost(Portal):
    """One of a hundred communes on the department's server."""

    name = "shared_host"
    platform = "aspx-newsid"
    entry = f"{ROOT}/"
    ignores_query = False
    off_limits = ("/xa-xuan-dong", "/phuong-trung-dung", "/Default.aspx")

    def build(self) -> None:
        self.stories = stories(self.name, UNIT, tuple(SECTIONS), count=22, hamlet="ấp", gap=12)
        for path in (f"{ROOT}/", f"{ROOT}/Pages/trang-chu.aspx"):
            self.add(path, self.home)
        self.move(ROOT, f"{ROOT}/")
        for section, number in SECTIONS.items():
            self.lists(section, number, [story for story in self.stories if story.section == section])
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            files = tuple(f"{ROOT}/Files/{file.name}" for file in story.files)
            for address, file in zip(files, story.files, strict=True):
                self.offer(address, file)
            self.golds.append(
                story.gold(
                    self.path(story),
                    paragraphs=tuple(f"+ {row}" if row in _items(story) else row for row in story.paragraphs),
                    captions=tuple(f"Hình ảnh: {row}" for row in story.captions)
                    if story.number % 4 == 0
                    else story.captions,
                    attachments=files,
                    boilerplate=("Tin đã đưa", "Lượt Truy Cập", "Website trong Tỉnh", f"({story.when:%d/%m/%Y})"),
                )
            )
        about = "".join(f"<p>{text}</p>" for text in furniture.intro(UNIT))
        for name, title, content, soft in (
            ("gioi-thieu", "Giới thiệu", about, True),
            ("lien-he", "Liên hệ", "<p>Ấp 3, xã Bàu Cạn</p>", True),
            ("thu-tuc", "Thủ tục hành chính", "".join(f"<p>{row}</p>" for row in furniture.PROCEDURES), True),
            ("hoi-dap", "Hỏi đáp", "<table><tr><td>Họ tên</td><td><input></td></tr></table>", False),
            ("tim-kiem", "Tìm kiếm", "<input name='txtSearch'>", False),
        ):
            self.add(
                f"{ROOT}/Pages/{name}.aspx",
                partial(self.page, title, f'<div class="ten-muc">{title}</div>{content}'),
                tolerated=soft,
            )
        self.sisters()

    def sisters(self) -> None:
        """Portals that are not ours: each with a few articles, linked from every page of ours."""
        for folder, unit in (("/xa-xuan-dong", "xã Xuân Đông"), ("/phuong-trung-dung", "phường Trung Dũng")):
            writer = Writer(folder, unit)
            rows = [
                writer.story(number, "news", "Tin", self.stories[number].when, topic)
                for number, topic in enumerate(("cho", "bau-cu", "le-hoi"))
            ]
            links = "".join(
                f'<p><a href="{folder}/Pages/noi-dung-tin.aspx?NewsID={number}">{esc(row.title)}</a></p>'
                for number, row in enumerate(rows)
            )
            self.add(f"{folder}/", still(f"<html><body>{links}</body></html>"))
            for number, row in enumerate(rows):
                head = f"<html><head><title>{esc(row.title)}</title></head><body><h3>{esc(row.title)}</h3>"
                page = f"{head}{MARKUP.body(row, lead=True)}</body></html>"
                self.add(f"{folder}/Pages/noi-dung-tin.aspx?NewsID={number}", still(page))
        front = f'<a href="{ROOT}/">{UNIT}</a><a href="/xa-xuan-dong/">Xã Xuân Đông</a>'
        for path in ("/", "/Default.aspx"):
            self.add(path, still(f"<html><body><h1>Các trang thành viên</h1>{front}</body></html>"))

    @staticmethod
    def path(story: Story) -> str:
        return f"{ROOT}/Pages/noi-dung-tin.aspx?NewsID={2853 - story.number}"

    def home(self, hit: int) -> str:
        groups = "".join(
            f'<div class="nhom"><div class="ten-muc"><a href="{ROOT}/Pages/danh-sach-tin.aspx?CatID={number}">{name}\
</a></div>'
            + "".join(
                f'<div class="tin"><a href="{self.path(row)}">{esc(row.title)}</a> \
<span class="ngay">({row.when:%d/%m/%Y})</span></div>'
                for row in newest(self.stories, 3, name)
            )
            + "</div>"
            for name, number in SECTIONS.items()
        )
        return self.page("Trang chủ", groups, hit)

    def lists(self, section: str, cat: int, rows: Sequence[Story]) -> None:
        parts = pages_of(rows, 4)
        base = f"{ROOT}/Pages/danh-sach-tin.aspx?CatID={cat}"
        for number, part in enumerate(parts, 1):
            items = "".join(
                f'<div class="tin"><a href="{self.path(row)}">{esc(row.title)}</a> \
<span class="ngay">({row.when:%d/%m/%Y})</span><div class="tom-tat">{esc(row.excerpt)}</div></div>'
                for row in part
            )
            nav = ""
            if number < len(parts):
                nav = f'<a href="{base}&amp;Page={number + 1}">Trang tiếp &gt;&gt;</a>'
            main = f'<div class="ten-muc">{section}</div>{items}<div class="trang">{nav}</div>'
            self.add(base if number == 1 else f"{base}&Page={number}", partial(self.page, section, main))

    def article(self, story: Story, hit: int) -> str:
        rows = [row for row in self.stories if row.section == story.section and row.number > story.number][:5]
        others = "".join(
            f'<div class="tin"><a href="{self.path(row)}">{esc(row.title)}</a> \
<span class="ngay">({row.when:%d/%m/%Y})</span></div>'
            for row in rows
        )
        lead = f'<div class="tom-tat"><b>{esc(story.lead)}</b></div>' if story.lead else ""
        sign = esc(story.signature("{author}"))
        files = "".join(
            f'<div class="tep"><a href="{ROOT}/Files/{file.name}">{esc(file.label)}</a></div>' for file in story.files
        )
        byline = f'<p class="MsoNormal" align="right"><b>{sign}</b></p>' if sign else ""
        main = f"""<div class="ten-muc">{story.section}</div><div class="chi-tiet-tin">\
<h3 class="tieu-de">{esc(story.title)} <span class="ngay">({story.when:%d/%m/%Y})</span></h3>
{lead}<div class="noi-dung-tin">{MARKUP.body(story)}{byline}</div>{files}</div><div class="khac">\
<div class="ten-khac">Tin đã đưa</div>{others}</div>"""
        return self.page(story.title, main, hit)

    def page(self, title: str, main: str, hit: int) -> str:
        seen = furniture.visits(hit)
        menu = "".join(
            f'<li><a href="{ROOT}/Pages/danh-sach-tin.aspx?CatID={number}">{name}</a></li>'
            for name, number in SECTIONS.items()
        )
        read = "".join(f'<p><a href="{self.path(row)}">{esc(row.title)}</a></p>' for row in self.stories[3:22:4])
        links = "".join(f'<option value="{url}">{name}</option>' for name, url in furniture.EXTERNAL)
        return f"""<!DOCTYPE html><html><head><meta charset="utf-8" /><title>{esc(title)} - Bàu Cạn</title>\
<style>{furniture.css(self.name, 12)}</style><script>{furniture.js(self.name, 10)}</script></head><body>
<form method="post" id="form1"><input type="hidden" name="__VIEWSTATE" value="{furniture.viewstate(self.name, 10)}" \
/><div id="dau"><img src="{ROOT}/Images/banner.jpg" />
<ul id="thuc-don"><li><a href="{ROOT}/Pages/trang-chu.aspx">Trang chủ</a></li><li>\
<a href="{ROOT}/Pages/gioi-thieu.aspx">Giới thiệu</a></li>{menu}<li><a href="{ROOT}/Pages/thu-tuc.aspx">Thủ tục</a>\
</li><li><a href="{ROOT}/Pages/hoi-dap.aspx">Hỏi đáp</a></li><li><a href="{ROOT}/Pages/lien-he.aspx">Liên hệ</a></li>\
<li><a href="{ROOT}/Pages/tim-kiem.aspx">Tìm kiếm</a></li></ul></div>
<div id="trai"><div class="hop"><div class="ten-hop">Xem nhiều</div>{read}</div><div class="hop">\
<div class="ten-hop">Website trong Tỉnh</div><p><a href="/xa-xuan-dong/">Xã Xuân Đông</a></p><p>\
<a href="/phuong-trung-dung/">Phường Trung Dũng</a></p>
<p><a href="/xa-xuan-dong/Pages/noi-dung-tin.aspx?NewsID=1">Tin xã bạn</a></p><p>\
<a href="/Default.aspx">Các trang thành viên</a></p></div><div class="hop"><select>{links}</select></div>\
<div class="hop"><div class="ten-hop">Lượt Truy Cập</div><p>{seen["total"]}</p>\
<p>Trực tuyến: {seen["online"]}</p></div></div>
<div id="giua">{main}</div><div id="cuoi">Bản quyền: UBND {UNIT}. Điện thoại: 0251.3844.111</div></form></body>\
</html>"""

    def missing(self, target: str, hit: int) -> str:
        return "<html><head><title>404</title></head><body><h2>404 - File or directory not found.</h2></body></html>"


def _items(story: Story) -> set[str]:
    return {row[0] for block in story.blocks if block.kind == "ul" for row in block.rows}
