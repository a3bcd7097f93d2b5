"""Data classes whose methods are compiled when somebody calls them. Most never are; all of them were a fifth of loading."""

from __future__ import annotations

import dataclasses
from typing import Any

LATER = ("__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__")
"""What of a data class is seldom called. `__init__` is, and copies of a process have it already."""

WAY = "_create_fn"
"""How Python makes a function of a data class: a piece of source, compiled by itself."""

_create = getattr(dataclasses, WAY, None)


def compile_later() -> None:
    """From now on data classes are made so. A Python without that way compiles a class in one piece: nothing is done there."""
    if _create is not None:
        setattr(dataclasses, WAY, _method)


def _method(name: str, *told: Any, **more: Any) -> Any:
    """The function that Python would make; for one of `LATER` another that makes it, and gives way to it, when it is called."""
    assert _create is not None
    create = _create
    if name not in LATER:
        return create(name, *told, **more)

    made: Any = None

    def method(self: object, *given: object) -> Any:
        nonlocal made
        if made is None:  # `__repr__` is wrapped by Python, so that this stays in its place
            made = create(name, *told, **more)
            made.__qualname__ = method.__qualname__
            for kind in type(self).__mro__:
                if vars(kind).get(name) is method:
                    setattr(kind, name, made)
        return made(self, *given)

    method.__name__ = name
    return method
