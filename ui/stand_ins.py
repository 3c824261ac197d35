"""Stand-ins for rooms of the studio that are being built: replaced by `cocomposer.studio` when they are there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cocomposer.composer.request import Request, Terms
from cocomposer.errors import CocomposerError
from cocomposer.music import Song
from cocomposer.studio.project import Answer as RealAnswer


@dataclass(frozen=True)
class Answer:
    id: str
    song: Song
    title: str = ""
    style: str = ""
    reasons: tuple[str, ...] = ()
    seed: int = 0
    score: float = 0.0
    features: dict[str, float] = field(default_factory=dict)
    composer: str = ""
    model: str = ""
    seconds: float = 0.0
    verdict: str = ""
    pinned: bool = False


@dataclass(frozen=True)
class Generation:
    number: int
    terms: Terms = field(default_factory=Terms)
    composer: str = "auto"
    asked: tuple[int, int, tuple[int, ...]] = (0, 0, ())
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Project:
    song: Song = field(default_factory=Song)
    generations: tuple[Generation, ...] = ()


@dataclass(frozen=True)
class Change:
    parts: tuple[int, ...] = ()
    band: bool = False
    chords: bool = False
    form: bool = False
    tempo: bool = False
    mix: bool = False
    generations: bool = False


class Document:
    def __init__(self, project: Project | None = None, path: Path | None = None) -> None:
        self.project, self.path, self.unsaved = project or Project(), path, False
        self._undo: list[tuple[str, Project, str]] = []
        self._redo: list[tuple[str, Project, str]] = []
        self._listeners: list[Callable[[Change], None]] = []

    @property
    def song(self) -> Song:
        return self.project.song

    @property
    def undo_label(self) -> str | None:
        return self._undo[-1][0] if self._undo else None

    @property
    def redo_label(self) -> str | None:
        return self._redo[-1][0] if self._redo else None

    def perform(self, label: str, project: Project, merge: str = "") -> None:
        if project == self.project:
            return
        if not (merge and self._undo and self._undo[-1][2] == merge):
            self._undo.append((label, self.project, merge))
        self._redo.clear()
        self._set(project)

    def edit(self, label: str, song: Song, merge: str = "") -> None:
        self.perform(label, replace(self.project, song=song), merge)

    def undo(self) -> str | None:
        return self._step(self._undo, self._redo)

    def redo(self) -> str | None:
        return self._step(self._redo, self._undo)

    def _step(self, source: list[tuple[str, Project, str]], target: list[tuple[str, Project, str]]) -> str | None:
        if not source:
            return None
        label, project, _ = source.pop()
        target.append((label, self.project, ""))
        self._set(project)
        return label

    def _set(self, project: Project) -> None:
        before, self.project, self.unsaved = self.project, project, True
        old, new = before.song, project.song
        parts = tuple(i for i, (a, b) in enumerate(zip(old.parts, new.parts, strict=False)) if a.notes != b.notes)
        change = Change(
            parts=parts,
            band=[p.name for p in old.parts] != [p.name for p in new.parts],
            chords=old.chords != new.chords,
            form=(old.sections, old.length, old.meters, old.keys) != (new.sections, new.length, new.meters, new.keys),
            tempo=old.tempos != new.tempos,
            mix=old.mix != new.mix
            or [(p.strip, p.instrument) for p in old.parts] != [(p.strip, p.instrument) for p in new.parts],
            generations=before.generations != project.generations,
        )
        for listener in list(self._listeners):
            listener(change)

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def autosave(self) -> None: ...


class Asked:
    def __init__(self) -> None:
        self._stopped = threading.Event()

    def cancel(self) -> None:
        self._stopped.set()


class Composing:
    def propose(
        self,
        request: Request,
        composer: str,
        *,
        on_bars: Callable[[int, Song, int], None],
        on_answer: Callable[[Answer], None],
        on_done: Callable[[], None],
        on_error: Callable[[str], None],
    ) -> Asked:
        asked = Asked()

        def work() -> None:
            from cocomposer.studio.propose import composer_named

            try:
                made = composer_named(composer, request)
                for number, each in enumerate(made.propose(request, asked._stopped.is_set)):
                    on_answer(
                        RealAnswer.of(each, f"{id(asked):x}-{number}")
                    )
                on_done()
            except CocomposerError as error:
                on_error(str(error))

        threading.Thread(target=work, daemon=True).start()
        return asked

    def close(self) -> None: ...


class Jobs:
    def __init__(self, deliver: Callable[[Callable[[], None]], None] = lambda call: call()) -> None:
        self._deliver = deliver

    def run(
        self,
        work: Callable[..., Any],
        on_done: Callable[[Any], None] = lambda _: None,
        on_error: Callable[[Any], None] = lambda _: None,
        on_progress: Callable[[float], None] = lambda _: None,
    ) -> Asked:
        job = Asked()

        def run() -> None:
            try:
                result = work(
                    lambda share: self._deliver(lambda: on_progress(share)), job._stopped.is_set
                )
                self._deliver(lambda: on_done(result))
            except CocomposerError as error:
                caught = error
                self._deliver(lambda: on_error(caught))

        threading.Thread(target=run, daemon=True).start()
        return job


def keep(
    song: Song, answer: Song, parts: tuple[int, ...] | None = None, bars: tuple[int, int] | None = None
) -> Song:
    if parts is None:
        return answer
    chosen = [answer.parts[index] for index in parts if index < len(answer.parts)]
    names = {part.name for part in chosen}
    return replace(song, parts=(*(p for p in song.parts if p.name not in names), *chosen))
