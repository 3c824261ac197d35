"""What each task means in cells: who is to write which bars, what stays, and what there is to go by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from random import Random

from cocomposer.composer.bands import band_of, players, with_distinct_names, with_guests
from cocomposer.composer.orchestration import TEXTURES
from cocomposer.composer.part_names import listed
from cocomposer.composer.references import Source, from_song, original, returning
from cocomposer.composer.request import Request, Task
from cocomposer.composer.sketch import around, has_plain_tune, kept_parts, understand, with_tune
from cocomposer.composer.steering import similarity_bucket
from cocomposer.composer.style_choice import choose_styles
from cocomposer.composer.style_composer import choices
from cocomposer.errors import RequestError
from cocomposer.model.window import SLOTS, WRITING_ORDER
from cocomposer.music import Author, ChordChange, Origin, Part, Role, Song
from cocomposer.music.analysis.form import section_energies
from cocomposer.music.analysis.melody import melody_line
from cocomposer.music.authorship import written_by
from cocomposer.styles import arrange

_USUAL_SIMILARITY = 0.5
"""How near a style's or a reference's playing is followed unless it is said."""

HARMONY = "harmony"
"""The name of the network that finds chords, as in `assets/models`."""
_SEEDS_APART = 16
"""So many answers can one question have before its seeds are those of the next."""
_OPEN_TEXTURES = ("", "big")
"""Textures in which a style's band may have guests."""

Stopped = Callable[[], bool] | None


@dataclass(frozen=True)
class Draft:
    """One proposal before it is written.

    `song` has all its parts, those to be written silent or with what is to be replaced; `targets` are their indices,
    `first` and `last` the ticks between which they are written; `order` all parts in writing order.  `source` answers
    references, `closeness` are the buckets of rhythm and pitch similarity to them where there is one (0 free).  `kind`
    is the corpus (of grid.SOURCES) whose way of playing is meant.  `stays` is the share, 0..1, of what stood there that
    stays as it is, None where nothing does by rule.  `called` says by what name a player was asked for, by index, where
    it is not that of the part.
    """

    song: Song
    targets: tuple[int, ...]
    first: int
    last: int
    title: str
    seed: int
    source: Source
    style: str = ""
    kind: str = "band"
    closeness: tuple[int, int] = (0, 0)
    reasons: tuple[str, ...] = ()
    rewrites: bool = False
    stays: float | None = None
    called: Mapping[int, str] = field(default_factory=dict)
    order: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        if len(self.targets) > SLOTS:
            raise RequestError(f"At most {SLOTS} parts can be written at once, not {len(self.targets)}.")
        silent = {index for index, part in enumerate(self.song.parts) if not part.notes and index not in self.targets}
        given = [index for index in range(len(self.song.parts)) if index not in self.targets and index not in silent]
        chosen = (*self.targets, *given)[:SLOTS]
        ordered = sorted(chosen, key=lambda index: (WRITING_ORDER.index(self.song.parts[index].role), index))
        object.__setattr__(self, "order", tuple(ordered))

    @property
    def writes_tune(self) -> bool:
        return any(self.song.parts[index].role is Role.MELODY for index in self.targets)


def drafts_for(request: Request, cancelled: Stopped = None) -> Iterator[Draft]:
    """The drafts of a request, one for each proposal it asks for.

    Raises RequestError, StyleError or ModelError where it cannot be done.
    """
    sketch = understand(request.sketch)
    tasks: Mapping[Task, Callable[[Request, Song, Stopped], Iterator[Draft]]] = {
        Task.ARRANGE: _arrange, Task.REMIX: _arrange, Task.INFILL: _rewrite, Task.VARY: _rewrite,
        Task.MELODY: _melody, Task.HARMONISE: _harmonise, Task.CONTINUE: _continue,
    }  # fmt: skip
    return tasks[request.task](request, sketch, cancelled)


def _stretch(request: Request, song: Song) -> tuple[int, int]:
    """First tick of what is asked for, and the tick after its last."""
    if request.bars is None:
        return 0, song.length
    return song.bars[request.bars[0]].start, min(song.bars[request.bars[1]].end, song.length)


def _closeness(request: Request, similarity: float | None) -> tuple[int, int]:
    if similarity is None:
        return 0, 0
    bucket = similarity_bucket(similarity)
    same = similarity_bucket(1.0)
    return same if request.keep == "rhythm" else bucket, same if request.keep == "pitch" else bucket


