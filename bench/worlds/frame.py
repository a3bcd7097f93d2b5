"""The frame of a page: what its head claims, columns and foot round the main part."""

from __future__ import annotations

import json

from bench.worlds.furniture import Furniture
from bench.worlds.sample import Built
from tests.unseen.furniture import clock, viewstate
from tests.unseen.model import Story, esc, iso


def claims(built: Built, story: Story) -> str:
    """What the head says of an article."""
    design, parts = built.design, []
    if design.chance("og", 0.6):
        title = story.title if design.chance("ogplain", 0.7) else f"{story.title} - {design.site}"
        parts.append(f'<meta property="og:title" content="{esc(title)}"><meta property="og:type" content="article">')
        parts.append(f'<meta property="og:site_name" content="{esc(design.site)}">')
    if design.chance("description", 0.6):
        parts.append(f'<meta name="description" content="{esc(story.lead or design.site)}">')
    if built.form[1] != "none" and design.chance("jsonld", 0.25):
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": story.title,
            "datePublished": iso(story.when),
        }
        parts.append(f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>')
    if design.chance("machine", 0.25):  # a system that takes the moment at which the page was built for its date
        now = clock(story.number)
        parts.append(f'<meta property="article:modified_time" content="{now:%Y-%m-%dT%H:%M:%S}+07:00">')
        parts.append(f'<meta name="date" content="{now:%Y-%m-%d}">')
    if design.chance("canonical", 0.4):
        parts.append(f'<link rel="canonical" href="{built.base}{esc(built.address(story))}">')
    return "".join(parts)


def framed(built: Built, boxes: Furniture, hit: int, title: str, main: str, meta: str = "") -> str:
    """A whole page round its main part."""
    design, dress = built.design, boxes.dress
    pattern = design.choose("titles", ("{t} - {s}", "{s} - {t}", "{t} | {s}", "{s}", "{t}"))
    left = boxes.side("left", hit) if design.chance("left", 0.45) else ""
    right = boxes.side("right", hit) if not left or design.chance("right", 0.6) else ""
    form = ("<form>" + f'<input type="hidden" name="__VIEWSTATE" value="{viewstate(design.seed, 8)}">', "</form>")
    start, end = form if design.flavour == "webforms" else ("", "")
    skip = f'<a href="#main">{dress.line("Truy cập nội dung luôn")}</a>' if design.chance("skip", 0.2) else ""
    label = "<span>content:</span>" if design.chance("label", 0.1) else ""
    if label:
        dress.line("content:")
    hidden = boxes.hidden() if design.chance("hidden", 0.25) else ""
    declared = '<meta charset="utf-8">' if design.chance("charset", 0.7) else ""
    return (
        f"<!DOCTYPE html><html lang='vi'><head>{declared}<title>{esc(pattern.format(t=title, s=design.site))}</title>{meta}"
        "<style>.a{color:red}</style><script>var t='Các tin khác';</script></head>"
        f"<body>{start}{skip}{hidden}{boxes.head(hit)}"
        f"{dress.columns([left, label + main, right])}{boxes.foot(hit)}{end}</body></html>"
    )
