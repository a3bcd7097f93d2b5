"""The text layers of files: Vietnamese as it is meant, and what is said of files that have none or mean harm."""

from __future__ import annotations

import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.ingest.attachments import read_attachment
from crawler.ingest.attachments.ooxml import MOST_XML
from crawler.ingest.attachments.text import MOST_CHARACTERS
from storage.records import AttachmentText
from tests.documents import docx, locked_pdf, package, pdf, scan, xlsx

PLAN = "Kế hoạch số 12/KH-UBND\nỦy ban nhân dân phường Hòa Bình tổ chức diễn tập phòng cháy"


def read(body: bytes, media_type: str = "application/octet-stream", name: str = "tai-ve") -> AttachmentText:
    return read_attachment(body, media_type=media_type, name=name)


def test_pdf_when_it_has_a_text_layer_then_its_lines_by_page() -> None:
    assert read(pdf(PLAN, "Đường Nguyễn Huệ")) == AttachmentText(PLAN + "\n\nĐường Nguyễn Huệ", 2)


def test_pdf_when_marks_are_written_apart_then_nfc() -> None:
    assert read(pdf(unicodedata.normalize("NFD", PLAN))).text == PLAN


def test_pdf_when_words_are_placed_one_by_one_then_spaces_between() -> None:
    assert read(pdf(PLAN, space=False)).text == PLAN


def test_pdf_when_something_stands_before_its_head_then_read() -> None:
    assert read(b"\r\n\xef\xbb\xbf" + pdf(PLAN)).text == PLAN


def test_pdf_when_its_font_is_an_old_one_then_in_unicode() -> None:
    lines = "KÕ ho¹ch tæ chøc héi nghÞ tæng kÕt c«ng t¸c n¨m 2007\ncña ñy ban nh©n d©n ph\u00adêng, triÓn khai nhiÖm vô"
    assert read(pdf(lines)).text.startswith("Kế hoạch tổ chức hội nghị tổng kết công tác năm 2007\ncủa ủy ban nhân dân")


def test_pdf_when_a_font_does_not_say_its_letters_then_garbled() -> None:
    assert read(pdf(PLAN, mapped=False)).flag == "garbled"


@pytest.mark.parametrize("stamp", ["", "Ký bởi: UBND phường Hòa Bình", "Trang 3/12"])
def test_pdf_when_its_pages_are_pictures_then_no_text_layer(stamp: str) -> None:
    assert read(scan(3, stamp)) == AttachmentText("\n\n".join([stamp] * 3) if stamp else "", 3, "no-text-layer")


def test_pdf_when_a_page_has_a_picture_and_its_words_then_nothing_is_missing() -> None:
    assert read(scan(1, "Ủy ban nhân dân phường thông báo " * 10)).flag == ""


def test_pdf_when_empty_then_no_text_layer() -> None:
    assert read(pdf("")) == AttachmentText("", 1, "no-text-layer")


def test_pdf_when_locked_or_cut_then_said() -> None:
    assert read(locked_pdf()) == AttachmentText(flag="encrypted")
    assert read(pdf(PLAN)[:700]) == AttachmentText(flag="damaged")
    assert read(b"%PDF-1.7\n") == AttachmentText(flag="damaged")


