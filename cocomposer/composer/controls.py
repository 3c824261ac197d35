"""What an artist can turn: how much of what is wanted, for everybody or for one part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cocomposer.errors import RequestError

LIMITS: Mapping[str, tuple[int, int]] = {
    "density": (0, 1),
    "polyphony": (0, 1),
    "register": (0, 1),
    "activity": (0, 1),
    "syncopation": (0, 1),
    "velocity": (0, 1),
    "strictness": (0, 1),
    "valence": (-1, 1),
    "arousal": (-1, 1),
    "velocity_min": (1, 127),
    "velocity_max": (1, 127),
}
"""Lowest and highest value of every control, both allowed."""

WHOLE = frozenset({"velocity_min", "velocity_max"})
"""Controls that are MIDI velocities, whole numbers."""


@dataclass(frozen=True)
class Controls:
    """Wishes for the notes; None leaves a thing to the composer.

    From little to much, 0..1: `density` (notes in a bar), `polyphony` (notes at once), `register` (low to high),
    `activity` (rhythmic movement), `syncopation`, `velocity` (soft to loud), `strictness` (how closely notes keep to
    the chords).  The mood, -1..1: `valence` (dark to bright), `arousal` (calm to excited).  No note is softer than
    `velocity_min` or louder than `velocity_max`, MIDI velocities 1..127.

    Raises RequestError naming the range for a value outside it, and for a `velocity_min` above `velocity_max`.
    """

    density: float | None = None
    polyphony: float | None = None
    register: float | None = None
    activity: float | None = None
    syncopation: float | None = None
    velocity: float | None = None
    strictness: float | None = None
    valence: float | None = None
    arousal: float | None = None
    velocity_min: int | None = None
    velocity_max: int | None = None

    def __post_init__(self) -> None:
        for name, value in self.asked().items():
            lowest, highest = LIMITS[name]
            kind = "whole number" if name in WHOLE else "number"
            # The range first: what is not a number at all is in no range, and cannot be rounded.
            if not lowest <= value <= highest or (name in WHOLE and value != int(value)):
                raise RequestError(f"{name} is a {kind} from {lowest} to {highest}, not {value:g}.")
            object.__setattr__(self, name, int(value) if name in WHOLE else float(value))
        if self.velocity_min is not None and self.velocity_max is not None and self.velocity_min > self.velocity_max:
            raise RequestError(
                f"velocity_min may not be above velocity_max, but {self.velocity_min} is above {self.velocity_max}."
            )

    def asked(self) -> dict[str, float]:
        """What was asked for, by name, without what was left free."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def merged(self, other: Controls) -> Controls:
        """These wishes with those of `other`, which count for more.

        An end of the velocity range gives way where it lies beyond the other end that `other` asks for.
        """
        mine = self.asked()
        if other.velocity_max is not None and mine.get("velocity_min", 0) > other.velocity_max:
            del mine["velocity_min"]
        if other.velocity_min is not None and mine.get("velocity_max", 127) < other.velocity_min:
            del mine["velocity_max"]
        together: dict[str, Any] = mine | other.asked()
        return Controls(**together)
