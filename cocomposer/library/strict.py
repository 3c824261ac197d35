"""What every schema of a preset is made of: strict models, and words that a screen shows as they are."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_JOINERS = "\u200c\u200d"
"""Invisible, but some scripts and pictures need them."""


def legible(text: str) -> str:
    """Refuses what a screen shows as something else: control characters, marks that turn the direction of writing."""
    if not all(letter.isprintable() or letter in _JOINERS for letter in text.replace("\n", "")):
        raise ValueError("it has characters that cannot be seen")
    return text


Words = Annotated[str, Field(max_length=2_000), AfterValidator(legible)]
Short = Annotated[str, Field(max_length=100), AfterValidator(legible)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$"), AfterValidator(legible)]
Share = Annotated[float, Field(ge=0, le=1)]
Swing = Annotated[float, Field(ge=-1, le=1)]
Velocity = Annotated[int, Field(ge=1, le=127)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Strict(BaseModel):
    """Refuses what it does not know, what is of another type, and what is no number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, populate_by_name=True)
