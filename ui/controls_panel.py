"""What is wanted: task, where, style, players, mood and sliders, made into the terms a composer is given."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import randrange
from typing import cast

from PyQt6.QtCore import QCoreApplication, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from cocomposer.composer.controls import Controls
from cocomposer.composer.request import (
    DEFAULT_ADVENTUROUS,
    DEFAULT_LENGTH,
    MAX_NEW_BARS,
    OF_THE_SKETCH,
    REWRITING,
    Keep,
    Task,
    Terms,
)
from cocomposer.music import Song

from . import theme
from .adapter_chooser import AdapterChooser
from .asking import TASKS, region_words, terms_for, why_no_style, why_not
from .mood_pad import MoodPad
from .player_chooser import PlayerChooser
from .reference_chooser import ReferenceChooser
from .session import Region, Session
from .sliders import Slider
from .style_chooser import StyleChooser
from .task_chooser import TaskChooser
from .wish_sliders import LABEL_WIDTH, WishSliders, percent_scale

MAX_SEED = 999_999
SEED_WIDTH = 80
"""Pixels that a seed has at least, also beside long words of another language."""


@cache
def _why_no_model() -> str:
    """Why the neural composer cannot play, asked once: it looks for files."""
    from cocomposer.composer.model_composer import why_unavailable

    return why_unavailable()


class ControlsPanel(QScrollArea):
    """`terms` is what stands there now; `changed` tells that it, or what is possible, is another."""

    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._task = session, Task.ARRANGE
        self._listening = True
        self._why_not = self._why_no_composer = ""
        self._build()
        self._usual_composer = ""
        self._follow_settings()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.refresh)
        for signal in (session.changed, session.selection_changed, session.document_changed):
            signal.connect(lambda *_: self._soon.start())
        session.settings_changed.connect(self._follow_settings)
        self.refresh()

    # --- What is asked ----------------------------------------------------------------------------------------------

    @property
    def task(self) -> Task:
        return self._task

    @property
    def composer(self) -> str:
        """ "auto", "style" or "model"."""
        return str(self._composer.currentData())

    @property
    def reference(self) -> ReferenceChooser:
        """The song to be like; `reference.song` is None where none was chosen."""
        return self._reference

    @property
    def terms(self) -> Terms:
        """The wishes for what is selected."""
        return terms_for(self._wished(self._task), self._session.region, self._session.song)

    @property
    def problem(self) -> str:
        """Why what stands here cannot be asked, in a sentence; "" where it can."""
        return self._reference.problem or self._why_not or self._why_no_composer

    def choose_task(self, task: Task) -> None:
        """Ask for another thing."""
        self._task = task
        self._tell()

    def choose_style(self, style_id: str) -> None:
        """Wish for another style."""
        self._style.choose(style_id)
        self._tell()

    def show_wishes(self, controls: Controls | None, mood: tuple[float, float] | None, style: str = "") -> None:
        """Turn the sliders, the mood and the style to what is given, and leave what is not."""
        if controls is not None:
            self._wishes.show_controls(controls)
            if controls.valence is not None or controls.arousal is not None:
                mood = (controls.valence or 0.0, controls.arousal or 0.0)
        if mood is not None:
            self.mood.set_mood(mood)
        if style:
            self._style.choose(style)
        self._tell()

    def next_seed(self) -> None:
        """After a question: the next one makes other notes, unless the seed is locked."""
        if not self._lock.isChecked():
            self._seed.setValue(randrange(MAX_SEED + 1))

    def show_terms(self, terms: Terms, composer: str = "auto") -> None:
        """Set everything to an earlier question (its bars and parts are the region's)."""
        self._listening = False
        self._task = terms.task
        self._style.choose(terms.style)
        self._players.choose(terms.parts if terms.task not in OF_THE_SKETCH else ())
        self.similarity.set_value(terms.similarity)
        self.adventurous.set_value(terms.adventurous)
        self._wishes.show_controls(terms.controls)
        mood = terms.controls.valence, terms.controls.arousal
        self.mood.set_mood(None if mood == (None, None) else (mood[0] or 0.0, mood[1] or 0.0))
        self._keep.setCurrentIndex(max(0, self._keep.findData(terms.keep)))
        self._length.setValue(terms.length)
        self._seed.setValue(min(MAX_SEED, terms.seed))
        self._composer.setCurrentIndex(max(0, self._composer.findData(composer)))
        self._listening = True
        self._tell()

    def _follow_settings(self) -> None:
        """Take the composer of the settings, when that is another than before."""
        usual = self._session.settings.composer
        if usual != self._usual_composer:
            self._usual_composer = usual
            self._composer.setCurrentIndex(self._composer.findData(usual))

    def _wished(self, task: Task) -> Terms:
        """The wishes as they stand, for any task, before the region has a say."""
        controls = self._wishes.controls
        if self.mood.mood is not None:
            controls = replace(controls, valence=self.mood.mood[0], arousal=self.mood.mood[1])
        adds = task not in OF_THE_SKETCH
        return Terms(
            task=task,
            style=self._style.style_id,
            parts=self._players.players if adds else (),
            controls=controls,
            similarity=self.similarity.amount if task in REWRITING else None,
            keep=cast(Keep | None, self._keep.currentData()) if task in REWRITING else None,
            adventurous=DEFAULT_ADVENTUROUS if self.adventurous.amount is None else self.adventurous.amount,
            length=self._length.value(),
            seed=self._seed.value(),
            adapter=self._session.settings.adapter,
            adapter_share=self._session.settings.adapter_share,
        )

    # --- How it looks -----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what the selection makes possible."""
        region, song = self._session.region, self._session.song
        whys = {task: why_not(Terms(task=task), region, song) for task in Task}
        self.tasks.show_task(self._task, whys)
        rewrites, adds = self._task in REWRITING, self._task not in OF_THE_SKETCH
        self._where.setText(self.tr("In {region}").format(region=region_words(region, song)))
        if self._task is Task.CONTINUE:
            self._where.setText(self.tr("After bar {bar}").format(bar=len(song.bars)))
        self._about.setText(QCoreApplication.translate("Task", TASKS[self._task].about))
        for row, wanted in (
            (self._rows["players"], adds), (self._rows["similarity"], rewrites), (self._rows["keep"], rewrites),
            (self._rows["length"], self._task is Task.CONTINUE),
        ):  # fmt: skip
            for widget in row:
                widget.setVisible(wanted)
        self._players.one_only = self._task is Task.MELODY
        wished, reference = self._wished(self._task), self._reference.song
        self._why_not = whys[self._task] or why_not(wished, region, song, reference)
        self._why_no_composer = "" if self._why_not else self._composer_problem(wished, region, song, reference)
        self.changed.emit()

    def _composer_problem(self, wished: Terms, region: Region | None, song: Song, reference: Song | None) -> str:
        beyond = why_no_style(wished, region, song, reference)
        if self.composer == "style":
            return beyond
        missing = _why_no_model()
        if missing and (self.composer == "model" or beyond):
            return self.tr("The neural composer cannot play: {why}.").format(why=missing)
        return ""

    def _tell(self, *_: object) -> None:
        if self._listening:
            self.refresh()

    def _build(self) -> None:
        self.setWidgetResizable(True)
        self.setMinimumWidth(300)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it takes the keys
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        grid = theme.GRID
        self._column.setContentsMargins(3 * grid, 3 * grid, 3 * grid, 3 * grid)
        self._column.setSpacing(2 * grid)
        self._rows: dict[str, tuple[QWidget, ...]] = {}
        self.tasks = TaskChooser()
        self.tasks.chosen.connect(self.choose_task)
        self._where, self._about = QLabel(), QLabel()
        self._about.setWordWrap(True)
        theme.set_kind(self._about, "muted")
        for widget in (self.tasks, self._where, self._about):
            self._column.addWidget(widget)
        self._column.addSpacing(grid)

        self._style, self._players = StyleChooser(self._session.room), PlayerChooser()
        self._style.chosen.connect(self._tell)
        self._players.changed.connect(self._tell)
        self._row("style", self.tr("Style"), self._style)
        self._row("players", self.tr("Players"), self._players)
        self._length = QSpinBox()
        self._length.setRange(1, MAX_NEW_BARS)
        self._length.setValue(DEFAULT_LENGTH)
        self._length.setSuffix(self.tr(" bars"))
        self._length.valueChanged.connect(self._tell)
        self._row("length", self.tr("Length"), self._length)
        self.similarity = Slider(self.tr("Similarity"), percent_scale(), may_be_free=True)
        self.adventurous = Slider(self.tr("Adventurousness"), percent_scale(DEFAULT_ADVENTUROUS))
        for slider in (self.similarity, self.adventurous):
            slider.turned.connect(self._tell)
            slider.setFixedHeight(28)
        self._row("similarity", self.tr("Similarity"), self.similarity)
        self._keep = self._combo(
            (self.tr("nothing"), None), (self.tr("the rhythm"), "rhythm"), (self.tr("the pitches"), "pitch")
        )
        self._row("keep", self.tr("Keeps exactly"), self._keep)
        self._row("adventurous", self.tr("Adventurous"), self.adventurous)
        self._build_mood()
        self._build_origin()
        self._column.addStretch()
        self.setWidget(inside)

    def _build_mood(self) -> None:
        self._column.addWidget(self._heading(self.tr("Mood")))
        self.mood = MoodPad()
        self.mood.changed.connect(self._tell)
        self._column.addWidget(self.mood)
        self._column.addWidget(self._heading(self.tr("Playing")))
        self._wishes = WishSliders()
        self._wishes.changed.connect(self._tell)
        self._column.addWidget(self._wishes)

    def _build_origin(self) -> None:
        self._column.addWidget(self._heading(self.tr("Where it comes from")))
        self._reference = ReferenceChooser(self._session)
        self._reference.changed.connect(self._tell)
        self._row("reference", self.tr("Like the song"), self._reference)
        self._composer = self._combo(
            (self.tr("Auto"), "auto"), (self.tr("Style composer"), "style"), (self.tr("Neural model"), "model")
        )
        self._row("composer", self.tr("Composer"), self._composer)
        self.adapter = AdapterChooser(self._session)
        self.adapter.changed.connect(self._tell)
        self._row("adapter", self.tr("My music"), self.adapter)
        seeds = QWidget()
        line = QHBoxLayout(seeds)
        line.setContentsMargins(0, 0, 0, 0)
        self._seed = QSpinBox()
        self._seed.setRange(0, MAX_SEED)
        self._seed.setMinimumWidth(SEED_WIDTH)
        self._seed.setToolTip(self.tr("The same seed and the same wishes give the same notes"))
        self._seed.valueChanged.connect(self._tell)
        self._lock = QCheckBox(self.tr("locked"))
        self._lock.setToolTip(self.tr("Keep this seed for the next proposals"))
        line.addWidget(self._seed, 1)
        line.addWidget(self._lock)
        self._row("seed", self.tr("Seed"), seeds)
        self._seed.setAccessibleName(self.tr("Seed"))

    def _row(self, key: str, text: str, control: QWidget) -> None:
        line = QHBoxLayout()
        line.setSpacing(theme.GRID)
        label = QLabel(text)
        theme.set_kind(label, "muted")
        label.setFixedSize(LABEL_WIDTH, 28)
        label.setBuddy(control)
        if not control.accessibleName():
            control.setAccessibleName(text)
        line.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(control, 1)
        self._column.addLayout(line)
        self._rows[key] = (label, control)

    def _combo(self, *entries: tuple[str, str | None]) -> QComboBox:
        made = QComboBox()
        made.setMinimumContentsLength(8)
        for text, data in entries:
            made.addItem(text, data)
        made.currentIndexChanged.connect(self._tell)
        return made

    @staticmethod
    def _heading(text: str) -> QLabel:
        label = QLabel(text.upper())
        theme.set_kind(label, "heading")
        label.setContentsMargins(0, 2 * theme.GRID, 0, 0)
        return label
