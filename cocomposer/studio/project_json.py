"""Questions and answers as JSON and back: for project files, and for composing in another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_of
from typing import Any, get_args

from cocomposer.composer import Controls, Leaning, Task
from cocomposer.composer.controls import LIMITS, WHOLE
from cocomposer.composer.request import Keep, Terms
from cocomposer.errors import FormatError, RequestError
from cocomposer.formats.song_json import MAX_PARTS, Store, song_from, song_to
from cocomposer.formats.strict_json import Fields
from cocomposer.studio.project import Answer, Generation, Project, Stretch, Verdict

MAX_GENERATIONS = 100_000
MAX_ANSWERS = 1_000
MAX_NAMES = 1_000
"""Most reasons, names of parts or features of one answer or question."""
MAX_COUNT = 1_000_000
MAX_SEED = 2**64


def project_to(project: Project, store: Store) -> dict[str, Any]:
    return {
        "song": song_to(project.song, store),
        "generations": [_generation_to(each, store) for each in project.generations],
    }


def project_from(fields: Fields, store: Store) -> Project:
    """The project that `project_to` wrote.  Raises FormatError for anything else."""
    project = Project(
        song=song_from(fields.value("song"), store),
        generations=fields.items(
            "generations", MAX_GENERATIONS, lambda value, where: _generation_from(Fields(value, where), store)
        ),
    )
    numbers = [each.number for each in project.generations]
    ids = [answer.id for each in project.generations for answer in each.answers]
    if len(set(numbers)) != len(numbers) or len(set(ids)) != len(ids):
        raise FormatError("The project is damaged: two of its proposals go by one name.")
    return project


def answer_to(answer: Answer, store: Store) -> dict[str, Any]:
    return {
        "id": answer.id,
        "song": song_to(answer.song, store),
        "title": answer.title,
        "style": answer.style,
        "reasons": list(answer.reasons),
        "seed": answer.seed,
        "score": answer.score,
        "features": dict(answer.features),
        "composer": answer.composer,
        "model": answer.model,
        "seconds": answer.seconds,
        "verdict": answer.verdict,
        "pinned": answer.pinned,
    }


def answer_from(fields: Fields, store: Store) -> Answer:
    """The answer that `answer_to` wrote.  Raises FormatError for anything else."""
    verdict = fields.text("verdict")
    if verdict not in get_args(Verdict):
        raise fields.wrong("verdict", "is neither kept nor rejected")
    return Answer(
        id=fields.text("id"),
        song=song_from(fields.value("song"), store, "A proposal"),
        title=fields.text("title"),
        style=fields.text("style"),
        reasons=fields.items("reasons", MAX_NAMES, _text),
        seed=fields.integer("seed", 0, MAX_SEED),
        score=fields.number("score"),
        features=fields.numbers("features", MAX_NAMES),
        composer=fields.text("composer"),
        model=fields.text("model"),
        seconds=fields.number("seconds", low=0),
        verdict=verdict,  # type: ignore[arg-type]  # checked above
        pinned=fields.flag("pinned"),
    )


def terms_to(terms: Terms) -> dict[str, Any]:
    return {
        "count": terms.count,
        "seed": terms.seed,
        "style": terms.style,
        "bars": list(terms.bars) if terms.bars is not None else None,
        "task": str(terms.task),
        "parts": list(terms.parts),
        "controls": terms.controls.asked(),
        "part_controls": {name: controls.asked() for name, controls in terms.part_controls.items()},
        "similarity": terms.similarity,
        "keep": terms.keep,
        "adventurous": terms.adventurous,
        "length": terms.length,
        "leaning": {
            "styles": dict(terms.leaning.styles),
            "drafts": [each.asked() for each in terms.leaning.controls],
        },
        "adapter": terms.adapter,
        "adapter_share": terms.adapter_share,
    }


def terms_from(fields: Fields) -> Terms:
    """The terms that `terms_to` wrote.  Raises FormatError for anything else."""
    return Terms(**terms_values(fields))


def terms_values(fields: Fields) -> dict[str, Any]:
    """The same by name, for a Request with them."""
    part_controls = fields.object("part_controls")
    keep = fields.text("keep") if fields.has("keep") else None
    if keep not in (None, *get_args(Keep)):
        raise fields.wrong("keep", f"is none of {', '.join(get_args(Keep))}")
    bars = fields.rows("bars", 2, 1) if fields.has("bars") else ()
    return {
        "count": fields.integer("count", 0, MAX_COUNT),
        "seed": fields.integer("seed", 0, MAX_SEED),
        "style": fields.text("style"),
        "bars": bars[0] if bars else None,
        "task": fields.choice("task", Task),
        "parts": fields.items("parts", MAX_NAMES, _text),
        "controls": _controls(fields.object("controls")),
        "part_controls": {name: _controls(part_controls.object(name)) for name in part_controls.names()},
        "similarity": fields.number("similarity") if fields.has("similarity") else None,
        "keep": keep,
        "adventurous": fields.number("adventurous"),
        "length": fields.integer("length", 0, MAX_COUNT),
        "leaning": _leaning(fields.object("leaning")) if fields.has("leaning") else Leaning(),
        # Projects of before there were adapters have none.
        "adapter": fields.text("adapter") if fields.has("adapter") else "",
        "adapter_share": fields.number("adapter_share") if fields.has("adapter_share") else 1.0,
    }


def _generation_to(generation: Generation, store: Store) -> dict[str, Any]:
    return {
        "number": generation.number,
        "sketch": song_to(generation.sketch, store),
        "terms": terms_to(generation.terms),
        "asked": {
            "start": generation.asked.start,
            "end": generation.asked.end,
            "parts": list(generation.asked.parts),
        },
        "composer": generation.composer,
        "answers": [answer_to(answer, store) for answer in generation.answers],
    }


def _generation_from(fields: Fields, store: Store) -> Generation:
    asked = fields.object("asked")
    return Generation(
        number=fields.integer("number", 1, MAX_COUNT),
        sketch=song_from(fields.value("sketch"), store, "A sketch"),
        terms=terms_from(fields.object("terms")),
        asked=Stretch(
            asked.tick("start"), asked.tick("end"), tuple(part for (part,) in asked.rows("parts", 1, MAX_PARTS))
        ),
        composer=fields.text("composer"),
        answers=fields.items("answers", MAX_ANSWERS, lambda value, where: answer_from(Fields(value, where), store)),
    )


def _controls(fields: Fields) -> Controls:
    known = {each.name for each in fields_of(Controls)}
    if not set(fields.names()) <= known:
        raise FormatError(f"{fields.where} is damaged: it has a control that does not exist.")
    values: Mapping[str, Any] = {
        name: fields.integer(name, *LIMITS[name]) if name in WHOLE else fields.number(name) for name in fields.names()
    }
    try:
        return Controls(**values)
    except RequestError as error:
        raise FormatError(f"{fields.where} is damaged: {error}") from error


def _leaning(fields: Fields) -> Leaning:
    try:
        drafts = fields.has("drafts")  # a project of before leans to its styles alone
        controls = fields.items("drafts", MAX_ANSWERS, lambda v, where: _controls(Fields(v, where))) if drafts else ()
        return Leaning(fields.numbers("styles", MAX_NAMES), controls)
    except RequestError as error:
        raise FormatError(f"{fields.where} is damaged: {error}") from error


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > 100_000:
        raise FormatError(f"{where} is damaged: it holds something that is no text.")
    return value
