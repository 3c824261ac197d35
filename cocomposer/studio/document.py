"""The open project: what it is now, what it was before each step, and who wants to know when it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cocomposer.music import Song
from cocomposer.studio.changes import Change
from cocomposer.studio.project import Answer, Project
from cocomposer.studio.project_file import read_project, write_project

__all__ = ["Change", "Document"]


@dataclass(frozen=True)
class _Step:
    """One step back or forth: the project at its other end."""

    label: str
    project: Project
    merge: str = ""


class Document:
    """A project that is worked on, with everything undone and redone at will.

    To be used from one thread.  `project` alone may be read from any: it is a value, and complete at every moment.
    `path` is the file it was opened from or last saved to; `unsaved` tells whether that file differs.
    """

    def __init__(self, project: Project | None = None, path: Path | None = None) -> None:
        self.project = project or Project()
        self.path = path
        self._saved: Project | None = self.project
        self._undo: list[_Step] = []
        self._redo: list[_Step] = []
        self._listeners: list[Callable[[Change], None]] = []

    @classmethod
    def open(cls, path: Path) -> Document:
        """The document in a project file.  Raises FormatError for a damaged or newer one, which stays as it is."""
        return cls(read_project(path), path)

    @classmethod
    def recovered(cls, project: Project, path: Path | None) -> Document:
        """A document whose project was rescued, and so differs from what is saved at `path`."""
        document = cls(project, path)
        document._saved = None
        return document

    @property
    def song(self) -> Song:
        return self.project.song

    @property
    def unsaved(self) -> bool:
        return self.project is not self._saved

    @property
    def undo_label(self) -> str | None:
        """What `undo` would take back, None where there is nothing."""
        return self._undo[-1].label if self._undo else None

    @property
    def redo_label(self) -> str | None:
        """What `redo` would do again, None where there is nothing."""
        return self._redo[-1].label if self._redo else None

    def perform(self, label: str, project: Project, merge: str = "") -> None:
        """Make `project` the current one as one undo step; nothing happens where it says the same as before.

        Steps that follow one another with the same `merge` key, as those of a drag or of a turned knob, become one.
        """
        change = Change.between(self.project, project)
        if not change:
            return
        merged = merge and self._undo and self._undo[-1].merge == merge and not self._redo
        if not merged:
            self._undo.append(_Step(label, self.project, merge))
        self._redo.clear()
        self._become(project, change)

    def edit(self, label: str, song: Song, merge: str = "") -> None:
        """`perform` for the song alone."""
        self.perform(label, replace(self.project, song=song), merge)

    def undo(self) -> str | None:
        """Take back the last step; returns its label, None where there is none."""
        return self._step(self._undo, self._redo)

    def redo(self) -> str | None:
        """Do again what was undone last; returns its label, None where there is none."""
        return self._step(self._redo, self._undo)

    def add_answer(self, number: int, answer: Answer) -> None:
        """Put an answer into the generation of that number, wherever in the history it stands.

        It is no step of its own: undoing and redoing the question brings it back with all its answers, also those
        that came when it was already undone.
        """

        def with_answer(project: Project) -> Project:
            found = next((each for each in project.generations if each.number == number), None)
            return project.with_generation(found.with_answer(answer)) if found else project

        for steps in (self._undo, self._redo):
            steps[:] = [replace(step, project=with_answer(step.project)) for step in steps]
        project = with_answer(self.project)
        if project is not self.project:
            self._become(project, Change(generations=True))

    def save(self, path: Path | None = None) -> None:
        """Write the project to `path`, by default to its own file.

        A long project takes a moment: to save in the background write `project` with `write_project` there and tell
        `was_saved` here.  Raises CocomposerError where the disk says no; what was there before is then still there.
        """
        target = path or self.path
        if target is None:
            raise ValueError("a document that was never saved needs a path")
        write_project(self.project, target)
        self.was_saved(self.project, target)

    def was_saved(self, project: Project, path: Path) -> None:
        """Note that `project`, a state of this document, is what the file `path` holds."""
        self.path, self._saved = path, project
        self._tell(Change(saved=True))

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Have `listener` told of every change, after it was made; returns what stops that."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def _step(self, source: list[_Step], target: list[_Step]) -> str | None:
        if not source:
            return None
        step = source.pop()
        target.append(_Step(step.label, self.project))
        self._become(step.project, Change.between(self.project, step.project))
        return step.label

    def _become(self, project: Project, change: Change) -> None:
        self.project = project
        self._tell(change)

    def _tell(self, change: Change) -> None:
        for listener in tuple(self._listeners):
            listener(change)
