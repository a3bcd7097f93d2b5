"""`portals.toml` and CSV: read with clear complaints, edited without losing the user's comments."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phuongchi.portals import file, sheet
from phuongchi.portals.editing import PortalsFile
from phuongchi.portals.known import known
from phuongchi.portals.rows import RowError, check_url, read_row
from storage.errors import UsageError


def write(folder: Path, text: str) -> Path:
    (folder / file.FILE).write_text(text, encoding="utf-8")
    return folder


def test_read_row_when_only_url_then_the_rest_follows() -> None:
    portal = read_row({"url": "https://www.Phuong7.example.gov.vn"})
    assert (portal.id, portal.url) == ("phuong7.example.gov.vn", "https://www.phuong7.example.gov.vn/")
    assert portal.hosts == ("www.phuong7.example.gov.vn", "phuong7.example.gov.vn")
    assert portal.allow_private == ()


def test_read_row_when_loopback_then_exactly_that_port_is_allowed() -> None:
    portal = read_row({"url": "http://127.0.0.1:8801/"})
    assert (portal.id, portal.hosts, portal.allow_private) == (
        "127.0.0.1-8801",
        ("127.0.0.1:8801",),
        ("127.0.0.1:8801",),
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[portal]]\nname = 'x'\n", "portals.toml, line 1: a portal needs its url"),
        ("[[portal]]\nurl = 'https://a.vn/'\n\n[[portal]]\nurl = 'ftp://b.vn/'\n", "line 5: url: 'ftp://b.vn/' is not an http"),
        ("[[portal]]\nurl = 'https://a.vn/'\nnmae = 'x'\n", r"line 3: nmae is not a key of a portal. Did you mean name\?"),
        ("[[portal]]\nurl = 'https://a.vn/'\nhosts = 'a.vn'\n", "line 3: hosts: must be a list"),
        ("[[portal]]\nurl = 'https://a.vn/'\n[[portal]]\nurl = 'x'\nurl = 'y'\n", "line 5: url is set twice, first in line 4"),
        ("[[portal]]\nurl = 'https://a.vn/'\n[[portal]]\nurl = 'http://www.a.vn'\n", "line 4: portal a.vn stands here twice"),
        ("[portal]\nurl = 'https://a.vn/'\n", r"line 1: portal must be a list of tables. Write \[\[portal\]\]"),
        ("[[portals]]\nurl = 'https://a.vn/'\n", r"portals has no meaning here. Write each portal as a \[\[portal\]\] table"),
        ("[[portal]]\nurl = https://a.vn/\n", "portals.toml, line 2: "),
        ("[[portal]]\nurl = 'https://a.vn/'\ncron = 'daily'\n", "line 3: cron: write it as in 22:30"),
        ("[[portal]]\nurl = 'https://a.vn/'\ntls = 'off'\n", 'line 3: tls: must be "verify" or "accept-invalid"'),
        ("[[portal]]\nurl = 'https://a.vn/'\nallow_private = ['::1']\n", "line 3: allow_private: '::1' is not a host"),
        ("[[portal]]\nurl = 'https://a.vn/'\nallow_private = ['10.0.0.1']\n", "allow_private: '10.0.0.1' needs its port"),
        ("[[portal]]\nurl = 'https://a.vn/'\nrobots_override = true\n", "line 3: robots_override: must be a table"),
    ],
)  # fmt: skip
def test_read_when_wrong_then_names_line_key_and_cure(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint) as raised:
        file.read(write(tmp_path, text))
    assert "\n" not in str(raised.value)


def test_read_when_template_then_has_no_portals(tmp_path: Path) -> None:
    assert file.read(write(tmp_path, file.TEMPLATE)) == ()


def test_append_when_template_then_keeps_every_comment(tmp_path: Path) -> None:
    editor = PortalsFile(write(tmp_path, file.TEMPLATE))
    editor.append({"url": "https://a.vn/", "name": "Phường 7 «A»"})
    editor.append({"url": "https://b.vn/"})
    editor.save()
    text = (tmp_path / file.FILE).read_text(encoding="utf-8")
    assert text.startswith(file.TEMPLATE)
    assert [portal.id for portal in file.read(tmp_path)] == ["a.vn", "b.vn"]
    assert file.read(tmp_path)[0].name == "Phường 7 «A»"


def test_change_when_user_has_comments_then_they_stay(tmp_path: Path) -> None:
    text = "# đầu\n[[portal]]\nurl = 'https://a.vn/' # địa chỉ\n\n# giữa\n[[portal]]\n  url = 'https://b.vn/'\n# cuối\n"
    editor = PortalsFile(write(tmp_path, text))
    editor.change("a.vn", enabled=False)
    editor.save()
    after = (tmp_path / file.FILE).read_text(encoding="utf-8")
    assert all(comment in after for comment in ("# đầu", "# địa chỉ", "# giữa", "# cuối"))
    assert [portal.enabled for portal in file.read(tmp_path)] == [False, True]
    editor = PortalsFile(tmp_path)
    editor.change("a.vn", enabled=None)
    editor.save()
    assert [line for line in (tmp_path / file.FILE).read_text(encoding="utf-8").split("\n") if line] == [
        line for line in text.split("\n") if line
    ]


def test_append_when_portals_are_an_inline_list_then_refuses_and_loses_nothing(tmp_path: Path) -> None:
    write(tmp_path, "portal = [{ url = 'https://a.vn/' }]\n")
    with pytest.raises(UsageError, match=r"\[\[portal\]\]"):
        PortalsFile(tmp_path).append({"url": "https://b.vn/"})


def test_choose_when_id_or_address_then_finds_it(tmp_path: Path) -> None:
    portals = file.read(write(tmp_path, "[[portal]]\nurl = 'https://www.a.vn/phuong-1/'\n"))
    for name in ("a.vn~phuong-1", "https://a.vn/phuong-1", "https://www.a.vn/phuong-1/"):
        assert file.choose(portals, [name]) == portals
    with pytest.raises(UsageError, match=r"no portal a.vn in portals.toml"):
        file.choose(portals, ["a.vn"])


@pytest.mark.parametrize(
    "url",
    ["phuong7.example.gov.vn", "ftp://a.vn/", "https://", "https://a b.vn/", "https://a.vn:99999/", "https://u:p@a.vn/",
     "https://a.vn/?x=1", "javascript:alert(1)", "https://[::1/", "https:///x", ""],
)  # fmt: skip
def test_check_url_when_no_portal_address_then_refuses(url: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        check_url(url)


@given(st.dictionaries(st.sampled_from(["url", "hosts", "cron", "tls", "enabled", "selectors", "id", "x"]),
                       st.text() | st.booleans() | st.lists(st.text()) | st.dictionaries(st.text(), st.text())))  # fmt: skip
def test_read_row_when_anything_then_is_a_portal_or_a_row_error(row: dict[str, object]) -> None:
    try:
        assert read_row(row).id
    except RowError as error:
        assert error.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_read_sheet_when_any_kind_of_csv_then_has_the_same_rows(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "list.csv"
    lines = [
        "URL,Name,Province,Note",
        "https://a.vn/,Phường 7,Cà Mau,x",
        "b.vn,,,",
        ",,,",
        "ftp://c.vn,,,",
        "http://a.vn,,,",
    ]
    path.write_bytes("\r\n".join(lines).replace(",", mark).encode(encoding))
    rows = sheet.read_sheet(path)
    assert [(row.line, row.portal.id if row.portal else "") for row in rows] == [
        (2, "a.vn"),
        (3, "b.vn"),
        (5, ""),
        (6, ""),
    ]
    assert rows[0].portal is not None
    assert (rows[0].portal.name, rows[0].portal.province) == ("Phường 7", "Cà Mau")
    assert "is not an http or https address" in rows[2].problem
    assert "a.vn stands in line 2 already" in rows[3].problem


def test_read_sheet_when_no_url_column_then_names_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name\nx\n")
    with pytest.raises(UsageError, match=r"has no column url in its first line. Columns: url, name"):
        sheet.read_sheet(path)


def test_write_sheet_when_read_again_then_is_the_same_portals(tmp_path: Path) -> None:
    portals = file.read(write(tmp_path, "[[portal]]\nurl = 'https://a.vn/'\nname = 'Phường, 7'\nplatform = 'hue'\n"))
    path = tmp_path / "list.csv"
    path.write_text(sheet.write_sheet(portals), encoding="utf-8")
    assert [row.portal for row in sheet.read_sheet(path)] == list(portals)


def test_known_when_read_as_rows_then_each_is_a_portal_of_a_platform_that_exists() -> None:
    from crawler import platforms

    rows = known()
    assert len(rows) > 60
    ids = [read_row({"url": row["url"], "platform": row["platform"]}).id for row in rows]
    assert len(set(ids)) == len(ids)
    assert {row["platform"] for row in rows} - {""} <= set(platforms.load())
    assert {row["status"] for row in rows} == {"unverified"}


@pytest.mark.parametrize("name", ["Huế", "hue", "Thừa Thiên Huế", "thua thien-hue", "TP. Huế"])
def test_known_when_province_then_new_and_old_names_with_or_without_marks_are_found(name: str) -> None:
    assert any("huongan.thuathienhue" in row["url"] for row in known(name))
    assert all(row["province"] == "Huế" for row in known(name))
