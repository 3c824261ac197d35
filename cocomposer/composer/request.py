"""What is asked of a composer, and what it answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Literal, Protocol, get_args

from cocomposer.composer.controls import Controls
from cocomposer.composer.leaning import Leaning
from cocomposer.composer.part_names import PartNames, listed, player_spelt
from cocomposer.errors import RequestError
from cocomposer.music import Role, Song
from cocomposer.styles import Style, load_styles

MAX_PROPOSALS = 64
"""Most answers to one question, those among which a taste chooses included."""
MAX_NEW_BARS = 256
"""Most bars that a song is continued by."""

Keep = Literal["rhythm", "pitch"]
"""The side of the notes that stays as it is while the other is rewritten."""

ADAPTER_NAME = re.compile(r"\w[\w-]{0,59}")
"""Names that an adapter can have; each is the name of a folder."""

DEFAULT_ADVENTUROUS = 0.3
DEFAULT_LENGTH = 8


class Task(StrEnum):
    """What is to be done with a sketch."""

    ARRANGE = "arrange"
    INFILL = "infill"
    HARMONISE = "harmonise"
    MELODY = "melody"
    VARY = "vary"
    CONTINUE = "continue"
    REMIX = "remix"


REWRITING = (Task.INFILL, Task.VARY, Task.REMIX)
"""Tasks that put something in the place of notes that are there."""
OF_THE_SKETCH = (Task.INFILL, Task.VARY, Task.CONTINUE)
"""Tasks whose `parts` are parts of the sketch; those of the others are players to be added."""
_PLAYERS = tuple(role for role in Role if role not in (Role.MELODY, Role.OTHER))


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is wanted of a sketch.

    `seed`, from 0, makes other notes of the same wish.  `style` is a style's id or name, or "auto".  `bars` limits the
    answer to a stretch, first and last bar counted from 0, both included.

    `parts` of a task that rewrites or goes on (infill, vary, continue) are parts of the sketch by name or role; of
    any other they are the players asked for, by role or General MIDI name.  Case does not matter; they are kept as
    they are really spelt.

    `controls` hold for everybody, `part_controls` for the part of that name or role alone.  `similarity` is how near a
    rewriting stays to what was there, from 0 (only form and key) to 1 (the same notes); `keep` locks one side of the
    notes.  `adventurous` goes from 0 (what one expects) to 1.  `length` is how many bars a continuation has, 1..256.

    `leaning` is what the artist usually likes; it gives way to everything else.

    `adapter` names what the neural composer learned from the artist's own music, "" for nothing; `adapter_share`, from
    0 (not at all) to 1, is how much of it counts.
    """

    count: int = 4
    seed: int = 0
    style: str = "auto"
    bars: tuple[int, int] | None = None
    task: Task = Task.ARRANGE
    parts: tuple[str, ...] = ()
    controls: Controls = field(default_factory=Controls)
    part_controls: Mapping[str, Controls] = field(default_factory=dict)
    similarity: float | None = None
    keep: Keep | None = None
    adventurous: float = DEFAULT_ADVENTUROUS
    length: int = DEFAULT_LENGTH
    leaning: Leaning = field(default_factory=Leaning)
    adapter: str = ""
    adapter_share: float = 1.0


