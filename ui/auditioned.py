"""The proposal that is being heard, as the lanes show it over the song."""

from __future__ import annotations

from cocomposer.music import Part, Song

from .note_table import same_notes
from .session import Session


def auditioned_song(session: Session) -> Song | None:
    """The song of the proposal that is auditioned, None where the artist hears their own."""
    return session.proposals.heard


def auditioned_part(session: Session, part: Part) -> Part | None:
    """That part as the proposal would have it, None where it would leave its notes alone."""
    song = auditioned_song(session)
    theirs = next((each for each in song.parts if each.name == part.name), None) if song is not None else None
    return theirs if theirs is not None and not same_notes(theirs.notes, part.notes) else None


def added_parts(session: Session) -> tuple[Part, ...]:
    """The parts that the proposal would add to the song."""
    song = auditioned_song(session)
    if song is None:
        return ()
    own = {part.name for part in session.song.parts}
    return tuple(part for part in song.parts if part.name not in own and part.notes)
