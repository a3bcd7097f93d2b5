"""How the content systems print a body: text as it comes out of Word, pictures, captions, tables, and the files behind links."""

from __future__ import annotations

import html
import io
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from phuongchi.demo.articles import Article, Block


def esc(text: str) -> str:
    """Text as HTML, with no-break spaces written out as the editors do."""
    return html.escape(text, quote=True).replace("\N{NO-BREAK SPACE}", "&nbsp;")


@dataclass(frozen=True, slots=True)
class Manner:
    """The habits of one editor, as templates. `{}` takes text; a picture takes `{src}`, `{alt}` and `{caption}`.

    `indent` is set before each paragraph that brings no indentation of its own; `spans` cuts a paragraph into nested spans,
    as Word does; `blank` stands between blocks.
    """

    paragraph: str
    heading: str
    picture: str
    bare_picture: str
    byline: str
    file: str
    item: str = "<li>{}</li>"
    items: str = "<ul>\n{}\n</ul>"
    table: str = (
        '<table border="1" cellpadding="0" cellspacing="0" style="width: 100%;">\n<tbody>\n{}\n</tbody>\n</table>'
    )
    cell: str = '<td style="text-align: center;">{}</td>'
    indent: str = ""
    spans: bool = False
    blank: str = ""


WORD = Manner(
    paragraph='<p style="text-align: justify;"><span style="font-size: 14px;"><span style="font-family: times new roman,'
    'times,serif;">{}</span></span></p>',
    heading='<p style="text-align: justify;"><span style="font-size: 14px;"><strong>{}</strong></span></p>',
    picture='<p style="text-align: center;"><img alt="{alt}" src="{src}" style="width: 600px; height: 400px;" /></p>\n'
    '<p style="text-align: center;"><em><span style="font-size: 14px;">{caption}</span></em></p>',
    bare_picture='<p style="text-align: center;"><img alt="{alt}" src="{src}" style="width: 600px;" /></p>',
    byline='<p style="text-align: right;"><strong><span style="font-size: 14px;">{}</span></strong></p>',
    file='<p><a href="{src}" target="_blank">{caption}</a></p>',
    indent="&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; ",
    spans=True,
    blank="<p>&nbsp;</p>",
)
PLAIN = Manner(
    paragraph='<p style="text-align: justify;">{}</p>',
    heading='<p style="text-align: justify;"><b>{}</b></p>',
    picture='<p align="center"><img src="{src}" alt="{alt}" width="640" /><br />\n<i>{caption}</i></p>',
    bare_picture='<p align="center"><img src="{src}" alt="{alt}" width="640" /></p>',
    byline='<p style="text-align: right;"><b>{}</b></p>',
    file='<p><a href="{src}">{caption}</a></p>',
)
MSO = Manner(
    paragraph='<p class="MsoNormal" style="MARGIN: 6pt 0cm; TEXT-INDENT: 1cm; TEXT-ALIGN: justify"><span lang="VI" '
    "style=\"FONT-SIZE: 14pt; FONT-FAMILY: 'Times New Roman',serif\">{}<o:p></o:p></span></p>",
    heading='<p class="MsoNormal" style="MARGIN: 6pt 0cm; TEXT-INDENT: 1cm"><b><span lang="VI" style="FONT-SIZE: 14pt">{}'
    "<o:p></o:p></span></b></p>",
    picture='<div align="center"><img style="BORDER: 0px" alt="{alt}" src="{src}" /></div>\n'
    '<div align="center"><em>{caption}</em></div>',
    bare_picture='<div align="center"><img style="BORDER: 0px" alt="{alt}" src="{src}" /></div>',
    byline='<p class="MsoNormal" align="right" style="TEXT-ALIGN: right"><b><span lang="VI">{}<o:p></o:p></span></b></p>',
    file='<div class="dinhkem"><a href="{src}">{caption}</a></div>',
    spans=True,
)
TABLED = Manner(
    paragraph='<p style="text-align:justify">{}</p>',
    heading='<h3 style="text-align:justify">{}</h3>',
    picture='<table class="tplCaption" style="width:60%" align="center"><tbody><tr><td><img src="{src}" alt="{alt}" /></td>'
    '</tr><tr><td style="text-align:center"><p class="pCaption"><em>{caption}</em></p></td></tr></tbody></table>',
    bare_picture='<p style="text-align:center"><img src="{src}" alt="{alt}" /></p>',
    byline='<p style="text-align:right"><strong>{}</strong></p>',
    file='<p><strong><a href="{src}">{caption}</a></strong></p>',
)
DIVS = Manner(
    paragraph='<div style="text-align: justify;"><span style="font-size:16px;">{}</span></div>',
    heading='<div style="text-align: justify;"><span style="font-size:16px;"><strong>{}</strong></span></div>',
    picture='<figure class="image" style="margin:auto"><img alt="{alt}" height="480" src="{src}" width="640" />'
    "<figcaption>{caption}</figcaption></figure>",
    bare_picture='<div style="text-align:center"><img alt="{alt}" height="480" src="{src}" width="640" /></div>',
    byline='<div style="text-align: right;"><strong>{}</strong></div>',
    file='<div class="download"><a href="{src}">{caption}</a></div>',
    blank="<br />",
)


