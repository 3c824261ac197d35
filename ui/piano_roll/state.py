"""What the pieces of the roll share: the tool in hand, the toggles, the part shown, and an edit while it is dragged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import compress

import numpy as np
from PyQt6.QtCore import QElapsedTimer, QObject, Qt, QTimer, pyqtSignal

from cocomposer.music import Key, Note, Part
from cocomposer.studio import editing

from ..note_table import table_of
from ..session import Session
from ..timeline import Timeline
from .rows import Rows


class Tool(Enum):
    DRAW = "draw"
    SELECT = "select"
    SPLIT = "split"
    ERASE = "erase"


@dataclass(frozen=True)
class Preview:
    """An edit that is not made yet: the notes that would go and those that would come."""

    removed: frozenset[Note] = frozenset()
    added: tuple[Note, ...] = ()


NOTHING = Preview()
HEARD_MS = 220
"""How long a note sounds that is touched, in milliseconds."""


class RollState(QObject):
    """The roll's own state beside the song; `changed` tells that it is to be drawn anew."""

    changed = pyqtSignal()

    def __init__(self, session: Session, timeline: Timeline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.timeline = timeline
        self.rows = Rows(self)
        self.tool = Tool.DRAW
        self.snap_to_scale = False
        self.ghosts = True
        self.by_author = False
        self.typing = False
        self.step_input = False
        self.strength = 1.0
        self.length: int | None = None
        """Length of the last note made or resized, in ticks: new ones have it too.  None: a step of the grid."""
        self.velocity = 90
        self.cursor = (0, 60)
        """Tick and pitch at which the keyboard makes notes."""
        self.preview = NOTHING
        self.held: dict[Qt.Key, int] = {}
        """Letters that are down, and the pitches they sound."""
        self._looked_up: tuple[frozenset[Note], tuple[Note, ...], frozenset[Note]] = (frozenset(), (), frozenset())
        self.step_start = 0
        self.step_begun: QElapsedTimer | None = None

    def begin_step(self) -> None:
        """A step of step input begins: what follows at once belongs to it."""
        self.step_begun = QElapsedTimer()
        self.step_begun.start()

    @property
    def part_index(self) -> int:
        return self.session.current_part

    @property
    def part(self) -> Part | None:
        parts = self.session.song.parts
        return parts[self.part_index] if self.part_index < len(parts) else None

    @property
    def notes(self) -> tuple[Note, ...]:
        return self.part.notes if self.part is not None else ()

    @property
    def key(self) -> Key | None:
        """The key at the left edge of what is shown; none for drums, which have no scale."""
        return None if self.rows.drums else self.session.song.key_at(int(self.timeline.first))

    @property
    def selected(self) -> frozenset[Note]:
        """The selected notes that are in the part; an undo may have taken others away."""
        chosen, notes = self.session.selected_notes, self.notes
        if self._looked_up[0] is not chosen or self._looked_up[1] is not notes:
            there = table_of(notes).marked(chosen)
            found = chosen if np.count_nonzero(there) == len(chosen) else frozenset(compress(notes, there))
            self._looked_up = (chosen, notes, found)
        return self._looked_up[2]

    def set(self, **values: object) -> None:
        """Change attributes and have everything drawn anew."""
        for name, value in values.items():
            setattr(self, name, value)
        self.changed.emit()

    def in_scale(self, pitch: int) -> int:
        """The pitch, or its neighbour in the key where notes are held to it."""
        return self.key.nearest(pitch) if self.snap_to_scale and self.key is not None else pitch

    def note_length(self, tick: int) -> int:
        """How long a new note at `tick` is."""
        return self.length or (self.timeline.step(tick) if self.timeline.grid.value else 240)

    def commit(
        self, label: str, removed: Iterable[Note], added: Iterable[Note], *, merge: str = "", select: bool = True
    ) -> None:
        """Make an edit as one undo step and select what came of it."""
        old, new = tuple(removed), tuple(added)
        self.preview = NOTHING
        if self.part is not None and (old or new) and set(old) != set(new):
            song = editing.replace_notes(self.session.song, self.part_index, old, new)
            self.session.edit(label, song, merge)
        if select:
            self.session.selected_notes = frozenset(new)
        self.changed.emit()

    def hear(self, note: Note) -> None:
        """Sound a note for a moment."""
        player = self.session.player
        if player is not None and not self.session.playing:
            player.note_on(self.part_index, note.pitch, note.velocity)
            part, pitch = self.part_index, note.pitch
            QTimer.singleShot(HEARD_MS, lambda: player.note_off(part, pitch))
