"""Data classes that are compiled when they are used: the same as Python's own."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from phuongchi import dataclassing


def make() -> tuple[Any, ...]:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Portal:
        id: str
        marks: tuple[str, ...] = ()

    @dataclasses.dataclass(frozen=True)
    class Ward(Portal):
        code: int = 0

    @dataclasses.dataclass(slots=True, order=True)
    class Count:
        pages: int
        of: str = dataclasses.field(default="", compare=False)

    @dataclasses.dataclass(eq=False)
    class Desk:
        own: list[Any] = dataclasses.field(default_factory=list)

        def __repr__(self) -> str:
            return "a desk"

    return Portal, Ward, Count, Desk


def told(act: Callable[[], Any]) -> object:
    try:
        return act()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def answers(kinds: tuple[Any, ...]) -> list[object]:
    portal, ward, count, desk = kinds
    one, other, child, three = portal("a.vn"), portal("b.vn", ("x",)), ward("a.vn", code=7), count(3, "pages")
    own = desk()
    own.own.append(own)
    acts: list[Callable[[], Any]] = [
        lambda: repr([one, other, child, three, own]), lambda: [one == portal("a.vn"), one == other, one == child, three == count(3)],
        lambda: [one != other, one.__eq__(7), count(2) < three, own == desk()], lambda: len({one, portal("a.vn"), other, child}),
        lambda: hash(one) == hash(portal("a.vn")), lambda: hash(three), lambda: hash(own) == hash(own), lambda: setattr(one, "id", "c"),
        lambda: setattr(one, "new", 1), lambda: setattr(child, "code", 1), lambda: setattr(child, "new", 1),
        lambda: delattr(one, "id"), lambda: delattr(child, "id"), lambda: setattr(three, "pages", 4), lambda: setattr(three, "new", 4),
        lambda: repr(dataclasses.replace(other, id="d.vn")), lambda: dataclasses.asdict(child), lambda: copy.copy(one) == one,
        lambda: one.__eq__(), lambda: portal(), lambda: portal.__eq__.__qualname__, lambda: portal.__repr__.__name__,
        lambda: portal.__setattr__.__qualname__, lambda: {name for name in vars(ward) if name.startswith("__")},
    ]  # fmt: skip
    return [told(act) for act in acts for _ in range(2)]


def test_data_classes_when_their_methods_are_compiled_later_then_they_do_what_python_makes_them_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = answers(make())
    monkeypatch.setattr(dataclasses, dataclassing.WAY, getattr(dataclasses, dataclassing.WAY, None), raising=False)
    dataclassing.compile_later()
    assert answers(make()) == expected


@pytest.mark.skipif(not hasattr(dataclasses, dataclassing.WAY), reason="a Python that compiles a class in one piece")
def test_method_when_it_was_called_once_then_python_s_own_stands_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataclasses, dataclassing.WAY, getattr(dataclasses, dataclassing.WAY))
    whole, _, _, _ = make()
    dataclassing.compile_later()
    portal, _, _, _ = make()
    before = portal.__eq__
    assert portal("a.vn") == portal("a.vn")
    assert portal.__eq__ is not before
    assert portal.__eq__.__code__.co_code == whole.__eq__.__code__.co_code


@pytest.mark.skipif(not hasattr(dataclasses, dataclassing.WAY), reason="a Python that compiles a class in one piece")
def test_methods_are_compiled_once_however_often_they_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    create = dataclassing._create

    def counting(name: str, *told: Any, **more: Any) -> Any:
        compiled.append(name)
        assert create is not None
        return create(name, *told, **more)

    monkeypatch.setattr(dataclasses, dataclassing.WAY, getattr(dataclasses, dataclassing.WAY))
    monkeypatch.setattr(dataclassing, "_create", counting)
    dataclassing.compile_later()
    portal, _, _, _ = make()
    compiled.clear()
    for _ in range(3):
        one, other = portal("a.vn"), portal("a.vn")
        assert repr(one).endswith("Portal(id='a.vn', marks=())")
        assert one == other
        assert hash(one) == hash(other)
    assert sorted(compiled) == ["__eq__", "__hash__", "__repr__"]