def _spans(text: str) -> str:
    """The same text in three pieces, cut inside the spaces: Word changes its mind about language and spacing there."""
    words = text.split(" ")
    if len(words) < 9:
        return esc(text)
    first, second = len(words) // 4, len(words) // 2
    cut = [" ".join(words[:first]), " ".join(words[first:second]), " ".join(words[second:])]
    return (
        f'{esc(cut[0])} <span lang="VI">{esc(cut[1])} </span><span style="letter-spacing: -0.2pt;">{esc(cut[2])}</span>'
    )


def _text(manner: Manner, line: str) -> str:
    indent = "" if line[:1].isspace() else manner.indent
    return indent + (_spans(line) if manner.spans else esc(line))


def block_html(block: Block, manner: Manner, image: str, link: Callable[[str], str]) -> str:
    """One block in the manner given; `image` is the address of its picture, `link` makes the address of a file."""
    caption = "<br />\n".join(esc(line) for line in block.lines)
    match block.kind:
        case "h":
            return manner.heading.format(caption)
        case "ul":
            return manner.items.format("\n".join(manner.item.format(esc(line)) for line in block.lines))
        case "table":
            rows = (
                "".join(manner.cell.format(esc(cell).replace("\n", "<br />")) for cell in row) for row in block.rows
            )
            return manner.table.format("\n".join(f"<tr>{row}</tr>" for row in rows))
        case "img":
            form = manner.picture if block.lines else manner.bare_picture
            return form.format(src=image, alt=esc(block.alt), caption=caption)
        case "by":
            return manner.byline.format(caption)
        case "file":
            return manner.file.format(src=link(block.lines[0]), caption=esc(block.lines[-1]))
        case _:
            return manner.paragraph.format(_text(manner, block.lines[0]))


def body_html(article: Article, manner: Manner, link: Callable[[str], str], *, skip: Sequence[str] = ()) -> str:
    """The body of an article, without blocks of the kinds in `skip` (printed elsewhere by that platform)."""
    parts: list[str] = []
    for index, block in enumerate(article.blocks):
        if block.kind not in skip:
            parts.append(block_html(block, manner, link(f"anh-{article.id}-{index}.png"), link))
            if manner.blank and index % 3 == 2:
                parts.append(manner.blank)
    return "\n".join(parts)


def file_bytes(name: str) -> tuple[bytes, str]:
    """A small valid file of the kind its name says (pdf, docx, png), and its media type."""
    if name.endswith(".pdf"):
        return _pdf(name), "application/pdf"
    if name.endswith(".docx"):
        return _docx(name), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return _png(), "image/png"


def _pdf(name: str) -> bytes:
    text = name.encode("ascii", "replace").replace(b"(", b"").replace(b")", b"")
    stream = b"BT /F1 18 Tf 72 720 Td (" + text + b") Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, value in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out) + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        start,
    )


def _docx(name: str) -> bytes:
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{kinds}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        f'package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{office}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>{esc(name)}</w:t></w:r></w:p></w:body>'
        "</w:document>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, text in parts.items():
            # A fixed time, so that the same name always gives the same bytes.
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


def _png() -> bytes:
    def chunk(kind: bytes, value: bytes) -> bytes:
        return len(value).to_bytes(4) + kind + value + zlib.crc32(kind + value).to_bytes(4)

    head = (1).to_bytes(4) * 2 + bytes((8, 0, 0, 0, 0))
    pixels = zlib.compress(b"\x00\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