@pytest.mark.slow
def test_pdf_when_longer_than_is_kept_then_its_beginning() -> None:
    found = read(pdf(*["\n".join([PLAN] * 50)] * (MOST_CHARACTERS // len(PLAN) // 50 + 2)))
    assert found.flag == "too-large"
    assert 0.99 * MOST_CHARACTERS < len(found.text) <= MOST_CHARACTERS
    assert found.text.startswith(PLAN)


def test_docx_when_read_then_paragraphs_and_rows() -> None:
    found = read(docx("KẾ HOẠCH", "  ", unicodedata.normalize("NFD", "Đường phố"), rows=[("STT", "Tên"), ("1", "Ước")]))
    assert found == AttachmentText("KẾ HOẠCH\nĐường phố\nSTT | Tên\n1 | Ước")


def test_docx_when_text_was_deleted_moved_or_doubled_then_as_it_shows() -> None:
    body = (
        "<w:p><w:r><w:t>Còn</w:t></w:r><w:del><w:r><w:delText>xóa</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>dời</w:t></w:r></w:moveFrom><w:r><w:tab/><w:t>lại</w:t><w:br/><w:t>dòng hai</w:t></w:r></w:p>"
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>Khung</w:t></w:r></w:p></w:txbxContent>"
        "</mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>Khung</w:t></w:r></w:p></w:txbxContent></mc:Fallback>"
        "</mc:AlternateContent></w:r><w:r><w:t>Ngoài khung</w:t></w:r></w:p>"
    )
    assert read(docx(body=body)).text == "Còn lại\ndòng hai\nKhung\nNgoài khung"


def test_xlsx_when_read_then_rows_of_cells() -> None:
    assert read(xlsx(("STT", "Họ tên", "Số tiền"), (1, "Nguyễn Văn Ước", 6021447000))) == AttachmentText(
        "STT | Họ tên | Số tiền\n1 | Nguyễn Văn Ước | 6021447000"
    )


@pytest.mark.slow
def test_package_when_it_unpacks_to_more_than_it_says_then_reading_stops() -> None:
    blank = b"<w:p></w:p>" + b" " * (MOST_XML + 1)
    assert read(docx("Một", body=blank.decode())) == AttachmentText("Một", flag="too-large")


def test_sheet_when_many_cells_point_at_one_long_string_then_a_bounded_text() -> None:
    cell = '<c t="s"><v>0</v></c>'
    bomb = package({
        "xl/worksheets/sheet1.xml": f"<worksheet><row>{cell * 100_000}</row></worksheet>".encode(),
        "xl/sharedStrings.xml": f"<sst><si><t>{'ă' * 30_000}</t></si></sst>".encode(),
    })  # fmt: skip
    found = read(bomb)
    assert (found.flag, len(found.text)) == ("too-large", MOST_CHARACTERS)


def test_docx_when_entities_or_depth_mean_harm_then_refused() -> None:
    laughs = (
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><w:document xmlns:w="x"><w:t>&b;</w:t></w:document>'
    )
    file = (
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><w:document xmlns:w="x"><w:t>&a;</w:t></w:document>'
    )
    for bad in (laughs, file):
        assert read(package({"word/document.xml": bad})) == AttachmentText(flag="damaged")
    assert read(docx("Một", body="<w:sdt>" * 100_000)) == AttachmentText("Một", flag="damaged")


def test_package_when_locked_or_broken_then_said() -> None:
    whole = docx("Một")
    assert read(whole[: len(whole) // 2]).flag == "damaged"
    assert (
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")).flag
        == "encrypted"
    )
    assert read(package({"word/document.xml": b"<x/>"}, method=zipfile.ZIP_LZMA)).flag == "damaged"
    flags = whole.find(b"PK\x01\x02") + 8
    assert read(whole[:flags] + b"\x01" + whole[flags + 1 :]).flag == "encrypted"


@pytest.mark.parametrize(
    ("body", "media_type", "name", "flag"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old word", "application/msword", "a.doc", "unsupported"),
        (package({"a.pdf": b"%PDF-1.4"}), "application/zip", "a.zip", "unsupported"),
        (b"{\\rtf1 Hello}", "application/rtf", "a.rtf", "unsupported"),
        (b"<!DOCTYPE html><html><title>404</title>", "application/pdf", "a.pdf", "not-a-document"),
        (b"", "application/pdf", "a.pdf", "damaged"),
        (b"garbage", "application/pdf", "a", "damaged"),
        (b"garbage", "", "a.docx", "damaged"),
    ],
)
def test_file_when_nothing_can_be_read_then_its_flag_says_why(
    body: bytes, media_type: str, name: str, flag: str
) -> None:
    assert read(body, media_type, name) == AttachmentText(flag=flag)  # type: ignore[arg-type]


@given(
    st.binary(max_size=300), st.integers(0, 2_000), st.sampled_from([pdf(PLAN), docx(PLAN), xlsx((PLAN, 1)), scan()])
)
def test_file_when_bytes_are_wrong_then_a_flag_and_no_error(noise: bytes, at: int, whole: bytes) -> None:
    at %= len(whole)
    read(whole[:at] + noise + whole[at + len(noise) :])
    read(whole[:at] + noise)
