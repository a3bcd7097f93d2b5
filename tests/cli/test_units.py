"""`units` and the searches that ask by ward, as people call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage import engine
from tests.builders import make_portal, make_reading, put_article
from tests.cli.conftest import Archive

SHEET = Path(__file__).parents[1] / "storage" / "seed_wards.csv"


@pytest.fixture
def ward(archive: Archive) -> Archive:
    """An archive with one article of the old ward Hưng Phúc, and the units of the seeds."""
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db")
    put_article(db, make_reading("Lễ hội làng"), portal=make_portal(name="Phường Hưng Phúc"))
    db.close()
    loaded = archive.quick("units", "load", SHEET)
    assert (loaded.code, "22 đơn vị" in loaded.err) == (0, True), loaded.err
    return archive


def test_search_when_todays_ward_is_named_then_its_predecessor_is_searched_and_named(ward: Archive) -> None:
    found = ward.quick("search", "le hoi", "--ward", "Trường Vinh")
    assert (found.code, "Lễ hội làng" in found.out) == (0, True), found.err
    assert "Gồm cả | including: Phường Hưng Phúc, Thành phố Vinh, Tỉnh Nghệ An" in found.err
    exported = ward.quick("export", "jsonl", "--ward", "16690")
    assert [json.loads(line)["title"] for line in exported.out.splitlines()] == ["Lễ hội làng"]


def test_search_when_a_name_is_of_several_places_then_exit_2_and_a_list(ward: Archive) -> None:
    for command in (("search",), ("export", "jsonl")):
        refused = ward.quick(*command, "--ward", "phúc đồng")
        assert (refused.code, "00151" in refused.err, "18514" in refused.err) == (2, True, True), refused.err


def test_units_when_shown_and_bound_then_told_and_kept_in_the_ledger(ward: Archive) -> None:
    portal = make_portal().id
    shown = ward.quick("units", "show", "truong vinh").out
    assert "← 16673  Phường Hưng Phúc" in shown
    assert portal in shown
    bound = ward.quick("units", "bind", portal, "00145", "--from", "2025-07-01")
    assert bound.code == 0, bound.err
    assert "Lễ hội làng" not in ward.quick("search", "--ward", "trường vinh").out
    assert '"what": "bind"' in (ward.folder / "ledger.jsonl").read_text("utf-8")
    assert ward.quick("units", "bind", portal, "00145", "--from", "2025-07-01", "--remove").code == 0
    [told] = [json.loads(line) for line in ward.quick("units", "show", "16673", "--json").out.splitlines()]
    assert told["portals"][0][0]["portal"] == portal
    for wrong in (("show", "Phường Không Có"), ("bind", "x.vn", "00145"), ("bind", portal, "00145", "--from", "1/7/2025"),
                  ("load", ward.folder / "khong.csv"), ("bind", portal, "quảng phú")):  # fmt: skip
        assert ward.quick("units", *wrong).code == 2, wrong


def test_search_when_paged_and_by_relevance_then_all_of_it(archive: Archive) -> None:
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db")
    for day, title in enumerate(("Chờ quế", "Chợ quê", "Chợ phiên")):
        put_article(db, make_reading(title, identity=title, published=f"2024-01-0{day + 1}"))
    db.close()
    first = archive.quick("search", "cho", "-n", "2")
    cursor = first.err.split("--after ")[1].split()[0]
    second = archive.quick("search", "cho", "-n", "2", "--after", cursor)
    assert ["Chợ phiên" in first.out, "Chờ quế" in first.out, "Chờ quế" in second.out] == [True, False, True]
    [best] = archive.quick("search", "chờ", "--relevance", "-n", "1", "--json").out.splitlines()
    assert json.loads(best)["heading"] == [{"text": "Chờ", "hit": True}, {"text": " quế", "hit": False}]
    assert archive.quick("search", "cho", "--after", "x").code == 2
