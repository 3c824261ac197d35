"""JSON that nobody vouches for, read strictly: every value is asked for by name, kind and range."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from cocomposer.errors import FormatError

MAX_TEXT = 100_000
"""Longest text, in characters."""
LAST_TICK = 2**31 - 1
"""Latest time of an event, far beyond the longest song."""
E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def parsed(text: str | bytes) -> Any:
    """The JSON in `text`.  Raises FormatError for anything else, nested too deeply, or with numbers that are none."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FormatError("This is not JSON, or damaged.") from error


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a number")


class Fields:
    """One object of a JSON document; `where` is what it is called in messages.

    Every method raises FormatError naming the field where what stands there is missing, of another kind or beyond
    its limits.
    """

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise FormatError(f"{where} is damaged: it is not an object.")
        self._values: Mapping[str, Any] = value
        self.where = where

    @classmethod
    def of_row(cls, value: Any, names: Sequence[str], where: str) -> Fields:
        """A list of values with a name for each place."""
        if not isinstance(value, list) or len(value) != len(names):
            raise FormatError(f"{where} is damaged: an entry has not exactly {', '.join(names)}.")
        return cls(dict(zip(names, value, strict=True)), where)

    def has(self, name: str) -> bool:
        """Is there such a field, with a value other than null?"""
        return self._values.get(name) is not None

    def names(self) -> Collection[str]:
        return self._values.keys()

    def values(self) -> Mapping[str, Any]:
        """All of it, as it was read."""
        return self._values

    def value(self, name: str) -> Any:
        if name not in self._values:
            raise self.wrong(name, "is missing")
        return self._values[name]

    def integer(self, name: str, low: int, high: int) -> int:
        value = self.value(name)
        if type(value) is not int or not low <= value <= high:  # True and False are integers to Python
            raise self.wrong(name, f"is not a whole number from {low} to {high}")
        return value

    def tick(self, name: str) -> int:
        return self.integer(name, 0, LAST_TICK)

    def number(self, name: str, low: float = -math.inf, high: float = math.inf) -> float:
        value = self.value(name)
        if type(value) not in (int, float) or not low <= value <= high or not math.isfinite(value):
            raise self.wrong(name, "is not a number in its range")
        return float(value)

    def text(self, name: str, longest: int = MAX_TEXT) -> str:
        value = self.value(name)
        if not isinstance(value, str) or len(value) > longest:
            raise self.wrong(name, f"is not a text of up to {longest:,} characters")
        return value

    def flag(self, name: str) -> bool:
        value = self.value(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "is neither true nor false")
        return value

    def choice(self, name: str, kind: type[E]) -> E:
        try:
            return kind(self.text(name))
        except ValueError as error:
            raise self.wrong(name, f"is none of {', '.join(kind)}") from error

    def object(self, name: str) -> Fields:
        return Fields(self.value(name), f"{self.where}.{name}")

    def items(self, name: str, most: int, read: Callable[[Any, str], T]) -> tuple[T, ...]:
        """The items of a list, each as `read(item, where)` makes it."""
        values = self._list(name, most)
        return tuple(read(value, f"{self.where}.{name}") for value in values)

    def rows(self, name: str, width: int, most: int) -> tuple[tuple[int, ...], ...]:
        """A flat list of whole numbers as rows of `width`."""
        flat = self._list(name, most * width)
        if len(flat) % width or not set(map(type, flat)) <= {int}:
            raise self.wrong(name, f"is not a list of whole numbers, {width} for each event")
        return tuple(zip(*(flat[place::width] for place in range(width)), strict=True))

    def numbers(self, name: str, most: int) -> dict[str, float]:
        """An object of numbers by name."""
        found = self.object(name)
        if len(found.names()) > most:
            raise self.wrong(name, f"has more than {most:,} entries")
        return {each: found.number(each) for each in found.names()}

    def wrong(self, name: str, what: str) -> FormatError:
        return FormatError(f"{self.where} is damaged: {name} {what}.")

    def _list(self, name: str, most: int) -> list[Any]:
        value = self.value(name)
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(name, f"is not a list of up to {most:,} values")
        return value