def _arrange(request: Request, sketch: Song, cancelled: Stopped) -> Iterator[Draft]:
    """A band under the tune; in a remix it takes the place of what was there."""
    first, last = _stretch(request, sketch)
    remix = request.task is Task.REMIX
    tune = sketch.part_of_role(Role.MELODY)
    beside = around(sketch, first, last) if remix else kept_parts(sketch, first, last)
    own = (*((tune,) if tune is not None else ()), *beside)
    taken = set() if remix else {part.role for part in own if part in sketch.parts}
    other = _heard(request.reference) if request.reference is not None else None
    energies = section_energies(sketch, melody_line(tune) if tune is not None else ())
    # Two sketches that one style would suit best do not always get it: what is written depends on the sketch too.
    turn = _turn_of(sketch)
    plain = replace(request, parts=(), part_controls={}, seed=1 + (request.seed * 7919 + turn) % 1_000_003)
    for number, (fit, texture) in enumerate(choices(sketch, plain)):
        style, seed = fit.style, _seed(request, number)
        title = f"{style.name}, {texture.name}" if texture.name and not request.parts else style.name
        source: Source = returning
        similarity = request.similarity
        reasons = [f"{style.name}: {fit.reason}.", f"{texture.description}."]
        if request.parts:
            band = players(request.parts, style)
            reasons[1] = f"The players you asked for: {listed(part.name.lower() for part in band)}."
        elif other is not None and not any(part.role is not Role.MELODY for part in other.parts if part.notes):
            raise RequestError("The reference has a tune but no band to play after: choose a song with more parts.")
        elif other is not None:
            band = tuple(
                Part(part.name, part.role, part.program, (), part.volume, part.pan)
                for part in other.parts
                if part.role is not Role.MELODY and part.notes and part.role not in taken
            )
            title = f"After {other.title or 'your reference'}"
            reasons = [f"Played after {other.title or 'your reference'}: its players, and what they do."]
        else:
            band = band_of(style, texture, taken) or band_of(style, TEXTURES[0], ())
            if request.style == "auto" and texture.name in _OPEN_TEXTURES:
                band = with_guests(band, Random(f"guests/{seed}/{turn}"), taken)
        if other is not None:
            source, similarity = from_song(other), _USUAL_SIMILARITY if similarity is None else similarity
        elif request.style != "auto":
            source = from_song(replace(sketch, parts=arrange(sketch, style, energies, seed=seed, cancelled=cancelled)))
            similarity = _USUAL_SIMILARITY if similarity is None else similarity
        if not band:
            raise RequestError("The sketch has all of the reference's players already: remix it, or take other ones.")
        song = replace(sketch, parts=(*own, *with_distinct_names(band, own)))
        yield Draft(
            song=song, targets=tuple(range(len(own), len(song.parts))), first=first, last=last, title=title,
            seed=seed, source=source, style="" if other is not None else style.id, called=_called(band, len(own)),
            kind="pop" if len(band) == 1 and band[0].role is Role.KEYS else "band",
            closeness=_closeness(request, similarity), reasons=tuple(reasons),
        )  # fmt: skip


def _seed(request: Request, number: int) -> int:
    """The seed of each proposal: those of two requests with other seeds have none in common."""
    return request.seed * _SEEDS_APART + number


def _called(players: Sequence[Part], first: int) -> dict[int, str]:
    """The names that players were asked for by, by the index they get."""
    return {first + place: part.name for place, part in enumerate(players)}


def _heard(reference: Song) -> Song:
    """A reference with its harmony, or as it is where it has none: drums alone."""
    if all(part.is_drums for part in reference.parts if part.notes) and not reference.chords:
        return with_tune(reference)
    return understand(reference)


def _turn_of(sketch: Song) -> int:
    """A number that goes with the notes and chords of a sketch."""
    tune = sketch.part_of_role(Role.MELODY)
    notes = [(note.start, note.pitch) for note in tune.notes] if tune is not None else []
    chords = [(change.tick, change.chord.root, change.chord.intervals) for change in sketch.chords]
    return int.from_bytes(sha256(repr((notes, chords)).encode()).digest()[:4], "big")


def _rewrite(request: Request, sketch: Song, cancelled: Stopped) -> Iterator[Draft]:
    """Some cells anew: filled in from what stands around them, or varied from what stands in them."""
    first, last = _stretch(request, sketch)
    varies = request.task is Task.VARY
    similarity = request.similarity
    if varies and similarity is None:
        similarity = _USUAL_SIMILARITY
    names = listed(sketch.parts[index].name.lower() for index in request.targets)
    low, high = sketch.meters.bar_at(first), sketch.meters.bar_at(max(first, last - 1))
    where = f"bars {low + 1} to {high + 1}" if high > low else f"bar {low + 1}"
    goes_by = similarity is not None or request.keep is not None
    for number in range(request.count):
        verb = "Varied" if varies else "Written anew"
        yield Draft(
            song=sketch, targets=request.targets, first=first, last=last,
            title=f"{'Variation' if varies else 'Filling'} {number + 1}: {names}",
            seed=_seed(request, number), source=original if goes_by else returning,
            closeness=_closeness(request, similarity), rewrites=True, stays=similarity,
            reasons=(f"{verb}: {names} in {where}; everything else is as it was.", *_kept_side(request)),
        )  # fmt: skip


def _kept_side(request: Request) -> tuple[str, ...]:
    return (f"The {request.keep} stays as you wrote it.",) if request.keep else ()


