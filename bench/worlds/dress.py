"""Pieces of HTML in the manner of one design: boxes, lines, stacks, columns, and the blocks of an article's body."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from bench.worlds.design import Design
from tests.unseen.model import Block, Story, esc

_BOXES = {"body": "article", "menu": "nav", "foot": "footer", "head": "header", "side": "aside", "related": "section"}


_LINES = frozenset(("div", "p", "h1", "h2", "h3", "h4"))
# What Word leaves in front of a pasted text.
_WORD = (
    "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->"
    "<style>/* Style Definitions */ table.MsoNormalTable {mso-style-name:'Table Normal';}</style>"
)


class Dress:
    """Writes one portal's HTML. What a page shows beside the article is noted in `furniture` by `line`."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.furniture: set[str] = set()

    def line(self, text: str) -> str:
        """A text that is furniture, as HTML."""
        self.furniture.add(text)
        return esc(text)

    # -- boxes

    def box(self, role: str, content: str) -> str:
        """A part of the page."""
        names = self.design.name_of(role)
        if self.design.flavour == "semantic":
            tag = _BOXES.get(role, "div")
            return f"<{tag}{names}>{content}</{tag}>"
        if self.design.flavour in ("tables", "oldtables"):
            return f'<table{names} border="0" cellspacing="0" cellpadding="{len(role) % 4}"><tr><td>{content}</td></tr></table>'
        deep = self.design.dice(f"deep/{role}").randint(0, 2) if self.design.flavour in ("hashed", "utility") else 0
        return "<div>" * deep + f"<div{names}>{content}</div>" + "</div>" * deep

    def stack(self, parts: Iterable[str]) -> str:
        """Parts below each other; in layout tables a row each."""
        held = [part for part in parts if part]
        if self.design.flavour not in ("tables", "oldtables"):
            return "\n".join(held)
        return '<table width="100%">' + "".join(f'<tr><td valign="top">{part}</td></tr>' for part in held) + "</table>"

    def columns(self, parts: Sequence[str]) -> str:
        """Parts beside each other."""
        held = [part for part in parts if part]
        if self.design.flavour in ("tables", "oldtables"):
            return (
                f'<table width="980"><tr>{"".join(f"""<td valign="top">{part}</td>""" for part in held)}</tr></table>'
            )
        return self.box(
            "columns", "\n".join(f"<div{self.design.name_of(f'col{n}')}>{part}</div>" for n, part in enumerate(held))
        )

    def text(self, role: str, content: str, tags: Sequence[str]) -> str:
        """A line of its own, in one of the tags that portals use for this role."""
        tag = self.design.choose(f"tag/{role}", tags)
        names = self.design.name_of(role)
        if self.design.flavour == "oldtables":
            return f'<div><font size="{self.design.dice(role).randint(1, 5)}"><b>{content}</b></font></div>'
        line = f"<{tag}{names}>{content}</{tag}>"
        # A style sheet that nobody sees here may make a line of a span; where none can, the line is an element's.
        return line if tag in _LINES else f"<div>{line}</div>"

    def links(self, rows: Iterable[tuple[str, str]], question: str) -> str:
        """A list of links, furniture as a whole."""
        way = self.design.choose(f"links/{question}", ("ul", "div", "p", "br"))
        done = [f'<a href="{address}">{self.line(text)}</a>' for address, text in rows]
        if way == "ul":
            return "<ul>" + "".join(f"<li>{link}</li>" for link in done) + "</ul>"
        if way == "br":
            return "<br>".join(done)
        return "".join(f"<{way}>{link}</{way}>" for link in done)

    # -- the body of an article

    def body(self, story: Story, *, lead: bool, dice: random.Random, between: str = "") -> str:
        """The blocks of a story; editors paste differently from day to day, so the manner changes with the article.

        `between` is put in the middle of a text of at least three blocks.
        """
        manner = dice.choice(self._manners())
        blocks = (Block("p", story.lead), *story.blocks) if lead and story.lead else story.blocks
        done, number = [], 0
        for place, block in enumerate(blocks):
            number += block.kind == "fig"
            done.append(self._block(story, block, manner, number, strong=lead and place == 0 and bool(story.lead)))
        if between and len(done) > 2:
            done.insert(len(done) // 2, between)
        text = ("<br><br>\n" if manner == "br" else "\n").join(done)
        if manner == "word" and dice.random() < 0.5:
            text = _WORD + text
        if self.design.chance("pasted", 0.4) and dice.random() < 0.3:
            text = f'<div dir="auto"><div class="x1iorvi4"><div>{text}</div></div></div>'
        if self.design.chance("unclosed", 0.3):
            text = text.replace("</p>", "").replace("</td></tr>", "</td>")
        return text

    def _manners(self) -> tuple[str, ...]:
        usual = {
            "semantic": ("p", "p", "span"),
            "hashed": ("div", "div", "p"),
            "utility": ("p", "div"),
            "oldtables": ("br", "font", "p"),
            "tables": ("p", "word", "br"),
        }
        return usual.get(self.design.flavour, ("p", "word", "span"))

    def _block(self, story: Story, block: Block, manner: str, number: int, *, strong: bool) -> str:
        if block.kind == "fig":
            return self._figure(story, number, block.text)
        if block.kind == "ul":
            rows = [esc(row[0]) for row in block.rows]
            if manner in ("br", "font"):
                return "<br>".join(f"- {row}" for row in rows)
            return "<ul>" + "".join(f"<li>{row}</li>" for row in rows) + "</ul>"
        if block.kind == "table":
            rows = ["".join(f"<td>{self._cell(esc(cell), manner)}</td>" for cell in row) for row in block.rows]
            return (
                '<table border="1" width="100%"><tbody>'
                + "".join(f"<tr>{row}</tr>" for row in rows)
                + "</tbody></table>"
            )
        text = esc(block.text)
        if block.kind == "h" or strong:
            text = f"<b>{text}</b>" if block.kind != "h" or manner != "p" else text
            if block.kind == "h" and manner == "p":
                return f"<h3>{text}</h3>"
        return self._paragraph(text, manner)

    @staticmethod
    def _cell(text: str, manner: str) -> str:
        return f'<p class="MsoNormal">{text}</p>' if manner == "word" else text

    @staticmethod
    def _paragraph(text: str, manner: str) -> str:
        patterns = {
            "p": '<p style="text-align: justify;">{}</p>',
            "span": '<p><span style="font-size:14pt"><span style="font-family:Times New Roman">{}</span></span></p>',
            "word": '<p class="MsoNormal" style="text-indent:36pt"><span lang="VI">{}<o:p></o:p></span></p>',
            "div": "<div>{}</div>",
            "font": '<div align="justify"><font face="Arial" size="2">{}</font></div>',
            "br": "{}",
        }
        return patterns[manner].format(text)

    def _figure(self, story: Story, number: int, caption: str) -> str:
        image = f'<img src="/upload/{story.number}/{number}.jpg" alt="" width="600">'
        text, names = esc(caption), self.design.name_of("caption")
        ways = {
            "figure": f"<figure>{image}<figcaption>{text}</figcaption></figure>",
            "table": f'<table align="center"><tbody><tr><td>{image}</td></tr><tr><td><i>{text}</i></td></tr></tbody></table>',
            "lines": f'<p style="text-align:center">{image}</p><p style="text-align:center"><em>{text}</em></p>',
            "break": f'<p align="center">{image}<br><i>{text}</i></p>',
            "boxes": f"<div>{image}<div{names}>{text}</div></div>",
            "spans": f"<div><span>{image}</span><span{names}><i>{text}</i></span></div>",
            "inside": f"<p>{image}</p><p align='center'><span style='font-size:12px;color:#666'>{text}</span></p>",
        }
        options = {
            "semantic": ("figure", "lines", "inside"),
            "hashed": ("boxes", "figure", "spans", "inside"),
            "oldtables": ("table", "break"),
            "tables": ("table", "lines"),
        }
        return ways[self.design.choose("figure", options.get(self.design.flavour, tuple(ways)))]
