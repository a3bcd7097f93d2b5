"""Small files as tests need them: PDF written by hand, DOCX and XLSX by zipfile; whole, scanned, locked, broken, malicious."""

from __future__ import annotations

import io
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_X = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def pdf(*pages: str, mapped: bool = True, space: bool = True) -> bytes:
    """A PDF with these texts, a line of the page for each line. Without `mapped` its font says not which letters it shows.

    Without `space` each word is placed by itself, as some programs write justified text.
    """
    letters = {char: number for number, char in enumerate(sorted(set("".join(pages)) - {"\n"}), 1)}
    objects = [_font(letters), _to_unicode(letters, mapped=mapped)]
    objects += [_stream(_content(text, letters, space=space)) for text in pages]
    return _file(objects, [b"/Font<</F 3 0 R>>"] * len(pages), contents=range(5, 5 + len(pages)))


def scan(pages: int = 1, stamp: str = "") -> bytes:
    """A PDF of pages that are pictures, with a few words on each if there is a `stamp`."""
    letters = {char: number for number, char in enumerate(sorted(set(stamp)), 1)}
    picture = _stream(
        b"\x80" * 64, b"/Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 8"
    )
    words = _content(stamp, letters) if stamp else b""
    objects = [_font(letters), _to_unicode(letters), picture, _stream(b"q 600 0 0 800 0 0 cm /X Do Q\n" + words)]
    return _file(objects, [b"/Font<</F 3 0 R>>/XObject<</X 5 0 R>>"] * pages, contents=[6] * pages)


def locked_pdf() -> bytes:
    """A PDF that nobody opens without its password."""
    key = b"<" + b"5a" * 32 + b">"
    return pdf("Mật").replace(b"/Root 1 0 R", b"/Root 1 0 R/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O %b/U %b>>"
                              % (key, key))  # fmt: skip


def bomb_pdf() -> bytes:
    """A PDF of a few hundred bytes whose form draws itself twice, without end: it takes any amount of memory."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>"
    objects = [_font({}), _to_unicode({}), _stream(b"/X Do /X Do", form), _stream(b"/X Do")]
    return _file(objects, [b"/XObject<</X 5 0 R>>"], contents=[6])


def docx(*paragraphs: str, rows: Sequence[Sequence[str]] = (), body: str = "", **parts: bytes) -> bytes:
    """A DOCX; `body` is more XML for its document, `parts` are further files by name."""
    text = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>' for line in paragraphs)
    cells = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{escape(cell)}</w:t></w:r></w:p></w:tc>" for cell in row) + "</w:tr>"
        for row in rows
    )
    table = f"<w:tbl>{cells}</w:tbl>" if rows else ""
    whole = f'<w:document xmlns:w="{_W}" xmlns:mc="{_MC}"><w:body>{text}{table}{body}</w:body></w:document>'
    return package({"[Content_Types].xml": b"<Types/>", "word/document.xml": whole.encode(), **parts})


def xlsx(*rows: Sequence[str | int]) -> bytes:
    """An XLSX of one sheet: texts are shared strings, numbers stand in their cells."""
    texts = [value for row in rows for value in row if isinstance(value, str)]
    strings = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    cells, used = "", 0
    for row in rows:
        cells += "<row>"
        for value in row:
            cells += f'<c t="s"><v>{used}</v></c>' if isinstance(value, str) else f"<c><v>{value}</v></c>"
            used += isinstance(value, str)
        cells += "</row>"
    sheet = f'<worksheet xmlns="{_X}"><sheetData>{cells}</sheetData></worksheet>'
    return package({
        "xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": sheet.encode(),
        "xl/sharedStrings.xml": f'<sst xmlns="{_X}">{strings}</sst>'.encode(),
    })  # fmt: skip


def package(parts: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file of these parts; the same parts are the same bytes, whenever they are asked for."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, data in parts.items():
            file.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


# --- PDF ------------------------------------------------------------------------------------------------------------


def _file(objects: Sequence[bytes], resources: Sequence[bytes], *, contents: Sequence[int] | range) -> bytes:
    """A PDF: `objects` are numbered from 3; each page has resources and the number of its content."""
    first = 3 + len(objects)
    kids = b" ".join(b"%d 0 R" % (first + n) for n in range(len(resources)))
    pages = [
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<<%b>>/Contents %d 0 R>>" % (found, content)
        for found, content in zip(resources, contents, strict=True)
    ]
    tree = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(pages), kids)]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate([*tree, *objects, *pages], 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) + 1, table, len(places) + 1, len(out),
    )  # fmt: skip


def _font(letters: Mapping[str, int]) -> bytes:
    widths = b" ".join(b"%d[%d]" % (number, _width(char)) for char, number in letters.items())
    return (
        b"<</Type/Font/Subtype/Type0/BaseFont/Chu/Encoding/Identity-H/ToUnicode 4 0 R/DescendantFonts[<</Type/Font"
        b"/Subtype/CIDFontType2/BaseFont/Chu/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/DW 500/W[%b]>>]>>" % widths
    )


def _to_unicode(letters: Mapping[str, int], *, mapped: bool = True) -> bytes:
    """The table from glyphs to letters; one that is not `mapped` leads into the private use area."""
    lines = [
        b"<%04x> <%b>" % (number, (char if mapped else chr(0xE000 + number)).encode("utf-16-be").hex().encode())
        for char, number in letters.items()
    ]
    table = b"\n".join(b"1 beginbfchar\n%b\nendbfchar" % line for line in lines)
    return _stream(
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <ffff> endcodespacerange\n%b\nendcmap end end" % table
    )


def _content(text: str, letters: Mapping[str, int], *, space: bool = True) -> bytes:
    out, y = b"", 760
    for line in text.split("\n"):
        x = 20
        for word in [line] if space else line.split():
            codes = "".join(f"{letters[char]:04x}" for char in word).encode()
            out += b"BT /F 10 Tf %d %d Td <%b> Tj ET\n" % (x, y, codes)
            x += sum(_width(char) for char in word) // 100 + 5
        y -= 14
    return out


def _width(char: str) -> int:
    return 0 if unicodedata.combining(char) else 500


def _stream(data: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(data)
    return b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (entries, len(packed), packed)
