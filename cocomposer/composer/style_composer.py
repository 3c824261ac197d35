"""The composer that plays styles: picks those that suit, orchestrates each differently, and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter

from cocomposer.composer.orchestration import Texture, orchestrate, textures
from cocomposer.composer.ranking import features, score
from cocomposer.composer.reasons import explain
from cocomposer.composer.request import Proposal, Request
from cocomposer.composer.sketch import kept_parts, understand
from cocomposer.composer.style_choice import Fit, choose_styles, rank_styles
from cocomposer.errors import Cancelled
from cocomposer.music import Part, Role, Song, without_overlaps
from cocomposer.music.analysis.form import section_energies
from cocomposer.music.analysis.melody import melody_line
from cocomposer.styles import Style, arrange, load_style, load_styles

_AHEAD = 60
"""Ticks by which human timing and strums may reach before the bar line they belong to."""


class StyleComposer:
    """Arranges a sketch with the styles of `presets/styles`."""

    name = "style"

    def propose(self, request: Request, cancelled: Callable[[], bool] | None = None) -> Iterator[Proposal]:
        """Stream proposals: four styles in four textures, or one style in its textures if one is named.

        Raises RequestError, StyleError or Cancelled as `Composer.propose` says.
        """
        sketch = understand(request.sketch)
        for index, (fit, texture) in enumerate(_choices(sketch, request)):
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
        own = (*((tune,) if tune is not None else ()), *kept_parts(sketch))
        orchestration = orchestrate(style, texture, {part.role for part in own})
        band = arrange(sketch, style, section_energies(sketch, melody), orchestration, seed, cancelled)
        first, last = 0, sketch.length
        if request.bars is not None:
            first = sketch.bars[request.bars[0]].start
            last = min(sketch.bars[request.bars[1]].end, sketch.length)
            band = tuple(part for part in (_cut(part, first, last) for part in band) if part.notes)
        song = replace(sketch, parts=_distinct_names((*own, *band)))
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


def _choices(sketch: Song, request: Request) -> list[tuple[Fit, Texture]]:
    """A style and a texture for each proposal.  Two proposals share a style only where they differ in texture."""
    count = request.count
    if request.style == "auto":
        fits = choose_styles(sketch, load_styles(), count, request.seed)
        return [(fit, _turn(textures(fit.style), index)) for index, fit in enumerate(fits)]
    style: Style = load_style(request.style)
    fit = rank_styles(sketch, {style.id: style})[0]
    return [(fit, _turn(textures(style), index)) for index in range(count)]


def _turn(choices: list[Texture], index: int) -> Texture:
    return choices[index % len(choices)]


def _cut(part: Part, first: int, last: int) -> Part:
    """The part's notes that are meant to begin in [first, last), none of them sounding outside it.

    A player who is a little early on the first beat means it all the same, and one early at the end means the next.
    """
    notes = []
    for note in part.notes:
        if first <= note.start + _AHEAD < last:
            start = max(first, note.start)
            notes.append(replace(note, start=start, duration=max(1, min(note.end, last) - start)))
    return replace(part, notes=without_overlaps(notes))


def _distinct_names(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Number parts that would share a name, so that each track and stem can be told apart."""
    seen: dict[str, int] = {}
    named = []
    for part in parts:
        seen[part.name] = seen.get(part.name, 0) + 1
        named.append(part if seen[part.name] == 1 else replace(part, name=f"{part.name} {seen[part.name]}"))
    return tuple(named)
