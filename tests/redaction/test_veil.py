"""How a string is found without being known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.errors import UsageError
from storage.redaction import making, veil
from storage.redaction.bodies import veiled_answer, veiled_body, veiled_markup
from storage.redaction.veil import MARK, Veil
from storage.upkeep import ledger
from tests.builders import NOW

KEY = bytes(range(32))
NAME, PHONE = "Trần Quốc Tuấn", "0912 345 678"


def hiding(*texts: str) -> Veil:
    """The veil over some strings."""
    return veil.made(KEY, tuple(making.of_string(KEY, text, reason="-", who="-", at=NOW) for text in texts))


@pytest.mark.parametrize(
    "text",
    ["0912345678", "0912.345.678", "0912 - 345 - 678", "SĐT:0912345678.", "sdt0912345678x", "trần QUỐC tuấn", "Tran Quoc Tuan",
     "Trần Quốc Tuấn", "(0912) 345678"],
)  # fmt: skip
def test_text_when_the_string_is_spelled_otherwise_then_masked(text: str) -> None:
    masked = hiding(NAME, PHONE).text(f"Liên hệ {text} ngay")
    assert MARK in masked
    assert masked.startswith("Liên hệ ")
    assert masked.endswith(" ngay")


@pytest.mark.parametrize("text", ["09123456789", "10912345678", "0912 345 67", "Trần Quốc Anh", "12 345 678"])
def test_text_when_it_is_another_then_left(text: str) -> None:
    assert hiding(NAME, PHONE).text(text) == text


def test_markup_when_cut_apart_by_its_look_then_masked_and_tags_stay() -> None:
    found = hiding(NAME, PHONE)
    page = (
        '<a title="ông Trần Quốc Tuấn" href="tel:0912345678">Tr&#7847;n&nbsp;<b>Qu\\u1ed1c</b> Tuấn</a>'
        '<p>0912</p><p>345678</p><a href="/tin/tran-quoc-tuan.html">x</a><a href="https://zalo.me/0912345678">y</a>'
    )
    assert veiled_markup(found, page, hosts={"a.vn"}) == (
        f'<a title="ông {MARK}" href="tel:{MARK}">{MARK}<b></b></a>'
        f'<p>0912</p><p>345678</p><a href="/tin/tran-quoc-tuan.html">x</a><a href="https://zalo.me/{MARK}">y</a>'
    )


def test_markup_when_json_with_escapes_then_masked_and_still_json() -> None:
    text = json.dumps({"who": f"Ông\n{NAME}", "url": "https:\\/\\/a.vn\\/0912345678", "tel": "0912345678"})
    masked = json.loads(veiled_markup(hiding(NAME, PHONE), text, hosts={"a.vn"}))
    assert (masked["who"], masked["tel"]) == (f"Ông\n{MARK}", MARK)


def test_body_when_its_charset_has_no_such_letters_then_as_entities() -> None:
    body = "<p>S\xf4: 0912345678</p>".encode("latin-1")
    masked = veiled_body(hiding(PHONE), body, content_type="text/html; charset=iso-8859-1", hosts=())
    assert masked == "<p>S\xf4: [&#273;ã che]</p>".encode("latin-1", "xmlcharrefreplace")


def test_answer_when_nothing_is_veiled_or_it_is_no_text_then_as_it_is() -> None:
    said = {"url": "https://a.vn/1", "key": "a.vn/1", "coding": ""}
    assert veiled_answer(hiding(NAME), b"%PDF-1.7 Tran Quoc Tuan", content_type="application/pdf", **said) is None
    assert veiled_answer(hiding(NAME), "Trần Văn B".encode(), content_type="text/html", **said) is None
    assert veiled_answer(veil.NOTHING, NAME.encode(), content_type="text/html", **said) is None


def test_string_when_short_then_refused() -> None:
    with pytest.raises(UsageError, match="too many texts"):
        hiding("Lê An")


def test_ledger_when_it_holds_a_rule_then_never_the_string_and_no_reading_without_the_key(tmp_path: Path) -> None:
    key = veil.make_key(tmp_path)
    rule = making.of_string(key, PHONE, reason="Yêu cầu", who="Hương", at=NOW)
    ledger.append(tmp_path, "redact", at=NOW, **veil.as_line(rule))
    assert (tmp_path / veil.KEY).stat().st_mode & 0o777 == 0o600
    assert veil.load(tmp_path).hides("gọi 0912.345.678")
    text = (tmp_path / "ledger.jsonl").read_text("utf-8")
    # not "345": a digest may say that by chance
    assert not any(part in text for part in (PHONE, PHONE.replace(" ", ""), "345 678", "345678"))
    (tmp_path / veil.KEY).unlink()
    veil._loaded.cache_clear()
    with pytest.raises(UsageError, match=r"redaction\.key"):
        veil.load(tmp_path)


def test_veil_when_a_rule_is_of_one_portal_then_of_no_other() -> None:
    rule = veil.Rule("r1", "", "-", "-", veil.passages(KEY, [NAME]), "a.vn")
    assert veil.made(KEY, (rule,)).of("a.vn").hides(NAME)
    assert not veil.made(KEY, (rule,)).of("b.vn")
