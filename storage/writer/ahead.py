"""Answers that are asked for together: a statement costs more than the row it brings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=str)
Value = TypeVar("Value")


class Ahead(Generic[Key, Value]):
    """What is known under some keys. The first question asks for all that are wanted, too; an answer is asked for once.

    `ask` gives what is known of many keys; one that it leaves out has no answer.
    """

    def __init__(self, ask: Callable[[Collection[Key]], Mapping[Key, Value]], wanted: Iterable[Key] = ()) -> None:
        self._ask = ask
        self._wanted = set(wanted)
        self._known: dict[Key, Value | None] = {}

    def want(self, keys: Iterable[Key]) -> None:
        """These may be asked for: they come with the next question."""
        self._wanted.update(keys)

    def get(self, key: Key) -> Value | None:
        """What is known under a key, if anything."""
        if key not in self._known:
            asked = (self._wanted - self._known.keys()) | {key}
            self._wanted.clear()
            found = self._ask(asked)
            self._known.update((one, found.get(one)) for one in asked)
        return self._known[key]

    def put(self, key: Key, value: Value) -> None:
        """From now on this is known under a key."""
        self._known[key] = value

    def knows(self, key: Key) -> bool:
        """Whether it was asked for, or put."""
        return key in self._known

    def so_far(self) -> list[Value]:
        """Everything that was answered."""
        return [value for value in self._known.values() if value is not None]

    def keys(self, holds: Callable[[Value], bool]) -> list[Key]:
        """The keys under which something is known that `holds`."""
        return [key for key, value in self._known.items() if value is not None and holds(value)]

    def forget(self, keys: Iterable[Key] | None = None) -> None:
        """These answers may have changed, or all: the next question asks for them anew."""
        for key in list(self._known if keys is None else keys):
            self._known.pop(key, None)
            self._wanted.add(key)
