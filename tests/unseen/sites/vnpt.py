"""The VNPT family: `/tin-tuc/slug-402310`, the day above the title, the author twice, counters of one, `?pageindex=0`.

A fair judge tolerates the pages of "Giới thiệu" and the contact page either way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial

from tests.unseen import furniture
from tests.unseen.base import Portal, newest
from tests.unseen.model import Markup, Story, esc, pages_of, slugify
from tests.unseen.prose import stories

UNIT = "phường Đông Thành"
SECTIONS = ("Tin tức", "Y tế - Giáo dục", "Quốc phòng - An ninh", "Thông báo")


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<div style="text-align: center;">\
<img alt="" src="/upload/105{story.number}/{story.when:%Y%m%d}/anh_{number}_{story.number:x}.jpg" \
style="max-width:100%" /></div>'
        f'<div style="text-align: center;"><i>{caption}</i></div>'
    )


MARKUP = Markup(
    p='<div style="text-align: justify;">{}</div>',
    h='<div style="text-align: justify;"><b>{}</b></div>',
    ul="<ul>{}</ul>",
    li='<li style="text-align: justify;">{}</li>',
    table='<table border="1" style="width:100%"><tbody>{}</tbody></table>',
    tr="<tr>{}</tr>",
    td="<td>{}</td>",
    figure=_figure,
    between='\n<div style="text-align: justify;"><br /></div>\n',
)


class Vnpt(Portal):
    """A ward of a provincial town on the vendor's portal."""

    name = "vnpt"
    platform = "vnpt-vnportal"

    def build(self) -> None:
        self.stories = stories(self.name, UNIT, SECTIONS, count=34, hamlet="khu phố", gap=5)
        self.add("/", self.home)
        self.move("/trang-chu", "/", 302)
        for section in SECTIONS:
            self.lists(f"/{slugify(section)}", section, [story for story in self.stories if story.section == section])
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            files = tuple(f"/upload/105{story.number}/{file.name}" for file in story.files)
            for address, file in zip(files, story.files, strict=True):
                self.offer(address, file)
            self.golds.append(
                story.gold(
                    self.path(story),
                    attachments=files,
                    boilerplate=(
                        "anh tin bai",
                        "image banner",
                        "Tin liên quan",
                        "Chưa có bình luận",
                        "Tổng lượt truy cập",
                        "Đánh giá bài viết",
                    ),
                )
            )
        about = "".join(f'<div style="text-align: justify;">{text}</div>' for text in furniture.intro(UNIT))
        for path, title, content, soft in (
            ("/gioi-thieu-chung", "Giới thiệu chung", about, True),
            ("/so-do-to-chuc", "Sơ đồ tổ chức", '<img src="/upload/sodo.png" alt="image banner" />', True),
            ("/lien-he", "Liên hệ", "<form><label>Họ tên</label></form>", True),
            (
                "/thu-tuc-hanh-chinh",
                "Thủ tục hành chính",
                "".join(f"<p>{number}. {name}</p>" for number, name in enumerate(furniture.PROCEDURES, 1)),
                True,
            ),
            ("/dang-nhap", "Đăng nhập", "<form><label>Tài khoản</label><label>Mật khẩu</label></form>", False),
            (
                "/so-do-cong",
                "Sơ đồ cổng",
                "".join(f'<p><a href="/{slugify(name)}">{name}</a></p>' for name in SECTIONS),
                False,
            ),
            ("/thu-vien-video", "Thư viện video", "<video src='/upload/v1.mp4'></video>" * 3, False),
        ):
            self.add(
                path,
                partial(
                    self.page, title, f'<div class="tieu-de-trang">{title}</div><div class="noi-dung">{content}</div>'
                ),
                tolerated=soft,
            )

    @staticmethod
    def path(story: Story) -> str:
        slug = (
            hashlib.md5(story.title.encode(), usedforsecurity=False).hexdigest()
            if story.number % 8 == 5
            else story.slug
        )
        return f"/{slugify(story.section)}/{slug}-{402310 - story.number * 37}"

    def home(self, hit: int) -> str:
        top = self.stories[0]
        side = "".join(
            f'<li><a title="{esc(row.title)}" href="{self.path(row)}">{esc(row.title)}</a></li>'
            for row in self.stories[1:6]
        )
        blocks = "".join(
            f"""<div class="portlet"><div class="portlet-header"><a href="/{slugify(section)}">{section}</a></div>\
<div class="portlet-body">
{
                "".join(
                    f'<div class="tin-item"><a href="{self.path(row)}">'
                    f'<img src="/upload/t{row.number}.jpg" alt="anh tin bai" /></a>'
                    f'<a class="tin-title" href="{self.path(row)}">{esc(row.title)}</a></div>'
                    for row in newest(self.stories, 3, section)
                )
            }</div></div>"""
            for section in SECTIONS
        )
        main = f'<div class="tin-noi-bat"><a href="{self.path(top)}"><img src="/upload/top.jpg" alt="anh tin bai" />\
</a><h2><a href="{self.path(top)}">{esc(top.title)}</a></h2><p>{esc(top.excerpt)}</p><ul>{side}</ul></div>{blocks}'
        return self.page("Trang chủ", main, hit)

    def lists(self, path: str, section: str, rows: Sequence[Story]) -> None:
        parts = pages_of(rows, 4)
        for number, part in enumerate(parts, 1):
            items = "".join(
                f"""<div class="tin-item row"><div class="col-3"><a href="{self.path(row)}">\
<img src="/upload/t{row.number}.jpg" alt="anh tin bai" /></a></div>
<div class="col-9"><a class="tin-title" href="{self.path(row)}">{esc(row.title)}</a>\
<div class="ngay">{row.when:%d/%m/%Y}</div><div class="mo-ta">{esc(row.excerpt)}</div></div></div>"""
                for row in part
            )
            window = range(max(1, number - 1), min(len(parts), number + 1) + 1)
            nav = "".join(
                f'<li class="{"active" if other == number else ""}"><a href="{path}?pageindex={other}">{other}</a></li>'
                for other in window
            )
            last = f'<li><a href="{path}?pageindex={len(parts)}">Cuối</a></li>'
            main = f'<div class="tieu-de-trang">{section}</div>{items}<ul class="pagination"><li>\
<a href="{path}?pageindex=1">Đầu</a></li>{nav}{last}</ul>'
            self.add(f"{path}?pageindex={number}", partial(self.page, section, main))
            if number == 1:
                self.add(path, partial(self.page, section, main))

    def article(self, story: Story, hit: int) -> str:
        path = self.path(story)
        rows = [row for row in self.stories if row.section == story.section and row is not story][:5]
        related = "".join(
            f'<li><a href="{self.path(row)}">{esc(row.title)}</a> <span>{row.when:%d/%m/%Y}</span></li>' for row in rows
        )
        lead = f'<div class="tom-tat"><b>{esc(story.lead)}</b></div>' if story.lead else ""
        sign = esc(story.author or "")
        files = "".join(
            f'<div class="tep"><a href="/upload/105{story.number}/{file.name}">\
<i class="fa fa-paperclip"></i> {esc(file.label)}</a></div>'
            for file in story.files
        )
        byline = f'<div style="text-align: right;"><b>{sign}</b></div>' if sign else ""
        main = f"""<div class="duong-dan"><a href="/">Trang chủ</a> <i>/</i> \
<a href="/{slugify(story.section)}">{story.section}</a></div>
<div class="chi-tiet"><div class="thoi-gian">{story.when:%d/%m/%Y}</div>\
<h1 class="tieu-de">{esc(story.title)}</h1>{lead}
<div class="anh-dai-dien"><img src="/upload/t{story.number}.jpg" alt="anh tin bai" /></div>
<div class="noi-dung">{MARKUP.body(story)}{byline}</div>{files}<div class="tac-gia">{sign}</div>
<div class="danh-gia">Đánh giá bài viết <span>★★★★★</span> <span>0 đánh giá</span></div></div>
<div class="binh-luan"><div>Chưa có bình luận</div><ul class="pagination"><li>\
<a href="{path}?pageindex=0">Trước</a></li><li><a href="{path}?pageindex=0">Sau</a></li></ul></div>
<div class="portlet"><div class="portlet-header">Tin liên quan</div><ul>{related}</ul></div>"""
        return self.page(story.title, main, hit)

    def page(self, title: str, main: str, hit: int) -> str:
        menu = "".join(f'<li><a href="/{slugify(name)}">{name}</a></li>' for name in SECTIONS)
        new = "".join(
            f'<li><a href="{self.path(row)}"><img src="/upload/t{row.number}.jpg" alt="anh tin bai" \
/>{esc(row.title)}</a></li>'
            for row in newest(self.stories, 6)
        )
        read = "".join(
            f'<li><a href="{self.path(row)}?pageindex=0">{esc(row.title)}</a></li>' for row in self.stories[8:33:6]
        )
        banners = "".join(
            f'<div class="banner-item"><a href="{url}"><img src="/upload/bn{number}.png" alt="image banner" /></a>\
</div>'
            for number, (_, url) in enumerate(furniture.EXTERNAL)
        )
        counts = "".join(
            f"<tr><td>{name}:</td><td>1</td></tr>"
            for name in ("Đang truy cập", "Hôm nay", "Trong tuần", "Tháng hiện tại", "Tổng lượt truy cập")
        )
        return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8" />\
<meta name="viewport" content="width=device-width" /><title>{esc(title)}</title>
<link rel="stylesheet" href="/css/vnportal.min.css" /><style>{furniture.css(self.name, 12)}</style>\
<script>{furniture.js(self.name, 16)}</script></head><body class="vnpt-portal">
<header><img src="/upload/banner.png" alt="image banner" /><nav><ul class="menu-ngang"><li>\
<a href="/">Trang chủ</a></li><li><a href="/gioi-thieu-chung">Giới thiệu</a><ul><li>\
<a href="/so-do-to-chuc">Sơ đồ tổ chức</a></li></ul></li>
{menu}<li><a href="/thu-tuc-hanh-chinh">Thủ tục hành chính</a></li><li><a href="/thu-vien-video">Video</a></li><li>\
<a href="/lien-he">Liên hệ</a></li></ul></nav><div class="chay-chu"><span>Chuyển đổi số vì người dân</span></div>\
</header>
<div class="container"><div class="row"><div class="col-lg-9">{main}</div><div class="col-lg-3"><div class="portlet">\
<div class="portlet-header">Tin mới</div><ul>{new}</ul></div>
<div class="portlet"><div class="portlet-header">Đọc nhiều</div><ul>{read}</ul></div>\
<div class="portlet">{banners}</div>
<div class="portlet"><div class="portlet-header">Thống kê truy cập</div><table>{counts}</table></div></div></div></div>
<footer><div>Trang thông tin điện tử {UNIT}</div><div>Địa chỉ: đường Lê Lợi. Email: ubnd@dongthanh.invalid</div>\
<a href="/dang-nhap">Đăng nhập</a> | <a href="/so-do-cong">Sơ đồ cổng</a></footer>
<input type="hidden" id="tk" value="{hit:040x}" /></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.page(
            "Không tìm thấy trang", '<div class="tieu-de-trang">Trang không tồn tại hoặc đã bị xóa</div>', hit
        )
