"""Wards through time, with the five wards of which this archive began; codes and names are used again in all ways there are."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import reader, schema, sqlite, units
from storage.engine import Database, connect
from storage.errors import UsageError
from storage.reader import Filters
from storage.reader.units import history
from storage.units import Tables
from storage.upkeep import ledger
from storage.upkeep import units as upkeep
from storage.writer import units as writer
from tests.builders import NOW, make_portal, make_reading, put_article

SHEET = Path(__file__).with_name("seed_wards.csv")
PORTALS = {
    "vinh": make_portal("https://hungphuc.vinh.gov.vn/", name="Phường Hưng Phúc", province="Nghệ An"),
    "biên": make_portal("https://phucdong.longbien.gov.vn/", name="", province="", unit="00151"),
    "an": make_portal("https://huongan.thuathienhue.gov.vn/", name="Cổng Hương An", province="", unit=""),
    "thanh": make_portal("https://quanghung.gov.vn/", name="UBND phường Quảng Hưng", province="Thanh Hoá"),
    "ngãi": make_portal("https://chanhlo.gov.vn/", name="Trang tin", province="Quảng Ngãi"),
    "sơ": make_portal("https://huongso.gov.vn/", name="", province="", unit="19804"),
}


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of such a shelf: it is made once and copied."""
    path = tmp_path_factory.mktemp("wards") / "phuongchi.db"
    shutil.copyfile(sqlite_template, path)
    made = connect(f"sqlite:///{path}")
    _fill(made)
    made.close()
    return path


