"""What an artist does in a document is heard, written down, and used; with the switch off nothing is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from projects import answered

from cocomposer.composer import Proposal, Request, StyleComposer
from cocomposer.errors import FormatError
from cocomposer.formats.strict_json import Fields
from cocomposer.studio import editing
from cocomposer.studio.choosing import ChoosingComposer, Liking
from cocomposer.studio.document import Document
from cocomposer.studio.keeping import keep_answer
from cocomposer.studio.project_json import terms_from, terms_to
from cocomposer.studio.taste import TasteKeeper, traits_of
from cocomposer.taste import Verdict

FIRST, SECOND = "answer-0", "answer-1"


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[TasteKeeper]:
    keeper = TasteKeeper(tmp_path / "taste.sqlite")
    yield keeper
    keeper.close()


def _heard(keeper: TasteKeeper) -> list[tuple[Verdict, str]]:
    keeper.flush()
    return [(each.verdict, each.answer) for each in keeper.journal.remarks()]


def test_verdicts_are_read_off_the_document(keeper: TasteKeeper) -> None:
    document = Document(answered())
    keeper.follow(document)
    document.perform("Keep", keep_answer(document.project, FIRST))
    document.perform("Reject", document.project.with_verdict(SECOND, "rejected"))
    document.undo()
    assert _heard(keeper) == [
        (Verdict.KEPT, FIRST), (Verdict.REJECTED, SECOND), (Verdict.WITHDRAWN, SECOND),
    ]  # fmt: skip
    generation, answer = document.project.find(FIRST)
    assert keeper.journal.remarks()[0].traits == traits_of(generation, answer)


def test_a_partial_keep_is_heard_with_its_share(keeper: TasteKeeper) -> None:
    document = Document(answered())
    keeper.follow(document)
    document.perform("Keep", keep_answer(document.project, FIRST, bars=(0, 3)))
    assert _heard(keeper) == [(Verdict.PARTLY, FIRST)]
    assert 0 < keeper.journal.remarks()[0].share < 0.6


def test_of_what_is_partly_kept_the_kept_parts_are_heard(keeper: TasteKeeper) -> None:
    document = Document(answered())
    keeper.follow(document)
    generation, answer = document.project.find(FIRST)
    guitar = next(place for place, part in enumerate(answer.song.parts) if part.name == "Guitar")
    document.perform("Keep", keep_answer(document.project, FIRST, parts=[guitar]))
    assert _heard(keeper) == [(Verdict.PARTLY, FIRST)]
    (remark,) = keeper.journal.remarks()
    assert remark.traits["guitars"] > 0
    assert not {"players", "density"} & set(remark.traits)
    assert not any(remark.traits.get(name, 0.0) < 0 for name in ("drums", "keyboards", "strings"))
    assert {"players", "density"} < set(traits_of(generation, answer))


def test_more_and_less_like_this_are_heard_and_passing_over_takes_neither_back(keeper: TasteKeeper) -> None:
    document = Document(answered())
    keeper.follow(document)
    keeper.say(Verdict.LESS, document.project, FIRST)
    keeper.say(Verdict.MORE, document.project, SECOND)
    (asked,) = document.project.generations
    document.perform(
        "Propose", document.project.with_generation(type(asked)(2, asked.sketch, asked.terms, asked.asked))
    )
    keeper.flush()
    assert [each.verdict for each in keeper.taste().standing] == [Verdict.LESS, Verdict.MORE]


def test_edits_after_keeping_are_heard_when_the_artist_goes_on(keeper: TasteKeeper) -> None:
    document = Document(answered())
    stop = keeper.follow(document)
    document.perform("Keep", keep_answer(document.project, FIRST))
    for place, part in enumerate(document.song.parts):
        document.edit("Softer", editing.set_velocity(document.song, place, part.notes, 60))
    stop()
    assert _heard(keeper)[-1] == (Verdict.EDITED, FIRST)
    assert keeper.journal.remarks()[-1].traits["loudness"] < 0


def test_what_was_passed_over_counts_as_skipped_when_another_question_is_asked(keeper: TasteKeeper) -> None:
    document = Document(answered())
    keeper.follow(document)
    document.perform("Keep", keep_answer(document.project, FIRST))
    (asked,) = document.project.generations
    again = type(asked)(2, asked.sketch, asked.terms, asked.asked)
    document.perform("Propose", document.project.with_generation(again))
    assert _heard(keeper) == [(Verdict.KEPT, FIRST), (Verdict.SKIPPED, SECOND)]


def test_a_request_leans_and_its_leaning_is_saved_with_the_question(keeper: TasteKeeper) -> None:
    project = answered()
    document = Document(project)
    keeper.follow(document)
    request = Request(project.song, count=2)
    keeper.flush()
    assert keeper.asked(request) == (request, Liking())
    document.perform("Keep", keep_answer(project, FIRST))
    keeper.flush()
    steered, liking = keeper.asked(request)
    assert len(liking.picks) == request.count
    assert steered.leaning.styles[project.find(FIRST)[1].style] > 0
    assert terms_from(Fields(json.loads(json.dumps(terms_to(steered))), "Terms")).leaning == steered.leaning


def test_the_style_composer_writes_more_and_what_is_like_the_kept_is_shown(keeper: TasteKeeper) -> None:
    project = answered(count=8)
    liked, disliked = project.find("answer-6")[1].style, project.find(FIRST)[1].style
    keeper.exploration = 0
    for _ in range(3):
        keeper.say(Verdict.KEPT, project, "answer-6")
        keeper.say(Verdict.REJECTED, project, FIRST)
    keeper.flush()
    request, liking = keeper.asked(Request(project.song, count=2))
    shown = list(ChoosingComposer(StyleComposer(), liking).propose(request))
    assert len(shown) == 2
    assert liked in {each.style for each in shown}
    assert disliked not in {each.style for each in shown}
    assert all(each.reasons[-1].startswith("Chosen out of 24 ") for each in shown)


def test_a_slow_composer_is_asked_once_and_says_what_it_was_asked_for(keeper: TasteKeeper) -> None:
    project = answered()
    asked: list[Request] = []

    class Neural:
        name = "model"

        def propose(self, request: Request, cancelled: object = None) -> Iterator[Proposal]:
            asked.append(request)
            yield from StyleComposer().propose(request)

    liking = Liking(({"density": -1.0},), ("You keep sparse playing: asked for less.",))
    shown = list(ChoosingComposer(Neural(), liking).propose(Request(project.song, count=2)))
    assert [each.count for each in asked] == [2]
    assert all("You keep sparse playing: asked for less." in each.reasons for each in shown)


def test_a_liking_goes_to_the_composing_process_and_back() -> None:
    liking = Liking(({"density": -1.0, "genre: jazz": 0.5}, {}), ("Told.",))
    assert Liking.from_json(Fields(json.loads(json.dumps(liking.to_json())), "A liking")) == liking
    with pytest.raises(FormatError, match="damaged"):
        Liking.from_json(Fields({"picks": [{"density": "much"}], "told": []}, "A liking"))


def test_with_the_switch_off_nothing_is_recorded_or_steered(keeper: TasteKeeper) -> None:
    keeper.learning = False
    document = Document(answered())
    keeper.follow(document)
    document.perform("Keep", keep_answer(document.project, FIRST))
    request = Request(document.song)
    assert _heard(keeper) == []
    assert not keeper.journal.path.exists()
    assert keeper.asked(request) == (request, Liking())


def test_a_damaged_file_is_told_and_hearing_goes_on(tmp_path: Path) -> None:
    told: list[str] = []
    path = tmp_path / "taste.sqlite"
    path.write_bytes(b"SQLite format 3\0 but not really")
    keeper = TasteKeeper(path, problem=told.append)
    document = Document(answered())
    keeper.follow(document)
    document.perform("Keep", keep_answer(document.project, FIRST))
    assert _heard(keeper) == [(Verdict.KEPT, FIRST)]
    keeper.close()
    assert len(told) == 1
    assert "taste-damaged-1.sqlite" in told[0]


def test_everything_can_be_forgotten(keeper: TasteKeeper) -> None:
    keeper.say(Verdict.KEPT, answered(), FIRST)
    keeper.flush()
    assert keeper.export()["remarks"]
    keeper.forget()
    assert not keeper.journal.path.exists()
    assert keeper.lines() == ()