@dataclass(frozen=True)
class Request(Terms):
    """A sketch and what is wanted of it.  The same request gives the same notes.

    `reference` is a song to be like; `styles` are those to choose from, by id, None for those shipped.

    Raises RequestError for a value outside its range, bars outside the song, parts that are not there, and a task
    that has nothing to work on.
    """

    sketch: Song
    reference: Song | None = None
    styles: Mapping[str, Style] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._check_numbers()
        self._check_bars()
        object.__setattr__(self, "parts", tuple(dict.fromkeys(self._spelt(name) for name in self.parts)))
        for name in self.part_controls:
            self._names.check_controlled(name, self.parts)
        self._check_task()

    @cached_property
    def targets(self) -> tuple[int, ...]:
        """Which parts of the sketch are rewritten or go on, by index; none for tasks that add players.

        Where no parts are named it is all but the tune (with it in a continuation, or where nothing else is there).
        """
        if self.task not in OF_THE_SKETCH:
            return ()
        if self.parts:
            return tuple(sorted({index for name in self.parts for index in self._names.places(name)}))
        roles = self._names.roles
        everybody = tuple(range(len(roles)))
        beside = tuple(index for index in everybody if roles[index] is not Role.MELODY)
        return everybody if self.task is Task.CONTINUE else beside or everybody

    @property
    def style_choice(self) -> Mapping[str, Style]:
        """The styles to choose from, by id."""
        return load_styles() if self.styles is None else self.styles

    def controls_for(self, part_name: str, role: Role, number: int = 0) -> Controls:
        """What is asked of one part of proposal `number`: the leaning, the wishes for everybody, those for its role,
        those for its name."""
        merged = self.leaning.controls_of(number).merged(self.controls)
        for wanted in (str(role), part_name):
            for name, controls in self.part_controls.items():
                if name.casefold() == wanted.casefold():
                    merged = merged.merged(controls)
        return merged

    @cached_property
    def _names(self) -> PartNames:
        return PartNames(self.sketch)

    def _spelt(self, name: str) -> str:
        if self.task in OF_THE_SKETCH:
            return self._names.spelt(name)
        return player_spelt(name, (Role.MELODY,) if self.task is Task.MELODY else _PLAYERS)

    def _check_numbers(self) -> None:
        if self.seed < 0:
            raise RequestError(f"A seed is a whole number from 0, not {self.seed}.")
        if not 1 <= self.count <= MAX_PROPOSALS:
            raise RequestError(f"Ask for 1 to {MAX_PROPOSALS} proposals, not {self.count}.")
        if not 1 <= self.length <= MAX_NEW_BARS:
            raise RequestError(f"A song is continued by 1 to {MAX_NEW_BARS} bars, not {self.length}.")
        for name, value in (
            ("similarity", self.similarity), ("adventurous", self.adventurous), ("adapter_share", self.adapter_share),
        ):  # fmt: skip
            if value is not None and not 0 <= value <= 1:
                raise RequestError(f"{name} is a number from 0 to 1, not {value:g}.")
        if self.adapter and not ADAPTER_NAME.fullmatch(self.adapter):
            raise RequestError(f"{self.adapter!r} is no name of an adapter: use letters, digits and hyphens.")
        if self.keep is not None and self.keep not in get_args(Keep):
            raise RequestError(f"A rewriting keeps the {listed(get_args(Keep), 'or')}, not {self.keep!r}.")

    def _check_bars(self) -> None:
        if self.bars is None:
            return
        first, last = self.bars
        if not 0 <= first <= last < len(self.sketch.bars):
            raise RequestError(
                f"Bars {first + 1}-{last + 1} are not all in the sketch, which has {len(self.sketch.bars)} bars."
            )
        if self.task is Task.CONTINUE:
            raise RequestError("A song is continued from its end: say how many bars long, not which.")

    def _check_task(self) -> None:
        if self.task is Task.INFILL and self.bars is None and not self.parts:
            raise RequestError("Say what to fill in: some bars, some parts, or both.")
        if self.task in (Task.INFILL, Task.VARY) and not self.targets:
            raise RequestError("There is nothing to rewrite in this sketch: it has no parts, only chords.")
        if self.task is Task.HARMONISE and Role.MELODY not in self._names.roles:
            raise RequestError("There is no melody to harmonise in this sketch: add one, or take another task.")
        close = self.similarity is not None or self.keep is not None
        if self.task not in REWRITING and close:
            raise RequestError(
                "How much stays as it was (similarity, keep) is for rewriting: "
                f"{listed(REWRITING, 'or')}, and not {self.task}."
            )
        if self.task is Task.REMIX and close and self.reference is None and self.style == "auto":
            raise RequestError("A remix stays close to a style or a reference: say which, or leave out how close.")
        if self.task is Task.MELODY and len(self.parts) > 1:
            raise RequestError(f"One player has the melody, not {len(self.parts)}: name one.")
        if self.reference is not None and not any(part.notes for part in self.reference.parts):
            raise RequestError("The reference has no notes to go by.")


@dataclass(frozen=True)
class Proposal:
    """One answer: a whole song with where it comes from and why it is so.  What was not asked for is untouched.

    `score` (0..1) is what the composer thinks of it, `seconds` what it took to write, `instruments` maps part
    names to plugins that the style asks for, `features` are figures for ranking and display.  `composer` is the name
    of who wrote it, `model` the name and version of its neural network, "" for none.
    """

    song: Song
    title: str
    style: str
    seed: int
    seconds: float
    reasons: tuple[str, ...]
    score: float
    features: Mapping[str, float] = field(default_factory=dict)
    instruments: Mapping[str, str] = field(default_factory=dict)
    composer: str = "style"
    model: str = ""


class Composer(Protocol):
    """Anything that answers requests.  Proposals come as soon as each is ready, best guess first."""

    name: str

    def propose(self, request: Request, cancelled: Callable[[], bool] | None = None) -> Iterator[Proposal]:
        """Stream up to `request.count` proposals.

        Raises RequestError for a sketch with neither tune nor chords and for what this composer cannot do,
        StyleError for an unknown style, and Cancelled soon after `cancelled()` turns true.
        """
        ...
