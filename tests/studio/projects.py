"""Projects of our own that several tests work on, and edits at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from songs import band_song

from cocomposer.composer import Controls, Request, StyleComposer, Task
from cocomposer.composer.request import Terms
from cocomposer.errors import CocomposerError
from cocomposer.music import Effect, Instrument, InstrumentKind, Key, Meter, Note, Part, Role, Song, Strip
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.studio import editing
from cocomposer.studio.project import Answer, Generation, Project, Stretch


def answered(song: Song | None = None, count: int = 2) -> Project:
    """A song that was asked about once, with real answers by the style composer."""
    song = song or band_song()
    terms = Terms(count=count, seed=3, part_controls={"bass": Controls(register=0.2)}, bars=(0, 15))
    request = Request(song, task=Task.ARRANGE, count=count, seed=3)
    answers = tuple(Answer.of(each, f"answer-{number}") for number, each in enumerate(StyleComposer().propose(request)))
    return Project(song, (Generation(1, song, terms, Stretch(0, song.length, (0,)), "style", answers),))


def with_plugins(song: Song) -> Song:
    """With a plugin that has a state on the first part, and the same state in an insert of the second."""
    state = bytes(range(256)) * 40
    song = editing.with_instrument(song, 0, Instrument(InstrumentKind.PLUGIN, "/vst/a.so", (("Cutoff", 0.5),), state))
    return editing.with_strip(song, 1, Strip(inserts=(Effect("plugin", plugin="/vst/b.so", state=state),)))


def edited(project: Project, seed: int) -> Project:
    """The project after one edit, which `seed` chooses; the same project where that edit cannot be done."""
    random = Random(seed)
    try:
        return random.choice(_EDITS)(project, random)
    except CocomposerError:
        return project


Edit = Callable[[Project, Random], Project]


def _of_song(edit: Callable[[Song, Random], Song]) -> Edit:
    return lambda project, random: replace(project, song=edit(project.song, random))


def _part(song: Song, random: Random) -> int:
    return random.randrange(len(song.parts) + 1)


def _some(song: Song, part: int, random: Random) -> list[Note]:
    notes = song.parts[part].notes if part < len(song.parts) else ()
    return random.sample(notes, min(len(notes), random.randrange(1, 6)))


def _on_notes(edit: Callable[[Song, int, list[Note], Random], Song]) -> Edit:
    def chosen(song: Song, random: Random) -> Song:
        part = _part(song, random)
        return edit(song, part, _some(song, part, random), random)

    return _of_song(chosen)


def _bars(song: Song, random: Random) -> tuple[int, int]:
    first = random.randrange(len(song.bars) + 1)
    return first, first + random.randrange(3)


def _shorter(song: Song, random: Random) -> Song:
    return editing.with_length(song, random.randrange(8, 24))


def _rate(project: Project, random: Random) -> Project:
    generation = random.choice(project.generations)
    return project.with_verdict(random.choice(generation.answers).id, random.choice(["", "kept", "rejected"]))


_EDITS: list[Edit] = [
    _of_song(
        lambda song, random: editing.add_note(
            song,
            _part(song, random),
            Note(random.randrange(0, 30_000), random.randrange(30, 90), random.randrange(1, 2_000)),
        )
    ),
    _on_notes(lambda song, part, notes, random: editing.remove_notes(song, part, notes)),
    _on_notes(lambda song, part, notes, random: editing.move_notes(song, part, notes, random.randrange(-500, 500), 1)),
    _on_notes(lambda song, part, notes, random: editing.resize_notes(song, part, notes, random.randrange(-500, 500))),
    _on_notes(lambda song, part, notes, random: editing.transpose(song, part, notes, random.randrange(-30, 30))),
    _on_notes(lambda song, part, notes, random: editing.quantise(song, part, notes, 120, random.random())),
    _on_notes(lambda song, part, notes, random: editing.change_velocity(song, part, notes, random.randrange(-40, 40))),
    _on_notes(lambda song, part, notes, random: editing.split_notes(song, part, notes, random.randrange(30_000))),
    _of_song(
        lambda song, random: editing.set_chord(
            song, random.randrange(32_000), random.choice([None, parse_chord("C#m7"), parse_chord("Dbm7")])
        )
    ),
    _of_song(
        lambda song, random: editing.move_chord(
            song, random.choice([change.tick for change in song.chords] or [0]), random.randrange(32_000)
        )
    ),
    _of_song(lambda song, random: editing.set_key(song, random.randrange(32_000), Key(random.randrange(12)))),
    _of_song(lambda song, random: editing.set_tempo(song, random.randrange(32_000), random.choice([None, 60.5, 140]))),
    _of_song(
        lambda song, random: (
            editing.set_meter(song, random.randrange(20), Meter(random.randrange(2, 8), 4))
            if len(song.bars) < 40
            else song
        )
    ),
    _of_song(lambda song, random: editing.insert_bars(song, random.randrange(20), random.randrange(3))),
    _of_song(lambda song, random: editing.delete_bars(song, *_bars(song, random))),
    _of_song(lambda song, random: editing.repeat_bars(song, *_bars(song, random)) if len(song.bars) < 40 else song),
    _of_song(lambda song, random: editing.move_bars(song, *_bars(song, random), random.randrange(20))),
    _of_song(lambda song, random: editing.move_section(song, random.randrange(3), random.randrange(3))),
    _of_song(lambda song, random: editing.add_section(song, random.randrange(20), f"Section {random.randrange(9)}")),
    _of_song(_shorter),
    _of_song(lambda song, random: editing.add_part(song, Part("Line", random.choice(list(Role))), random.randrange(4))),
    _of_song(lambda song, random: editing.remove_part(song, _part(song, random)) if len(song.parts) > 3 else song),
    _of_song(lambda song, random: editing.move_part(song, _part(song, random), _part(song, random))),
    _of_song(lambda song, random: editing.rename_part(song, _part(song, random), f"Part {random.randrange(5)}")),
    _of_song(
        lambda song, random: editing.with_strip(song, _part(song, random), Strip(gain_db=random.uniform(-20, 20)))
    ),
    lambda project, random: editing.keep_answer(
        project, f"answer-{random.randrange(3)}", random.choice([None, [0], [1, 2]]), random.choice([None, (2, 5)])
    ),
    _rate,
]
