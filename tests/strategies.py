"""Songs, parts and mixes of every kind there is, for properties that hold of all of them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from cocomposer.music import (
    NO_CHORD,
    Author,
    Bus,
    Chord,
    ChordChange,
    Control,
    Effect,
    Instrument,
    InstrumentKind,
    Key,
    KeyChange,
    Lane,
    Lyric,
    Meter,
    MeterChange,
    MeterMap,
    Mix,
    Mode,
    Note,
    Origin,
    Part,
    PitchBend,
    Point,
    Role,
    Section,
    Song,
    Strip,
    TempoChange,
    TempoMap,
)
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.music.song import MAX_TICKS

TICKS = st.integers(0, 20_000)
MIDI = st.integers(0, 127)
SYMBOLS = ["C", "F#m7b5", "Bbmaj9", "G7(b9,b13)", "A/C#", "E7#9", "C-7", "BΔ", "Db6/9", "N.C.", "D7alt", "G7sus4"]
TEXT = st.text(max_size=12)
NAMES = TEXT.map(lambda text: text.encode("utf-8", "replace").decode().strip("\0 \t\r\n\f\v"))
AUTHORS = st.none() | st.builds(
    Origin,
    author=st.sampled_from(Author),
    name=st.sampled_from(["band", "Bossa nova", "Lied, überall.mid", "\U0001d11e"]),
    version=st.sampled_from(["", "1.2"]),
    seed=st.sampled_from([0, 7, 2**63]),
    adapter=st.sampled_from(["", "mine"]),
    detail=st.sampled_from(["", "sparse"]),
    edited=st.booleans(),
)


def by_tick(values, make):
    """Sorted changes, no two at one tick."""
    return st.dictionaries(TICKS, values, max_size=4).map(
        lambda found: tuple(make(tick, found[tick]) for tick in sorted(found))
    )


def from_start(values, make):
    """Sorted changes of which the first is at tick 0."""
    return st.tuples(values, st.dictionaries(st.integers(1, 20_000), values, max_size=3)).map(
        lambda found: tuple(make(tick, value) for tick, value in sorted(({0: found[0]} | found[1]).items()))
    )


@st.composite
def separate_notes(draw):
    """Notes of which no two sound on one pitch at once: each begins after the one before it on that pitch."""
    ends: dict[int, int] = {}
    notes = []
    for _ in range(draw(st.integers(0, 12))):
        pitch = draw(st.sampled_from([0, 36, 60, 61, 127]))
        start = ends.get(pitch, 0) + draw(st.sampled_from([0, 0, 1, 7, 480]))
        note = Note(
            start, pitch, draw(st.sampled_from([1, 2, 119, 480, 9_000])), draw(st.integers(1, 127)), draw(AUTHORS)
        )
        ends[pitch] = note.end
        notes.append(note)
    return tuple(notes)


CHORDS = st.one_of(
    st.sampled_from(SYMBOLS).map(parse_chord),
    st.builds(
        lambda root, steps, bass: Chord(root, (0, *sorted(steps)), bass),
        st.integers(0, 11),
        st.sets(st.integers(1, 21), min_size=1, max_size=6),
        st.none() | st.integers(0, 11),
    ),
    st.just(NO_CHORD),
)
METERS = st.builds(Meter, st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16, 32]))
KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from(Mode))


def parts(notes, names, texts):
    return st.builds(
        Part,
        name=names,
        role=st.sampled_from(Role),
        program=MIDI,
        notes=notes,
        volume=MIDI,
        pan=MIDI,
        controls=st.lists(st.builds(Control, TICKS, MIDI, MIDI), max_size=4).map(
            lambda found: tuple(sorted(found, key=lambda each: each.tick))
        ),
        bends=st.lists(st.builds(PitchBend, TICKS, st.integers(-8192, 8191)), max_size=3).map(
            lambda found: tuple(sorted(found, key=lambda each: each.tick))
        ),
        lyrics=st.lists(st.builds(Lyric, TICKS, texts), max_size=3).map(
            lambda found: tuple(sorted(found, key=lambda each: each.tick))
        ),
    )


def songs(notes, names, texts, length):
    return st.builds(
        Song,
        title=names,
        length=length,
        meters=from_start(METERS, MeterChange).map(MeterMap),
        tempos=from_start(st.integers(1, 0xFFFFFF), TempoChange).map(TempoMap),
        keys=by_tick(KEYS, KeyChange),
        chords=by_tick(st.tuples(CHORDS, AUTHORS), lambda tick, value: ChordChange(tick, *value)),
        sections=by_tick(names, Section),
        parts=st.lists(parts(notes, names, texts), max_size=5).map(tuple),
    )


WILD_NOTES = st.lists(
    st.builds(Note, TICKS, st.sampled_from([59, 60, 61]), st.integers(1, 9_000), st.integers(1, 127), AUTHORS),
    max_size=14,
).map(tuple)

GAINS = st.floats(-96, 24)
SHARES = st.floats(0, 1)
SETTINGS = st.dictionaries(TEXT, st.floats(allow_nan=False, allow_infinity=False), max_size=3).map(
    lambda found: tuple(found.items())
)
STATES = st.binary(max_size=40)
INSTRUMENTS = st.one_of(
    st.builds(Instrument, st.just(InstrumentKind.SOUNDFONT), TEXT),
    st.builds(Instrument, st.sampled_from(InstrumentKind), st.text(min_size=1, max_size=12), SETTINGS, STATES),
)
EFFECTS = st.one_of(
    st.builds(Effect, st.just("reverb"), SETTINGS, bypassed=st.booleans(), wet=SHARES),
    st.builds(Effect, st.just("plugin"), SETTINGS, st.text(min_size=1, max_size=12), STATES, st.booleans(), SHARES),
)
LANES = st.builds(Lane, st.sampled_from(["gain", "pan", "send:Room"]), by_tick(st.floats(-96, 24), Point).filter(len))


def strips(outputs=TEXT):
    return st.builds(
        Strip,
        gain_db=GAINS,
        trim_db=st.none() | GAINS,
        pan=st.floats(-1, 1),
        width=st.floats(0, 1.5),
        muted=st.booleans(),
        soloed=st.booleans(),
        inserts=st.lists(EFFECTS, max_size=2).map(tuple),
        sends=st.dictionaries(TEXT, GAINS, max_size=2).map(lambda found: tuple(found.items())),
        output=outputs,
        lanes=st.lists(LANES, max_size=2, unique_by=lambda lane: lane.target).map(tuple),
    )


TO_MASTER = strips(st.just(""))
MIXES = st.tuples(st.dictionaries(TEXT, st.tuples(st.booleans(), TO_MASTER), max_size=3), TO_MASTER).map(
    lambda drawn: Mix(
        tuple(Bus(name, strip) for name, (is_bus, strip) in drawn[0].items() if is_bus),
        tuple(Bus(name, strip) for name, (is_bus, strip) in drawn[0].items() if not is_bus),
        drawn[1],
    )
)


@st.composite
def mixed_songs(draw):
    """Any song at all, with instruments, strips and a mix."""
    song = draw(songs(WILD_NOTES, TEXT, TEXT, st.integers(0, MAX_TICKS)))
    band = [
        replace(part, instrument=draw(st.none() | INSTRUMENTS), strip=draw(st.none() | strips()))
        for part in song.parts[:2]
    ]
    return replace(song, parts=(*band, *song.parts[2:]), mix=draw(st.none() | MIXES))


def authors(song):
    """Who wrote each chord and each note, which comparing songs does not look at."""
    events = (*song.chords, *(note for part in song.parts for note in part.notes))
    return [event.origin for event in events]
