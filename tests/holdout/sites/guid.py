"""A newer vendor portal: /chi-tiet-tin?id=<GUID>, the ward's name as h1 everywhere, the title a bold paragraph."""

from __future__ import annotations

import random
import uuid
from functools import partial

from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.base import BASE
from tests.unseen.model import Markup, Story, esc, pages_of


def guid(seed: str) -> str:
    return str(uuid.UUID(int=random.Random(seed).getrandbits(128), version=4)).upper()


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<table class="tplCaption" align="center"><tbody><tr><td>'
        f'<img alt="anh tin bai" src="/FileStorage/{story.number}/{number}.jpg">'
        f'</td></tr><tr><td style="text-align:center">{caption}</td></tr></tbody></table>'
    )


MARKUP = Markup(
    '<p class="MsoNormal" style="text-align:justify"><span lang="VI">{}<o:p></o:p></span></p>',
    '<p class="MsoNormal"><b><span lang="VI">{}</span></b></p>',
    "{}",
    '<p class="MsoListParagraph"><span lang="VI">{}</span></p>',
    '<table class="MsoTableGrid" border="1"><tbody>{}</tbody></table>',
    "<tr>{}</tr>",
    '<td valign="top"><p class="MsoNormal">{}</p></td>',
    _figure,
)


class Guid(Edition):
    name, platform = "guid", "VNPT-like, newer"
    unit = "phường Nam Khê"
    hamlet = "khu"
    sections = ("Tin hoạt động của phường", "Cải cách hành chính", "Thông báo")
    count = 22
    minutes = False
    byline = "{author}"
    ignores_query = False
    boilerplate = (
        "Tin cùng chuyên mục",
        "Bình luận",
        "Lượt xem",
        "Tệp đính kèm",
        "Cỡ chữ",
        "Đọc bài viết",
        "image banner",
    )

    def path(self, story: Story) -> str:
        return f"/chi-tiet-tin?id={guid(f'{self.name}{self.age(story)}')}"

    def build(self) -> None:
        self.add("/", self.front)
        self.add("/trang-chu", self.front)
        for section in self.sections:
            self.listing(section)
        for page in dress.pages(self.name, self.unit):
            inner = f'<div class="page-content"><p class="title"><b>{page.title}</b></p>{page.html}</div>'
            self.add(f"/{page.slug}", partial(self.shell, inner))
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            for at in range(3):
                self.add(f"{self.path(story)}&pageindex={at}", partial(self.article, story))
            files = tuple(f"/FileStorage/van-ban/{file.name}" for file in story.files)
            for target, file in zip(files, story.files, strict=True):
                self.offer(target, file)
            self.record(story, self.path(story), attachments=files)

    def listing(self, section: str) -> None:
        base = f"/danh-sach-tin?chuyenmuc={guid(section)}"
        sheets = pages_of(self.inside(section), 5)
        for number, rows in enumerate(sheets, 1):
            items = "".join(
                f'<div class="item-news row"><div class="col-4">'
                f'<img alt="anh tin bai" src="/FileStorage/t{story.number}.jpg"></div>'
                f'<div class="col-8"><a href="{self.path(story)}" title="{esc(story.title)}">{esc(story.title)}</a>'
                f'<span class="date">{story.when:%d-%m-%Y}</span><div class="des">{esc(story.excerpt)}</div>'
                f"</div></div>"
                for story in rows
            )
            steps = "".join(
                f'<a class="{"active" if at == number else ""}" href="{base}&amp;pageindex={at}">{at}</a>'
                for at in range(1, len(sheets) + 1)
            )
            inner = (
                f'<div class="list-news"><p class="cate">{section}</p>{items}<div class="paging">{steps}</div></div>'
            )
            for target in (f"{base}&pageindex={number}", *([base] if number == 1 else ())):
                self.add(target, partial(self.shell, inner))

    def front(self, hit: int) -> str:
        rows = "".join(
            f'<div class="slick-slide"><a href="{BASE}{self.path(story)}">{esc(story.title)}</a></div>'
            for story in self.stories[:5]
        )
        return self.shell(f'<div class="slick">{rows}</div>', hit)

    def article(self, story: Story, hit: int) -> str:
        lead = f'<p class="sapo"><b>{esc(story.lead)}</b></p>' if story.lead else ""
        files = "".join(f'<li><a href="/FileStorage/van-ban/{f.name}">{esc(f.label)}</a></li>' for f in story.files)
        name = f'<p class="author" style="text-align:right"><b>{self.signed(story)}</b></p>' if story.author else ""
        near = "".join(
            f'<li><a href="{self.path(row)}">{esc(row.title)}</a> <i>({row.when:%d-%m-%Y})</i></li>'
            for row in self.others(story, 5)
        )
        pager = "".join(f'<a href="{self.path(story)}&amp;pageindex={at}">{at + 1}</a>' for at in range(3))
        inner = f"""<div class="detail-news"><p class="title"><b>{esc(story.title)}</b></p>
<p class="info"><span>Ngày đăng: {story.when:%d-%m-%Y}</span> <span>Lượt xem: \
{dress.views(self.age(story), hit)}</span></p>
<div class="tool"><span>Cỡ chữ</span><a>A-</a><a>A+</a><audio></audio><span>Đọc bài viết</span></div>
{lead}<div class="content">{MARKUP.body(story)}</div>{name}
{f'<div class="dinhkem"><b>Tệp đính kèm</b><ul>{files}</ul></div>' if files else ""}
<div class="binhluan"><p>Bình luận</p><form><input placeholder="Họ và tên"><textarea></textarea></form>{pager}</div>
<div class="tinkhac"><p class="cate">Tin cùng chuyên mục</p><ul>{near}</ul></div></div>"""
        return self.shell(inner, hit)

    def shell(self, inner: str, hit: int) -> str:
        menu = "".join(f'<li><a href="/danh-sach-tin?chuyenmuc={guid(name)}">{name}</a></li>' for name in self.sections)
        menu += "".join(
            f'<li><a href="/{page.slug}">{page.title}</a></li>' for page in dress.pages(self.name, self.unit)
        )
        seen = furniture.visits(hit)
        return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">\
<title>Cổng thông tin điện tử {self.unit}</title>
<meta property="og:title" content="Cổng thông tin điện tử {self.unit}">\
<style>{furniture.css(self.name, 24)}</style></head><body>
<div class="banner"><img alt="image banner" src="/FileStorage/banner.jpg"><h1>{self.town}</h1>\
<h2>Thành phố Uông Bí</h2></div>
<ul class="menu">{menu}</ul><div class="today">{dress.weekday(self.clock(hit))}, ngày {self.clock(hit):%d/%m/%Y}</div>
<div class="main">{inner}</div><div class="right"><div class="box"><h3>Thông báo</h3><marquee direction="up">
{"".join(f'<p><a href="{self.path(s)}">{esc(s.title)}</a></p>' for s in self.inside(self.sections[-1])[:4])}</marquee></div>
<div class="thongke"><h3>Thống kê truy cập</h3><p>Hôm nay: {seen["today"]}</p><p>Tháng hiện tại: {seen["month"]}</p>
<p>Tổng lượt truy cập: {seen["total"]}</p></div><p>ipv6 readyChung nhan Tin Nhiem Mang</p></div>
<div class="footer"><p>Địa chỉ: 12 Trần Nhân Tông</p></div><script>{furniture.js(self.name, 20)}</script>\
</body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.shell("<p>Không tìm thấy nội dung.</p>", hit)
