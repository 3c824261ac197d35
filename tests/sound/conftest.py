"""Small songs of our own for the sound room."""

from importlib.util import find_spec

import pytest

from cocomposer.music import Note, Part, Role, Song, TempoMap
from cocomposer.sound.takes import PLAIN_PLAYER_WARNING


def band(bars: int = 4, bpm: float = 120.0) -> Song:
    """Melody, drums, bass, keys and pad over C Am F G, one chord a bar."""
    chords = [(0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14)]
    notes: dict[Role, list[Note]] = {role: [] for role in (Role.MELODY, Role.DRUMS, Role.BASS, Role.KEYS, Role.PAD)}
    for bar in range(bars):
        at, chord = bar * 1920, chords[bar % 4]
        for beat in range(4):
            start = at + beat * 480
            notes[Role.MELODY].append(Note(start, 72 + chord[beat % 3], 440, 90 + beat))
            notes[Role.DRUMS].append(Note(start, (36, 38)[beat % 2], 100, 100))
            notes[Role.DRUMS] += [Note(start + offset, 42, 100, 60 + offset // 12) for offset in (0, 240)]
            notes[Role.BASS].append(Note(start, 36 + chord[0], 420, 95))
            notes[Role.KEYS] += [Note(start + 240, 60 + tone, 200, 75) for tone in chord]
        notes[Role.PAD] += [Note(at, 48 + tone, 1900, 70) for tone in chord]
    programs = {Role.MELODY: 73, Role.BASS: 33, Role.KEYS: 0, Role.PAD: 48}
    parts = tuple(Part(str(role).title(), role, programs.get(role, 0), tuple(line)) for role, line in notes.items())
    return Song("Band", bars * 1920, tempos=TempoMap.constant(bpm), parts=parts)


@pytest.fixture(scope="session")
def band_song() -> Song:
    return band()


@pytest.fixture(scope="session")
def standing_warnings() -> tuple[str, ...]:
    """What every rendering says on this Python, before it says anything of its instruments."""
    return () if find_spec("tinysoundfont") else (PLAIN_PLAYER_WARNING,)


@pytest.fixture(autouse=True, scope="session")
def packaged_soundfont_only() -> None:
    """Tests hear the SoundFont every machine has, not the one this machine happens to have."""
    from cocomposer.sound import soundfonts

    patch = pytest.MonkeyPatch()
    patch.setattr(soundfonts, "system_folders", lambda: ())
    yield
    patch.undo()
