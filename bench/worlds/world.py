"""One generated portal: its article pages with the perfect reading of each, its list pages, and pages that are no article."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from bench.worlds.article import article
from bench.worlds.design import FLAVOURS, Design
from bench.worlds.dress import Dress
from bench.worlds.frame import framed
from bench.worlds.furniture import Furniture
from bench.worlds.material import articles
from bench.worlds.sample import PRINTED, Built, Sample, address_of
from tests.unseen.furniture import PROCEDURES
from tests.unseen.model import Story, esc

SECTIONS = (
    ("Tin tức - Sự kiện", "Thông báo", "Văn bản"),
    ("Tin hoạt động", "Thông tin tuyên truyền", "Công khai"),
    ("Kinh tế - Xã hội", "Chỉ đạo điều hành", "Thông tin cần biết"),
)


def lay_out(name: str, seed: int) -> Built:
    """What the pages of one layout are made from under one seed."""
    design = Design.draw(name, seed)
    sections = design.choose("sections", SECTIONS)
    # Each layout prints dates in a form of its own, so that a world shows nearly all of them.
    order = random.Random(f"{seed}/dates").sample(PRINTED, len(PRINTED))
    form = order[list(FLAVOURS).index(name) % len(order)]
    built = Built(design, articles(design.seed, design.unit, design.hamlet, sections), sections, form)
    for _, story in built.rows:
        built.addresses[story.number] = address_of(design, story)
    return built


def build(name: str, seed: int) -> list[Sample]:
    """All pages of one layout under one seed, articles first."""
    built = lay_out(name, seed)
    samples = [article(built, sort, story) for sort, story in built.rows]
    return [*samples, *_lists(built), *_others(built)]


def _lists(built: Built) -> list[Sample]:
    found = [list_page(built, "/", "Trang chủ", [story for _, story in built.rows[:14]], 900)]
    for number, section in enumerate(built.sections, 1):
        held = [story for _, story in built.rows if story.section == section]
        for part in range(0, len(held), 12):
            path = f"/muc-{number}" + (f"?page={part // 12 + 1}" if part else "")
            found.append(list_page(built, path, section, held[part : part + 12], 910 + number * 10 + part))
    return found


def list_page(built: Built, path: str, title: str, held: Sequence[Story], hit: int) -> Sample:
    """A list of these stories under an address and a title of its own."""
    design, dress = built.design, Dress(built.design)
    boxes = Furniture(dress, [other for _, other in built.rows], built.address)
    dated, excerpt = built.lists_dated, design.chance("excerpt", 0.5)
    items = []
    for story in held:
        tag = design.choose("listtitle", ("h3", "div", "p", "b", "h4"))
        item = f'<{tag}><a href="{esc(built.address(story))}">{esc(story.title)}</a></{tag}>'
        item += f"<span>{story.when:%d/%m/%Y}</span>" if dated else ""
        item += f"<div>{esc(story.excerpt)}</div>" if excerpt else ""
        items.append(dress.box("item", item))
    head = dress.text("listhead", esc(title), ("h1", "h2", "div", "span"))
    return Sample(built.base + path, framed(built, boxes, hit, title, dress.stack([head, *items])).encode(), lists=True)


def _others(built: Built) -> list[Sample]:
    unit = built.design.unit
    services = [(f"/tthc/{n}", name) for n, name in enumerate(PROCEDURES)]
    form = "<form><input name='ten'><textarea></textarea></form>"
    pages: dict[str, tuple[str, Callable[[Dress], str]]] = {
        "/lien-he": ("Liên hệ", lambda dress: f"<p>Số 12 đường Lê Lợi, {unit}</p>{form}"),
        "/dang-nhap": ("Đăng nhập", lambda dress: "<form><input name='u'><input type='password' name='p'></form>"),
        "/tim": ("Tìm kiếm", lambda dress: "<p>Không tìm thấy kết quả nào phù hợp.</p>"),
        "/tthc": ("Thủ tục hành chính", lambda dress: dress.links(services, "tthc")),
        "/muc-6": (built.sections[0], lambda dress: "<p>Dữ liệu đang được cập nhật</p>"),
    }
    found = []
    for hit, (path, (title, content)) in enumerate(pages.items(), 800):
        dress = Dress(built.design)
        boxes = Furniture(dress, [story for _, story in built.rows], built.address)
        head = dress.text("listhead", esc(title), ("h1", "h2", "div", "span"))
        found.append(
            Sample(built.base + path, framed(built, boxes, hit, title, dress.stack([head, content(dress)])).encode())
        )
    return found
