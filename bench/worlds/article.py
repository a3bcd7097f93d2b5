"""The article pages of a generated portal, each with its perfect reading."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from bench.worlds.design import Design
from bench.worlds.dress import Dress
from bench.worlds.frame import claims, framed
from bench.worlds.furniture import Furniture
from bench.worlds.material import Sort
from bench.worlds.sample import Built, Sample, date_line
from phuongchi.demo.site import Gold
from tests.unseen.furniture import views
from tests.unseen.model import Story, esc, iso


@dataclass(frozen=True, slots=True)
class Signed:
    """A byline as it is printed, its authors, and where it stands: `head`, `body`, `below` or nowhere."""

    text: str = ""
    authors: tuple[str, ...] = ()
    place: str = ""


def article(built: Built, sort: Sort, story: Story) -> Sample:
    """The page of one story."""
    design, dress = built.design, Dress(built.design)
    boxes = Furniture(dress, [other for _, other in built.rows], built.address)
    dice = random.Random(f"{design.seed}/page/{story.number}")
    signed = _signature(design, story, dice)
    parts = _parts(built, dress, boxes, story, signed, dice)
    held = [parts[role] for role in _order(design)]
    if design.chance("foottools", 0.4):
        held.append(boxes.tools("foot"))
    if design.chance("footviews", 0.3):
        held.append(f"<div>{dress.line(f'Số lượt xem: {views(story.number, story.number)}')}</div>")
    below = [boxes.below(), boxes.related(story)]
    if design.chance("below", 0.5):
        below.reverse()
    if _flat(design):  # many portals have no element for an article: all of it, and the lists below, stand in one
        main = dress.box("article", dress.stack([*held, *below]))
    else:
        main = dress.stack([dress.box("article", dress.stack(held)), *below])
    whole = framed(built, boxes, story.number, story.title, main, claims(built, story))
    gold = _gold(built, story, signed.authors, dress.furniture)
    return Sample(built.base + built.address(story), whole.encode(), sort, gold)


def _flat(design: Design) -> bool:
    return design.chance("flat", 0.4)


def _parts(
    built: Built, dress: Dress, boxes: Furniture, story: Story, signed: Signed, dice: random.Random
) -> dict[str, str]:
    design = built.design
    shown = date_line(design, story, built.form)
    line = f"{signed.text} {shown}".strip() if signed.place == "head" else shown
    apart = design.chance("lead", 0.5)
    foot = _foot(design, signed.text) if signed.text and signed.place != "head" else ""
    between = boxes.between(story) if design.chance("between", 0.25) else ""
    text = dress.body(story, lead=not apart or design.chance("leadtwice", 0.2), dice=dice, between=between)
    if design.chance("titletwice", 0.15):
        text = f'<p style="text-align:center"><b>{esc(story.title)}</b></p>{text}'
    if design.chance("player", 0.25):
        text = boxes.player() + text
    if signed.place == "body":
        text += ("<br>" if design.flavour == "oldtables" else "\n") + foot
    kicker = (
        dress.text("kicker", esc(story.section.lower()), ("div", "span", "p")) if design.chance("kicker", 0.25) else ""
    )
    lead = dress.text("lead", f"<b>{esc(story.lead)}</b>", ("div", "p", "h2", "strong")) if apart and story.lead else ""
    return {
        "crumb": _crumb(design, dress, story),
        "kicker": kicker,
        "title": dress.text("title", esc(story.title), ("h1", "h2", "h1", "div", "p", "span", "h3")),
        "date": dress.text("date", esc(line), ("div", "span", "p", "time", "i")) if line else "",
        "tools": boxes.tools("head") if design.chance("tools", 0.7) else "",
        "lead": lead,
        "body": text if _flat(design) and design.chance("bare", 0.5) else dress.box("body", text),
        "byline": foot if signed.place == "below" else "",
        "files": _files(built, dress, story),
    }


def _order(design: Design) -> list[str]:
    head = design.choose("headorder", (("title", "date"), ("title", "date"), ("date", "title")))
    early = ["crumb", "kicker", *head, "tools", "lead"]
    if design.chance("toolsfirst", 0.3):
        early = ["tools", "crumb", "kicker", *head, "lead"]
    late = design.choose("late", (["body", "byline", "files"], ["body", "files", "byline"]))
    if design.chance("datelate", 0.12):
        early.remove("date")
        late = [*late, "date"]
    return early + late


def _crumb(design: Design, dress: Dress, story: Story) -> str:
    if not design.chance("crumb", 0.7):
        return ""
    mark = design.choose("crumbmark", (" » ", " / ", " > ", " | "))
    links = f'<a href="/">{dress.line("Trang chủ")}</a>{esc(mark)}<a href="/muc-2">{esc(story.section)}</a>'
    return dress.box(
        "crumb", links + (f"{esc(mark)}<span>{esc(story.title)}</span>" if design.chance("crumbtitle", 0.3) else "")
    )


def _signature(design: Design, story: Story, dice: random.Random) -> Signed:
    if not story.author:
        return Signed()
    place = design.choose("signed", ("body", "body", "below", "head"))
    forms = (
        "{a}",
        "Tin, ảnh: {a}",
        "Tin bài: {a}",
        "Tác giả: {a}",
        "{a}",
        "{a} - {b}",
        "T/h: {a}",
        "Tin và ảnh: {a}",
        "{a}.",
    )
    form = design.choose("signature", forms) if dice.random() < 0.8 else dice.choice(forms)
    second = story.photographer or story.author
    if place == "head" or second == story.author:
        form = form.replace(" - {b}", "")
    authors = (story.author, second) if "{b}" in form else (story.author,)
    return Signed(form.format(a=story.author, b=second), authors, place)


def _foot(design: Design, signature: str) -> str:
    ways = (
        '<p style="text-align:right"><b>{}</b></p>',
        '<div align="right"><strong>{}</strong></div>',
        "<p><em>{}</em></p>",
        '<p style="text-align:right">{}</p>',
        f"<div{design.name_of('byline')}>{{}}</div>",
        f"<p>{'&nbsp;' * 30}<b>{{}}</b></p>",
    )
    return design.choose("foot", ways).format(esc(signature))


def _files(built: Built, dress: Dress, story: Story) -> str:
    if not story.files:
        return ""
    design = built.design
    way = design.choose("filebox", ("list", "table", "inline", "viewer", "object", "here"))
    paths = [built.file(file.name) for file in story.files]
    label = dress.line(design.choose("filelabel", ("Tệp đính kèm", "Tài liệu đính kèm", "File đính kèm", "Tải về")))
    links = [f'<a href="{path}">{esc(file.label)}</a>' for path, file in zip(paths, story.files, strict=True)]
    if way == "table":
        rows = "".join(f"<tr><td>{n}</td><td>{link}</td><td>{120 * n} KB</td></tr>" for n, link in enumerate(links, 1))
        return f"<table><tr><td>STT</td><td>{label}</td><td>{dress.line('Dung lượng')}</td></tr>{rows}</table>"
    if way == "inline":
        return f"<p><b>{label}:</b> {', '.join(links)}</p>"
    if way == "viewer":
        inside = [quote(built.base + path, safe="") for path in paths]
        return "".join(
            f'<iframe src="https://docs.google.com/viewer?url={one}&embedded=true"></iframe>' for one in inside
        )
    if way == "object":
        return "".join(f'<object data="{path}" type="application/pdf" width="600"></object>' for path in paths)
    if way == "here":
        return "".join(f'<p><a href="{path}" target="_blank">{dress.line("Xem tại đây")}</a></p>' for path in paths)
    return dress.box("files", f"<div>{label}</div><ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>")


def _gold(built: Built, story: Story, authors: Sequence[str], furniture: set[str]) -> Gold:
    precision = built.form[1]
    own = "\n".join((*story.paragraphs, *story.captions, story.title))
    # `00:00` never occurs here; a printed minute is right to the minute.
    value = {"minute": iso(story.when), "day": f"{story.when:%Y-%m-%d}", "none": None}[precision]
    if value is None and built.lists_dated:  # then the lists alone say when
        value, precision = f"{story.when:%Y-%m-%d}", "day"
    return story.gold(
        built.address(story),
        published_at=value,
        published_precision=precision if value else None,
        published_basis="printed" if value else None,
        published_source="page-update" if "ập nhật" in built.form[0][:16] else "head-line",
        authors=tuple(authors),
        attachments=tuple(built.file(file.name) for file in story.files),
        boilerplate=tuple(sorted(text for text in furniture if text and text not in own)),
    )
