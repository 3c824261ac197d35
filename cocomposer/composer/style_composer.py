"""The composer that plays styles: picks those that suit, orchestrates each differently, and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter

from cocomposer import __version__
from cocomposer.composer.bands import with_distinct_names
from cocomposer.composer.orchestration import Texture, orchestrate, textures
from cocomposer.composer.ranking import features, score
from cocomposer.composer.reasons import explain
from cocomposer.composer.request import DEFAULT_ADVENTUROUS, Proposal, Request, Task
from cocomposer.composer.sketch import AHEAD, around, kept_parts, understand
from cocomposer.composer.style_choice import Fit, choose_styles, rank_styles
from cocomposer.errors import Cancelled, RequestError
from cocomposer.music import Author, Origin, Part, Role, Song, without_overlaps
from cocomposer.music.analysis.form import section_energies
from cocomposer.music.analysis.melody import melody_line
from cocomposer.music.authorship import written_by
from cocomposer.styles import Style, arrange, load_style

_MANY = 16
"""More proposals than this are to be chosen among."""


class StyleComposer:
    """Arranges or remixes a sketch with the styles that the request names.

    A remix keeps the tune alone; the band takes the place of the other parts, in the bars asked for.
    """

    name = "style"

    def propose(self, request: Request, cancelled: Callable[[], bool] | None = None) -> Iterator[Proposal]:
        """Stream proposals: four styles in four textures, or one style in its textures if one is named.

        Raises RequestError, StyleError or Cancelled as `Composer.propose` says.
        """
        beyond = beyond_styles(request)
        if beyond:
            raise RequestError(f"The style composer is not made for {beyond}: use --composer model.")
        sketch = understand(request.sketch)
        for index, (fit, texture) in enumerate(choices(sketch, request)):
            if cancelled is not None and cancelled():
                raise Cancelled("Stopped before all proposals were written.")
            yield self._write(sketch, request, fit, texture, request.seed + index, cancelled)

    def _write(
        self,
        sketch: Song,
        request: Request,
        fit: Fit,
        texture: Texture,
        seed: int,
        cancelled: Callable[[], bool] | None,
    ) -> Proposal:
        began = perf_counter()
        style = fit.style
        tune = sketch.part_of_role(Role.MELODY)
        melody = melody_line(tune) if tune is not None else ()
        first, last = 0, sketch.length
        if request.bars is not None:
            first = sketch.bars[request.bars[0]].start
            last = min(sketch.bars[request.bars[1]].end, sketch.length)
        kept = kept_parts(sketch, first, last) if request.task is Task.ARRANGE else around(sketch, first, last)
        own = (*((tune,) if tune is not None else ()), *kept)
        taken = {part.role for part in own if part in sketch.parts} if request.task is Task.ARRANGE else ()
        orchestration = orchestrate(style, texture, taken, _asked(request))
        band = arrange(sketch, style, section_energies(sketch, melody), orchestration, seed, cancelled)
        origin = Origin(Author.STYLE, style.name, __version__, seed, detail=texture.name)
        band = tuple(replace(part, notes=written_by(origin, part.notes)) for part in band)
        if request.bars is not None:
            band = tuple(part for part in (_cut(part, first, last) for part in band) if part.notes)
        song = replace(sketch, parts=(*own, *with_distinct_names(band, own)))
        plugins = {part.name: part.plugin for part in style.parts if part.plugin}
        named = song.parts[len(own) :]
        figures = features(song, first, last)
        return Proposal(
            song=song,
            title=f"{style.name}, {texture.name}" if texture.name else style.name,
            style=style.id,
            seed=seed,
            seconds=perf_counter() - began,
            reasons=explain(song, named, request, style, texture, fit, first, last),
            score=score(fit.score, figures),
            features=figures,
            instruments={
                part.name: plugins[meant.name] for part, meant in zip(named, band, strict=True) if meant.name in plugins
            },
        )


def choices(sketch: Song, request: Request) -> list[tuple[Fit, Texture]]:
    """A style and a texture for each proposal, at most as many as asked for.

    Two share a style only where they differ in texture.  Where there are so many that somebody is to choose among them,
    every style comes in all of its textures.
    """
    count, asked = request.count, _asked(request)
    if request.style == "auto":
        styles = {name: style for name, style in request.style_choice.items() if asked <= _roles(style)}
        if not styles:
            raise RequestError(f"No style has all of {', '.join(request.parts)}: ask for fewer players.")
        if count > _MANY:
            fits = choose_styles(sketch, styles, count // 3, request.seed, request.leaning.styles)
            return [(fit, texture) for fit in fits for texture in textures(fit.style, asked)][:count]
        fits = choose_styles(sketch, styles, count, request.seed, request.leaning.styles)
        return [(fit, _turn(textures(fit.style, asked), index)) for index, fit in enumerate(fits)]
    style: Style = load_style(request.style, request.styles)
    if not asked <= _roles(style):
        there = ", ".join(role for role in Role if role in _roles(style))
        raise RequestError(f"{style.name} has no {sorted(asked - _roles(style))[0]}: its players are {there}.")
    fit = rank_styles(sketch, {style.id: style})[0]
    return [(fit, _turn(textures(style, asked), index)) for index in range(count)]


def beyond_styles(request: Request) -> str:
    """The first thing in `request` that needs another composer, in words that follow "for"; "" for none."""
    if request.task not in (Task.ARRANGE, Task.REMIX):
        return f"the task {request.task}"
    if any(name not in set(Role) for name in request.parts):
        return "players named by their instruments"
    wishes = {
        "a reference": request.reference is not None,
        "controls": any(each.asked() for each in (request.controls, *request.part_controls.values())),
        "similarity": request.similarity is not None,
        "keeping one side of the notes": request.keep is not None,
        "choosing how adventurous it is": request.adventurous != DEFAULT_ADVENTUROUS,
    }
    return next((words for words, wanted in wishes.items() if wanted), "")


def _asked(request: Request) -> frozenset[Role]:
    return frozenset(Role(name) for name in request.parts)


def _roles(style: Style) -> frozenset[Role]:
    return frozenset(part.role for part in style.parts)


def _turn(choices: list[Texture], index: int) -> Texture:
    return choices[index % len(choices)]


def _cut(part: Part, first: int, last: int) -> Part:
    """The part's notes that are meant to begin in [first, last), none of them sounding outside it.

    A player who is a little early on the first beat means it all the same, and one early at the end means the next.
    """
    notes = []
    for note in part.notes:
        if first <= note.start + AHEAD < last:
            start = max(first, note.start)
            notes.append(replace(note, start=start, duration=max(1, min(note.end, last) - start)))
    return replace(part, notes=without_overlaps(notes))