def _melody(request: Request, sketch: Song, cancelled: Stopped) -> Iterator[Draft]:
    """A tune over what is there; a tune that is there already gives way in the bars asked for."""
    first, last = _stretch(request, sketch)
    tune = next((index for index, part in enumerate(sketch.parts) if part.role is Role.MELODY), None)
    called: dict[int, str] = {}
    reason = "A tune over your chords; phrases that return are recognised."
    if tune is None or request.parts or not has_plain_tune(request.sketch):
        style = choose_styles(sketch, request.style_choice, 1, request.seed, request.leaning.styles)[0].style
        singer = players(request.parts or (str(Role.MELODY),), style)
        parts = tuple(replace(part, role=Role.OTHER) if part.role is Role.MELODY else part for part in sketch.parts)
        fresh = tuple(replace(part, role=Role.MELODY) for part in singer)
        sketch = replace(sketch, parts=(*with_distinct_names(fresh, parts), *parts))
        tune, called = 0, _called(singer, 0)
    else:
        reason += f" It takes the place of your {sketch.parts[tune].name}."
    for number in range(request.count):
        yield Draft(
            song=sketch, targets=(tune,), first=first, last=last, title=f"Melody {number + 1}",
            seed=_seed(request, number), source=returning, kind=("band", "pop", "standard")[number % 3],
            reasons=(reason,), called=called,
        )  # fmt: skip


def _harmonise(request: Request, sketch: Song, cancelled: Stopped) -> Iterator[Draft]:
    """Chords for the tune, and somebody who plays them."""
    from cocomposer.model.harmony import harmonise

    first, last = _stretch(request, sketch)
    tune = sketch.part_of_role(Role.MELODY)
    melody = melody_line(tune) if tune is not None else ()
    style = choose_styles(sketch, request.style_choice, 1, request.seed, request.leaning.styles)[0].style
    band = players(request.parts or (str(Role.KEYS),), style)
    for number in range(request.count):
        seed = _seed(request, number)
        # The first stays close to what one expects, the later ones dare a little more.
        daring = min(1.0, request.adventurous * (0.5 + 0.25 * number))
        chords = harmonise(sketch, melody, sketch.keys[0].key, seed=seed, adventurous=daring)
        chords = written_by(Origin(Author.MODEL, HARMONY, seed=seed), chords)
        if request.bars is not None:
            chords = _spliced(sketch.chords, chords, first, last)
        own = (*(part for part in sketch.parts if part.role is Role.MELODY), *kept_parts(sketch, first, last))
        song = replace(sketch, chords=chords, parts=(*own, *with_distinct_names(band, own)))
        yield Draft(
            song=song, targets=tuple(range(len(own), len(song.parts))), first=first, last=last,
            title=f"Harmony {number + 1}", seed=seed, source=returning, kind="pop", style=style.id,
            called=_called(band, len(own)),
            reasons=("Chords found for your tune; phrases that return get their chords back.",),
        )  # fmt: skip


def _spliced(old: Sequence[ChordChange], new: Sequence[ChordChange], first: int, last: int) -> tuple[ChordChange, ...]:
    """The new chords between ticks `first` and `last`, and what sounded before and after them as it did."""

    def sounding(chords: Sequence[ChordChange], tick: int) -> list[ChordChange]:
        earlier = [change for change in chords if change.tick <= tick]
        return [replace(earlier[-1], tick=tick)] if earlier else []

    return (
        *(change for change in old if change.tick < first),
        *sounding(new, first),
        *(change for change in new if first < change.tick < last),
        *sounding(old, last),
        *(change for change in old if change.tick > last),
    )


def _continue(request: Request, sketch: Song, cancelled: Stopped) -> Iterator[Draft]:
    """More bars after the end, over chords that go on."""
    from cocomposer.model.harmony import continue_chords

    if not sketch.bars:
        raise RequestError("There is nothing to go on from: the sketch has no bars.")
    start = sketch.bars[-1].end
    size = sketch.meters.meter_at(start).ticks_per_bar
    key = sketch.key_at(start)
    for number in range(request.count):
        seed = _seed(request, number)
        chords = continue_chords(sketch, request.length, key or sketch.keys[0].key, seed=seed,
                                 adventurous=0.5 * request.adventurous, closes=True)  # fmt: skip
        end = start + request.length * size
        before = tuple(change for change in sketch.chords if change.tick < start)
        chords = written_by(Origin(Author.MODEL, HARMONY, seed=seed), chords)
        song = replace(sketch, length=end, chords=(*before, *chords))
        told = listed(dict.fromkeys(str(change.chord) for change in chords[:6]))
        yield Draft(
            song=song, targets=request.targets, first=start, last=end, title=f"Continuation {number + 1}",
            seed=seed, source=returning,
            reasons=(f"{request.length} bars more, over {told}{' ...' if len(chords) > 6 else ''}.",),
        )  # fmt: skip
