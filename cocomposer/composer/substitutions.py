"""Other chords for one chord: what could stand in its place, how well it suits the tune over it, and why.

The candidates are those of functional harmony: relatives that share notes, secondary dominants, the tritone
substitute, chords borrowed from the parallel mode, passing diminished chords, suspensions.  They are ranked by what the
tune's notes are in each of them, the usual distinction of chord notes, available tensions and avoid notes
(Levine, "The Jazz Theory Book", ch. 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cocomposer.music import Chord, ChordSpan, Key, Mode, Note, Role, Song
from cocomposer.music.analysis.melody import melody_line

TONE, TENSION, SCALE_NOTE, AVOID = 1.0, 0.75, 0.4, 0.0
"""What a note of the tune is worth over a chord: in it, above it without rubbing, in the key alone, against it."""
LEAST_FIT = 0.45
"""A chord that the tune fits less than this is not offered."""
DOMINANT, DIMINISHED = (0, 4, 7, 10), (0, 3, 6, 9)


@dataclass(frozen=True)
class Substitution:
    """A chord in another's place.

    `kind` is its name in harmony, `reason` a sentence on what it does here, `fit` how the tune lies over it, 0..1
    (1 where no tune sounds), `rank` what the list is sorted by.
    """

    chord: Chord
    kind: str
    reason: str
    fit: float
    rank: float


@dataclass(frozen=True)
class _Place:
    """What a candidate is made for: the chord, its key, the chord after it."""

    chord: Chord
    key: Key
    after: Chord | None

    def spelt(self, chord: Chord, flats: bool | None = None) -> Chord:
        return replace(chord, symbol=chord.spell(self.key.sharps < 0 if flats is None else flats))

    def notes(self, pitch_classes: frozenset[int]) -> str:
        """Their names in the order of the chord."""
        ordered = [(self.chord.root + step) % 12 for step in self.chord.intervals]
        return _listed([self.key.name_of(each) for each in ordered if each in pitch_classes])


@dataclass(frozen=True)
class _Candidate:
    chord: Chord
    kind: str
    reason: str
    usual: float
    """How much a listener expects it, 0..1."""


def substitutions_at(song: Song, tick: int, count: int = 8) -> tuple[Substitution, ...]:
    """Substitutions for the chord that sounds at `tick` of a song, best first; none where no chord stands."""
    spans = song.chord_spans
    index = next((place for place, span in enumerate(spans) if span.start <= tick < span.end), None)
    if index is None:
        return ()
    span = spans[index]
    tune = song.part_of_role(Role.MELODY)
    melody = melody_line(tune) if tune is not None else ()
    after = spans[index + 1].chord if index + 1 < len(spans) else None
    return substitutions(span, song.key_at(span.start) or Key(), melody, after, count)


def substitutions(
    span: ChordSpan, key: Key, melody: Sequence[Note], after: Chord | None = None, count: int = 8
) -> tuple[Substitution, ...]:
    """Up to `count` chords that can stand in the place of `span.chord`, those that suit the tune best first.

    `after` is the chord that follows.  Each is offered once, under its most usual name.  N.C. has no substitutes.
    """
    if span.chord.is_silent:
        return ()
    place = _Place(span.chord, key, None if after is None or after.is_silent else after)
    found: dict[tuple[int, tuple[int, ...]], Substitution] = {}
    for candidate in _candidates(place):
        chord = candidate.chord
        same = (chord.root, chord.intervals)
        if same in found or same == (span.chord.root, span.chord.intervals):
            continue
        fit = melody_fit(chord, key, span, melody)
        if fit >= LEAST_FIT:
            rank = 0.7 * fit + 0.3 * candidate.usual
            found[same] = Substitution(chord, candidate.kind, candidate.reason, fit, rank)
    return tuple(sorted(found.values(), key=lambda each: -each.rank)[:count])


def melody_fit(chord: Chord, key: Key, span: ChordSpan, melody: Sequence[Note]) -> float:
    """How the tune lies over a chord while it sounds, 0..1, weighed by how long each note is held; 1 without a tune."""
    worth = total = 0.0
    for note in melody:
        held = min(note.end, span.end) - max(note.start, span.start)
        if held > 0:
            worth += held * _worth(note.pitch % 12, chord, key)
            total += held
    return worth / total if total else 1.0


def _worth(pitch_class: int, chord: Chord, key: Key) -> float:
    if pitch_class in chord.pitch_classes:
        return TONE
    rubs = (pitch_class - 1) % 12 in chord.pitch_classes
    if rubs and not (chord.is_dominant and (pitch_class - chord.root) % 12 in (1, 3, 8)):
        return AVOID
    if pitch_class not in key.scale:
        return SCALE_NOTE / 2
    return TENSION if (pitch_class - chord.root) % 12 in (2, 5, 6, 9) else SCALE_NOTE


def _candidates(place: _Place) -> Iterator[_Candidate]:
    """Every substitute there is, the most usual kinds first."""
    yield from _relatives(place)
    yield from _secondary_dominants(place)
    yield from _tritone(place)
    yield from _passing(place)
    yield from _borrowed(place)
    yield from _suspended(place)


def _relatives(place: _Place) -> Iterator[_Candidate]:
    """The key's chords a third below and above: they share all but one note."""
    own = place.chord
    size = 4 if own.seventh is not None else 3
    here = own.pitch_classes
    for chord in _diatonic(place.key, size):
        shared = chord.pitch_classes & here
        if len(shared) >= size - 1 and chord.root != own.root:
            third = "below" if (own.root - chord.root) % 12 in (3, 4) else "above"
            yield _Candidate(
                place.spelt(chord),
                "relative",
                f"A third {third}, it shares {place.notes(shared)} with {own}: the same place, another light.",
                0.9 if third == "below" else 0.8,
            )


