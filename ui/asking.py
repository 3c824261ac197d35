"""What the artist's selection means as a request: which task makes sense there, for which bars and parts."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from cocomposer.composer.part_names import listed
from cocomposer.composer.request import OF_THE_SKETCH, REWRITING, Request, Task, Terms
from cocomposer.composer.style_composer import beyond_styles
from cocomposer.errors import RequestError
from cocomposer.music import Song
from cocomposer.studio.project import Generation

from .phrases import said
from .session import Region


@dataclass(frozen=True)
class TaskWords:
    """How a task is called, its icon, and what it does in a sentence."""

    name: str
    icon: str
    about: str


TASKS = {
    Task.ARRANGE: TaskWords(
        QT_TRANSLATE_NOOP("Task", "Arrange"),
        "arrange",
        QT_TRANSLATE_NOOP("Task", "Writes a band around what you have; your own parts stay."),
    ),
    Task.INFILL: TaskWords(
        QT_TRANSLATE_NOOP("Task", "Fill in"),
        "infill",
        QT_TRANSLATE_NOOP("Task", "Writes the selected bars and parts anew, to fit all around them."),
    ),
    Task.HARMONISE: TaskWords(
        QT_TRANSLATE_NOOP("Task", "Harmonise"),
        "harmonise",
        QT_TRANSLATE_NOOP("Task", "Finds chords for your melody, and players for the chords."),
    ),
    Task.MELODY: TaskWords(
        QT_TRANSLATE_NOOP("Task", "Melody"),
        "melody",
        QT_TRANSLATE_NOOP("Task", "Writes a tune over your chords."),
    ),
    Task.VARY: TaskWords(
        QT_TRANSLATE_NOOP("Task", "Vary"),
        "vary",
        QT_TRANSLATE_NOOP("Task", "Plays the same again, differently: as near to it as you say."),
    ),
    Task.CONTINUE: TaskWords(
        QT_TRANSLATE_NOOP("Task", "Continue"),
        "continue",
        QT_TRANSLATE_NOOP("Task", "Goes on from where your song ends."),
    ),
    Task.REMIX: TaskWords(
        QT_TRANSLATE_NOOP("Task", "Remix"),
        "remix",
        QT_TRANSLATE_NOOP("Task", "Keeps the tune and its chords and dresses them in another style."),
    ),
}


def tr(text: str) -> str:
    return QCoreApplication.translate("Asking", text)


def terms_for(terms: Terms, region: Region | None, song: Song) -> Terms:
    """`terms` with the bars and parts that are selected in `song`.

    For tasks about parts that are there, those of the region take the place of `terms.parts`.
    """
    given = {each.name: getattr(terms, each.name) for each in fields(Terms)}
    if region is not None:
        bars = range(len(song.bars))
        whole = (region.first_bar, region.last_bar) == (0, len(bars) - 1)
        given["bars"] = None if terms.task is Task.CONTINUE or whole else (region.first_bar, region.last_bar)
    if terms.task in OF_THE_SKETCH:
        chosen = region.parts if region is not None else ()
        given["parts"] = tuple(dict.fromkeys(song.parts[index].name for index in chosen if index < len(song.parts)))
        if terms.task is Task.INFILL and not given["parts"] and given["bars"] is None and region is not None:
            given["parts"] = tuple(dict.fromkeys(part.name for part in song.parts))
    if terms.task not in REWRITING:
        given["similarity"] = given["keep"] = None
    return Terms(**given)


def why_not(terms: Terms, region: Region | None, song: Song, reference: Song | None = None) -> str:
    """Why this cannot be asked of `song` there, in a sentence; "" where it can."""
    if not song.chords and not any(part.notes for part in song.parts):
        return tr("Draw some notes or type some chords first.")
    try:
        Request(**vars(terms_for(terms, region, song)), sketch=song, reference=reference)
    except RequestError as error:
        return said(str(error))
    return ""


def why_no_style(terms: Terms, region: Region | None, song: Song, reference: Song | None = None) -> str:
    """What of a possible request the style composer cannot do, in a sentence; "" where it can do all."""
    beyond = beyond_styles(Request(**vars(terms_for(terms, region, song)), sketch=song, reference=reference))
    words = tr("The style composer is not made for {what}: choose the model or auto.")
    return words.format(what=beyond) if beyond else ""


def bars_words(first: int, last: int) -> str:
    """ "bar 3", "bars 9–16", from bars counted from 0."""
    words = tr("bar {first}") if first == last else tr("bars {first}–{last}")
    return words.format(first=first + 1, last=last + 1)


def region_words(region: Region | None, song: Song) -> str:
    """What is selected: "the whole song", "bars 9–16, Bass and Drums"."""
    if region is None:
        return tr("the whole song")
    names = listed(song.parts[index].name for index in region.parts if index < len(song.parts))
    return ", ".join(words for words in (bars_words(region.first_bar, region.last_bar), names) if words)


def asked_words(generation: Generation) -> str:
    """What a generation was asked: "Arrange, bars 1–16"."""
    task = QCoreApplication.translate("Task", TASKS[generation.terms.task].name)
    start, end = generation.asked.start, generation.asked.end
    inside = [number for number, bar in enumerate(generation.sketch.bars) if start <= bar.start < end]
    return f"{task}, {bars_words(inside[0], inside[-1])}" if inside else task
