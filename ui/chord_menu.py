"""The menu of a chord: what could stand in its place and why, and what can be asked for here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from cocomposer.composer.request import Task, Terms
from cocomposer.composer.substitutions import substitutions_at
from cocomposer.music import Chord, Role

from .phrases import said
from .session import Session


def chord_menu(
    session: Session,
    tick: int,
    *,
    write: Callable[[], None],
    take: Callable[[Chord], None],
    remove: Callable[[], None] | None,
    parent: QWidget,
) -> QMenu:
    """A menu for the place at `tick`: `write` opens the field, `take` puts a chord there, `remove` takes it away."""
    menu = QMenu(parent)
    _add(menu, menu.tr("Write a chord…") + "\t" + menu.tr("Enter"), write)
    if remove is not None:
        _add(menu, menu.tr("Remove this chord") + "\t" + menu.tr("Del"), remove)
    found = substitutions_at(session.song, tick)
    if found:
        menu.addSeparator()
        heading = menu.addAction(menu.tr("In its place"))  # a section of the QMenu's own shows no text in our style
        assert heading is not None
        heading.setEnabled(False)
        for each in found:
            _add(menu, f"{each.chord}\t{said(each.reason)}", partial(take, each.chord))
    menu.addSeparator()
    bars = asked_bars(session, tick)
    where = menu.tr("bar {first}") if bars[0] == bars[1] else menu.tr("bars {first} to {last}")
    where = where.format(first=bars[0] + 1, last=bars[1] + 1)
    tune = session.song.part_of_role(Role.MELODY)
    harmonise = _add(
        menu,
        menu.tr("Harmonise {where}").format(where=where),
        lambda: session.proposals.propose(Terms(task=Task.HARMONISE, bars=bars)),
    )
    harmonise.setEnabled(tune is not None and bool(tune.notes))
    melody = _add(
        menu,
        menu.tr("A melody for {where}").format(where=where),
        lambda: session.proposals.propose(Terms(task=Task.MELODY, bars=bars)),
    )
    melody.setEnabled(bool(session.song.chords))
    return menu


def asked_bars(session: Session, tick: int) -> tuple[int, int]:
    """The bars of the region where the place lies in it, else those that its chord sounds in."""
    song, region = session.song, session.region
    bar = song.meters.bar_at(tick)
    if region is not None and region.first_bar <= bar <= region.last_bar:
        return region.first_bar, min(region.last_bar, len(song.bars) - 1)
    span = next((each for each in song.chord_spans if each.start <= tick < each.end), None)
    if span is None:
        return bar, bar
    return song.meters.bar_at(span.start), song.meters.bar_at(span.end - 1)


def _add(menu: QMenu, text: str, does: Callable[[], object]) -> QAction:
    action = menu.addAction(text)
    assert action is not None
    action.triggered.connect(lambda: does())
    return action