def _secondary_dominants(place: _Place) -> Iterator[_Candidate]:
    if place.after is None or place.after.fifth == 6:
        return
    chord = Chord((place.after.root + 7) % 12, DOMINANT)
    in_key = chord.pitch_classes <= set(place.key.scale)
    kind = "dominant" if in_key else "secondary dominant"
    yield _Candidate(place.spelt(chord), kind, f"It is the dominant of {place.after}, and pulls to it.", 0.8)


def _tritone(place: _Place) -> Iterator[_Candidate]:
    """A dominant seventh a tritone from a dominant: the same third and seventh, the other way round."""
    own, key = place.chord, place.key
    if own.is_dominant:
        chord = Chord((own.root + 6) % 12, DOMINANT)
        guides = _listed([key.name_of(own.root + step) for step in (4, 10)])
        reason = f"A tritone from {own}, it keeps {guides}, the notes that pull"
        slides = place.after is not None and (chord.root - place.after.root) % 12 == 1
        end = f", and its bass slides down a semitone to {place.after}." if slides else "."
        yield _Candidate(place.spelt(chord, flats=True), "tritone", reason + end, 0.65 if slides else 0.45)
    elif place.after is not None and place.after.fifth != 6:
        chord = Chord((place.after.root + 1) % 12, DOMINANT)
        yield _Candidate(
            place.spelt(chord, flats=True),
            "tritone",
            f"In place of the dominant of {place.after}: its bass slides down a semitone.",
            0.4,
        )


def _passing(place: _Place) -> Iterator[_Candidate]:
    """A diminished seventh a semitone below what comes next."""
    if place.after is None or place.after.fifth == 6:
        return
    root = (place.after.root - 1) % 12
    climbs = (root - place.chord.root) % 12 == 1
    chord = place.spelt(Chord(root, DIMINISHED), flats=False)
    if climbs:
        yield _Candidate(
            chord, "passing diminished", f"It climbs by semitones from {place.chord} to {place.after}.", 0.6
        )
    else:
        yield _Candidate(chord, "leading diminished", f"A semitone below {place.after}, it leads up into it.", 0.45)


def _borrowed(place: _Place) -> Iterator[_Candidate]:
    """The chord on the same degree of the parallel mode."""
    own, key = place.chord, place.key
    other = Key(key.tonic, Mode.MAJOR if key.mode.is_minor else Mode.MINOR)
    size = 4 if own.seventh is not None else 3
    degree = next((index for index, each in enumerate(key.scale) if each == own.root), None)
    if degree is None:
        return
    mood = "brightens" if other.mode is Mode.MAJOR else "darkens"
    chord = _diatonic(other, size)[degree]
    if chord.third != own.third or chord.fifth != own.fifth:
        reason = f"Borrowed from {other}, it {mood} this place."
        yield _Candidate(place.spelt(chord, flats=other.sharps < 0), "borrowed", reason, 0.55)
    if degree == 4 and other.mode is Mode.MINOR:
        flat_seventh = _diatonic(other, size)[6]
        reason = f"Borrowed from {other}, it leads home from a whole tone below."
        yield _Candidate(place.spelt(flat_seventh, flats=True), "borrowed", reason, 0.5)


def _suspended(place: _Place) -> Iterator[_Candidate]:
    own = place.chord
    if own.third not in (3, 4):
        return
    seventh = tuple(step for step in (10,) if step in own.intervals)
    for step, reason in (
        (5, f"The third of {own} waits: its fourth wants to fall."),
        (2, f"Without a third {own} is open, neither bright nor dark."),
    ):
        if (own.root + step) % 12 in place.key.scale:
            chord = replace(Chord(own.root, (0, step, 7, *seventh)), bass=own.bass)
            yield _Candidate(place.spelt(chord), "suspended", reason, 0.6)


def _diatonic(key: Key, size: int) -> tuple[Chord, ...]:
    """The seven chords of a key in thirds, from its tonic up, of `size` notes."""
    steps = key.mode.scale
    return tuple(
        Chord(
            key.scale[degree],
            tuple((steps[(degree + 2 * third) % 7] - steps[degree]) % 12 for third in range(size)),
        )
        for degree in range(7)
    )


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
