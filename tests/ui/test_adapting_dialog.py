"""Learn from my music: what the dialog asks of the process that learns, and what it shows of what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from cocomposer.ui import adapting
from cocomposer.ui.adapting import AdaptingDialog
from cocomposer.ui.controls_panel import ControlsPanel
from cocomposer.ui.session import Session
from cocomposer.ui.window import Window
from pytestqt.qtbot import QtBot

from cocomposer.library.adapter_card import AdapterCard, LearnedFile
from cocomposer.library.pack import read_pack
from cocomposer.studio.adapters import CARD
from cocomposer.studio.adapting_apart import Lesson
from cocomposer.studio.jobs import Jobs
from cocomposer.studio.ownership import OwnershipError
from cocomposer.studio.places import adapters_folder

WEIGHTS = b"no weights, but nobody looks inside them here"


def keep(name: str) -> None:
    """An adapter as it lies in its folder."""
    folder = adapters_folder() / name
    folder.mkdir(parents=True)
    (folder / "adapter.safetensors").write_bytes(WEIGHTS)
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    card = AdapterCard(
        artist="Ada", statement="It is mine.", base="band 1", base_sha256="0" * 64, weights_sha256=digest,
        learned="2026-01-01", program="1.0", files=[LearnedFile(name="a.mid", sha256="1" * 64)], kept_aside=["a.mid"],
        notes=1234, steps=50, seed=0, seconds=60.0, before=2.0, after=1.8,
    )  # fmt: skip
    (folder / CARD).write_text(card.model_dump_json(), encoding="utf-8")


@pytest.fixture
def dialog(session: Session, qtbot: QtBot) -> AdaptingDialog:
    made = AdaptingDialog(session)
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_learns_what_was_asked_for_and_uses_it(
    dialog: AdaptingDialog, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lessons: list[Lesson] = []
    shares: list[int] = []

    def learn(lesson: Lesson, progress: Callable[[float], None], cancelled: Callable[[], bool]) -> str:
        lessons.append(lesson)
        progress(0.4)
        shares.append(dialog.bar.value())
        keep(lesson.name)
        return lesson.name

    monkeypatch.setattr(adapting, "adapt_apart", learn)
    assert not dialog.begin.isEnabled()
    dialog.folder.setText(str(tmp_path))
    dialog.name.setText("no name")
    assert not dialog.begin.isEnabled()
    dialog.name.setText("songs-1")
    dialog.artist.setText("Ada")
    dialog.mine.setChecked(True)
    dialog.begin.click()
    assert lessons == [Lesson((tmp_path,), "songs-1", "Ada", True)]
    assert shares == [40]
    assert not dialog.learning
    assert session.settings.adapter == "songs-1"
    assert dialog.kept.list.count() == 1
    assert "10.0" in dialog.kept.list.item(0).text()  # type: ignore[union-attr]
    assert dialog.kept.chooser.choice.currentData() == "songs-1"


def test_a_refusal_is_told_and_nothing_is_used(
    dialog: AdaptingDialog, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object) -> str:
        raise OwnershipError("nocturne.mid is named after Chopin.")

    monkeypatch.setattr(adapting, "adapt_apart", refuse)
    dialog.folder.setText(str(tmp_path))
    dialog.begin.click()
    assert "Chopin" in dialog.says.text()
    assert not session.settings.adapter
    assert dialog.begin.isEnabled()


def test_learning_can_be_stopped_and_the_window_goes_on_meanwhile(session: Session, qtbot: QtBot) -> None:
    """The real process: it is ended while it still reads and imports."""
    session.jobs = Jobs(session.deliver)
    dialog = AdaptingDialog(session)
    qtbot.addWidget(dialog)
    dialog.folder.setText(str(Path(__file__).parent))
    dialog.begin.click()
    assert dialog.learning
    assert dialog.bar.isVisibleTo(dialog)
    assert not dialog.begin.isEnabled()
    dialog.stop.click()
    qtbot.waitUntil(lambda: not dialog.learning, timeout=20_000)
    assert "nothing was learned" in dialog.says.text()
    assert not adapters_folder().exists()


def test_what_is_chosen_stands_in_the_terms(session: Session, qtbot: QtBot) -> None:
    keep("mine")
    panel = ControlsPanel(session)
    qtbot.addWidget(panel)
    assert panel.terms.adapter == ""
    choice = panel.adapter.choice
    choice.setCurrentIndex(choice.findData("mine"))
    choice.activated.emit(choice.currentIndex())
    panel.adapter.share.turned.emit(0.6)
    assert (panel.terms.adapter, panel.terms.adapter_share) == ("mine", 0.6)
    assert (session.settings.adapter, session.settings.adapter_share) == ("mine", 0.6)
    choice.setCurrentIndex(0)
    choice.activated.emit(0)
    assert panel.terms.adapter == ""


def test_an_adapter_is_shared_and_forgotten(dialog: AdaptingDialog, session: Session, tmp_path: Path) -> None:
    keep("mine")
    dialog.kept.look()
    dialog.kept.list.setCurrentRow(0)
    assert dialog.kept.current == "mine"
    dialog.kept.share_as("mine", tmp_path / "mine.cocopack")
    (preset,) = read_pack(tmp_path / "mine.cocopack").presets.values()
    assert (preset.kind_name, preset.author) == ("adapter", "Ada")
    dialog.kept.forget("mine")
    assert dialog.kept.list.count() == 0
    assert not (adapters_folder() / "mine").exists()


def test_the_action_shows_one_dialog(window: Window) -> None:
    window.actions_["propose.learn"].trigger()
    (dialog,) = window.findChildren(AdaptingDialog)
    assert dialog.isVisible()
    dialog.close()
    window.actions_["propose.learn"].trigger()
    assert window.findChildren(AdaptingDialog) == [dialog]
    assert dialog.isVisible()
    dialog.close()
