"""What an adapter says of itself, and how it travels: its card, and its weights as a safetensors file in base 64.

The weights are only looked at from outside here; `model.adapters` reads them, when somebody wants to use them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from cocomposer.library.strict import Hash, Short, Strict, Words, legible

MAX_SONGS = 2_000
MAX_WEIGHTS = 700_000
"""Most bytes of an adapter's weights: in base 64 they still fit into a preset file."""
FileName = Annotated[str, Field(max_length=200), AfterValidator(legible)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Amount = Annotated[float, Field(ge=0, le=1e9)]


class LearnedFile(Strict):
    """A file that was learned from: its name without its folder, and its SHA-256."""

    name: FileName
    sha256: Hash


class AdapterCard(Strict):
    """Where an adapter comes from.

    `statement` is what the artist said of their right to the music; `base` is the model it changes, `base_sha256` the
    hash of that model's weights and `weights_sha256` that of its own file.  `learned` is when (ISO 8601), `program`
    the version of Cocomposer.  Of the `files`, the songs called `kept_aside` were not learned from: on them, `before`
    and `after` are negative log-likelihoods in nats a note.  `seed` and the same files give the same adapter.
    """

    artist: Short = ""
    statement: Words
    base: Short
    base_sha256: Hash
    weights_sha256: Hash
    learned: Short
    program: Short
    files: list[LearnedFile] = Field(min_length=1, max_length=MAX_SONGS)
    kept_aside: list[FileName] = Field(max_length=MAX_SONGS)
    notes: Count
    steps: Count
    seed: Count
    seconds: Amount
    before: Amount
    after: Amount

    @property
    def better(self) -> float:
        """By what share the songs kept aside are foretold better than before."""
        return 1 - self.after / self.before if self.before else 0.0


class SharedAdapter(Strict):
    """An adapter in a preset file."""

    card: AdapterCard
    weights: str = Field(max_length=4 * MAX_WEIGHTS // 3 + 4, repr=False)

    @model_validator(mode="after")
    def _whole(self) -> SharedAdapter:
        if hashlib.sha256(self.data()).hexdigest() != self.card.weights_sha256:
            raise ValueError("its weights are not those that its card speaks of")
        return self

    def data(self) -> bytes:
        """The safetensors file.  Raises ValueError where it is no base 64."""
        try:
            return base64.b64decode(self.weights, validate=True)
        except binascii.Error as error:
            raise ValueError("its weights are no base 64") from error

    @classmethod
    def table(cls, card: AdapterCard, data: bytes) -> dict[str, Any]:
        """The table of a preset file."""
        return {"card": card.model_dump(), "weights": base64.b64encode(data).decode()}