@pytest.fixture
def shelf(database_url: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Each portal has an article of 2020 and one of August 2025; the one of Hương An went over to the new ward."""
    on_sqlite = database_url.startswith("sqlite")
    if on_sqlite:
        shutil.copyfile(request.getfixturevalue("filled"), database_url.removeprefix("sqlite:///"))
    opened = connect(database_url)
    if not on_sqlite:
        _fill(opened)
    yield opened
    opened.close()


def _fill(database: Database) -> None:
    for name, portal in PORTALS.items():
        for published in ("2020-05-05", "2025-08-08"):
            put_article(database, make_reading(f"{name} {published[:4]}", published=published), portal=portal)
    with database.write() as connection:
        writer.load(connection, units.read_sheet(SHEET))
        for code, since, until in (("20023", "2008-01-01", "2021-07-01"), ("20023", "2021-07-01", "2025-07-01")):
            writer.bind(connection, PORTALS["an"].id, code, since, since=since, until=until)
        writer.bind(connection, PORTALS["ngãi"].id, "21031", "")


def _titles(database: Database, **filters: str) -> set[str]:
    return {line.title for line in reader.articles(database, Filters(**filters))}


BOTH = {name: {f"{name} 2020", f"{name} 2025"} for name in PORTALS}


@pytest.mark.parametrize(
    ("filters", "titles", "includes"),
    [
        ({"ward": "Hưng Phúc"}, BOTH["vinh"], []),
        ({"ward": "truong vinh"}, BOTH["vinh"], ["Phường Hưng Phúc"]),
        ({"ward": "16690"}, BOTH["vinh"], ["Phường Hưng Phúc"]),
        ({"ward": "16690@2024-01-01"}, set(), []),  # the code's former owner, Trường Thi
        ({"ward": "Phường Phúc Đồng"}, BOTH["biên"], []),
        ({"ward": "phúc đồng", "province": "Hà Nội"}, BOTH["biên"], []),
        ({"ward": "Phúc Đồng, Long Biên"}, BOTH["biên"], []),
        ({"ward": "Việt Hưng"}, BOTH["biên"], ["Phường Phúc Đồng"]),
        ({"ward": "Bồ Đề"}, BOTH["biên"], ["Phường Phúc Đồng"]),
        ({"ward": "phường hương an"}, {"an 2020", *BOTH["sơ"]}, ["Phường Hương An", "Xã Hương An"]),
        ({"ward": "xã hương an"}, {"an 2020"}, []),
        ({"ward": "20023"}, {"an 2020"}, ["Xã Hương An"]),
        ({"ward": "Hương Sơ"}, set(), []),  # who writes the code alone means its owner of today
        ({"ward": "Quảng Phú", "province": "Thanh Hóa"}, BOTH["thanh"], ["Phường Quảng Hưng"]),
        ({"ward": "Cẩm Thành"}, BOTH["ngãi"], ["Phường Chánh Lộ"]),
        ({"ward": "Phường Không Có"}, set(), []),
        ({"province": "Thừa Thiên Huế"}, {"an 2020"}, []),
        ({"province": "TP Huế"}, {"an 2020", *BOTH["sơ"]}, ["Tỉnh Thừa Thiên Huế"]),
        ({"province": "quang ngai"}, BOTH["ngãi"], []),
        ({"ward": "Trường Vinh", "words": "2020"}, {"vinh 2020"}, ["Phường Hưng Phúc"]),
    ],
)
def test_articles_when_a_ward_is_named_then_those_of_its_predecessors_too(
    shelf: Database, filters: dict[str, str], titles: set[str], includes: list[str]
) -> None:
    assert _titles(shelf, **filters) == titles
    assert [unit.name for unit in reader.meant(shelf, Filters(**filters)).includes] == includes


@pytest.mark.parametrize(
    ("filters", "listed"),
    [
        ({"ward": "Phúc Đồng"}, ["00151", "18514", "Quận Long Biên", "Tỉnh Hà Tĩnh"]),
        ({"ward": "hương an"}, ["19804", "20651"]),
        ({"ward": "Quảng Phú"}, ["16522", "20356"]),
        ({"province": "Quảng"}, ["Tỉnh Quảng Nam", "Tỉnh Quảng Ngãi"]),
    ],
)
def test_articles_when_a_name_is_that_of_several_places_then_they_are_listed(
    shelf: Database, filters: dict[str, str], listed: list[str]
) -> None:
    with pytest.raises(UsageError) as raised:
        reader.articles(shelf, Filters(**filters))
    assert all(word in str(raised.value) for word in listed)


def test_history_when_a_code_is_given_then_all_that_had_it(shelf: Database) -> None:
    new, old = history(shelf, "19804")
    assert (new.unit.name, [(unit.name, share) for unit, share in new.made_of]) == (
        "Phường Hương An", [("Phường Hương Sơ", "whole"), ("Phường Hương An", "whole"), ("Xã Hương An", "")],
    )  # fmt: skip
    assert (old.unit.name, [unit.name for unit in old.became]) == ("Phường Hương Sơ", ["Phường Hương An"])
    [split] = history(shelf, "phường phúc đồng")
    assert {unit.name for unit in split.became} == {
        "Phường Long Biên",
        "Phường Phúc Lợi",
        "Phường Việt Hưng",
        "Phường Bồ Đề",
    }
    assert [one.portal for one in split.portals[0]] == [PORTALS["biên"].id]


def test_load_when_done_again_then_brought_up_to_date(shelf: Database, tmp_path: Path) -> None:
    sheet = tmp_path / "them.csv"
    sheet.write_text("code,name,province,valid_from\n16690,Phường Trường Vinh Mới,Nghệ An,2025-07-01\n", "utf-8")
    with shelf.write() as connection:
        before = writer.all_of(connection)
        writer.load(connection, units.read_sheet(sheet))
        after = writer.all_of(connection)
    assert len(after.units) == len(before.units)
    assert after.successions == before.successions
    assert _titles(shelf, ward="Trường Vinh Mới") == BOTH["vinh"]


def test_put_back_when_the_database_is_new_then_units_and_bindings_as_they_were(
    shelf: Database, tmp_path: Path
) -> None:
    upkeep.load(shelf, tmp_path, Tables((), ()))
    for unit, since in (("00145", ""), ("00136", "2025-07-01")):
        upkeep.bind(shelf, tmp_path, PORTALS["biên"].id, unit, "2025-07-01", since=since, until="", at=NOW)
    upkeep.unbind(shelf, tmp_path, PORTALS["biên"].id, "00136", "2025-07-01", at=NOW)
    with pytest.raises(UsageError, match="is not bound"):
        upkeep.unbind(shelf, tmp_path, PORTALS["biên"].id, "00136", "2025-07-01", at=NOW)
    ledger.append(tmp_path, "bind", at=NOW, portal="gone.vn", code="00145", unit_from="", since="", until="")
    with shelf.write() as connection:
        every = writer.all_of(connection)
        for table in (schema.unit, schema.succession, schema.portal_unit):
            connection.execute(table.delete())
    upkeep.put_back(shelf, tmp_path)
    with shelf.read() as connection:
        assert writer.all_of(connection) == every
        bound = connection.execute(select(schema.portal_unit.c.portal, schema.portal_unit.c.code)).all()
    assert bound == [(PORTALS["biên"].id, "00145")]


def test_sheet_when_written_then_read_as_it_was(tmp_path: Path) -> None:
    tables = units.read_sheet(SHEET)
    units.write_sheet(tmp_path / "units.csv", tables)
    again = units.read_sheet(tmp_path / "units.csv")
    assert (set(again.units), set(again.successions)) == (set(tables.units), set(tables.successions))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,name\n1,x\n", "no column 'province'"), ("code,name,province\nab,X,Y\n", "line 2: code is 'ab'"),
        ("code,name,province,valid_from\n00001,X,Y,1/7/2025\n", "valid_from is '1/7/2025'"),
        ("code,name,province\n00001,X,Y\n00001,Z,Y\n", "line 3: another 00001"), ("code,name,province\n00001,,Y\n", "name is ''"),
    ],
)  # fmt: skip
def test_sheet_when_a_line_is_wrong_then_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "x.csv").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        units.read_sheet(tmp_path / "x.csv")


def _package(folder: Path) -> Path:
    """Data files as the package `vietnamadminunits` 1.0.4 has them, of two wards."""
    data = folder / "vietnamadminunits" / "data"
    data.mkdir(parents=True)
    connection = sqlite.driver.connect(str(data / "dataset.db"))
    connection.execute(
        "CREATE TABLE admin_units_legacy (provinceKey, districtKey, wardKey, wardCode, ward, district, province)"
    )
    connection.execute("CREATE TABLE admin_units (provinceKey, wardKey, wardCode, ward, province)")
    old = [("hn", "lb", "pd", "00151", "Phường Phúc Đồng", "Quận Long Biên", "Thành phố Hà Nội"),
           ("hn", "lb", "lb", "00145", "Phường Long Biên", "Quận Long Biên", "Thành phố Hà Nội"),
           ("dn", "hs", None, None, None, "Huyện Hoàng Sa", "Thành phố Đà Nẵng")]  # fmt: skip
    connection.executemany("INSERT INTO admin_units_legacy VALUES (?, ?, ?, ?, ?, ?, ?)", old)
    connection.execute("INSERT INTO admin_units VALUES ('hn', 'lb', '00145', 'Phường Long Biên', 'Thành phố Hà Nội')")
    connection.execute("INSERT INTO admin_units VALUES ('dn', 'hs', '20333', 'Đặc khu Hoàng Sa', 'Thành phố Đà Nẵng')")
    connection.commit()
    connection.close()
    (data / "converter_2025.json").write_text(
        '{"DICT_PROVINCE_WARD_NO_DIVIDED": {"hn": {"lb": ["hn_lb_lb"]}, "dn": {"hs": ["dn_hs_"]}},'
        ' "DICT_PROVINCE_WARD_DIVIDED": {"hn": {"hn_lb_pd": [{"newWardKey": "lb"}]}}}'
    )
    return folder


def test_package_when_folder_or_wheel_then_its_data_is_read(tmp_path: Path) -> None:
    tables = units.read_package(_package(tmp_path))
    assert {(one.code, one.valid_from, one.kind) for one in tables.units} == {
        ("00151", "", "Phường"), ("00145", "", "Phường"), ("00145", "2025-07-01", "Phường"), ("20333", "2025-07-01", "Đặc khu"),
    }  # fmt: skip
    assert {(one.old_code, one.new_code, one.share) for one in tables.successions} == {
        ("00145", "00145", "whole"), ("00151", "00145", "part"),
    }  # fmt: skip
    wheel = tmp_path / "x.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in sorted(tmp_path.rglob("data/*")):
            archive.write(file, str(file.relative_to(tmp_path)))
    assert units.read_package(wheel) == tables


def test_package_when_it_is_something_else_then_refused(tmp_path: Path) -> None:
    (tmp_path / "x.whl").write_bytes(b"nothing")
    for path in (tmp_path, tmp_path / "x.whl"):
        with pytest.raises(UsageError, match="pip download"):
            units.read_package(path)
