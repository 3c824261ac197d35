"""What composers say, in another language: every form they speak in is in the book, and gaps are filled rightly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cocomposer.ui import phrases
from cocomposer.ui.key_names import key_name, key_named, key_names
from cocomposer.ui.phrases import PhraseBook, book, said, speak
from hypothesis import given
from hypothesis import strategies as st

from cocomposer import formats
from cocomposer.composer.drafts import drafts_for
from cocomposer.composer.request import Request, Task
from cocomposer.composer.sketch import understand
from cocomposer.composer.style_composer import StyleComposer
from cocomposer.composer.substitutions import substitutions_at
from cocomposer.errors import MusicError
from cocomposer.music import Key, Song
from cocomposer.resources import assets_folder
from cocomposer.styles.loading import load_styles

CODES = [path.stem for path in phrases.FOLDER.glob("*.json")]
SKETCHES = sorted((assets_folder() / "sketches").glob("*.mid"))[:4]


@pytest.fixture
def german() -> Iterator[None]:
    speak("de")
    yield
    speak("en")


def song(number: int) -> Song:
    return formats.read(SKETCHES[number % len(SKETCHES)])


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("number", range(len(SKETCHES)))
def test_every_reason_of_a_style_is_in_the_book(code: str, number: int) -> None:
    there = book(code)
    for proposal in StyleComposer().propose(Request(sketch=song(number), seed=number), lambda: False):
        assert there.knows(proposal.title.split(",")[0]) or proposal.title.split(",")[0] in names()
        assert [reason for reason in proposal.reasons if not there.knows(reason)] == []


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("task", [Task.ARRANGE, Task.INFILL, Task.VARY, Task.MELODY, Task.REMIX])
def test_every_reason_of_the_model_is_in_the_book(code: str, task: Task) -> None:
    there = book(code)
    asked = Request(sketch=song(0), task=task, bars=(0, 3) if task is Task.INFILL else None, seed=2)
    made = list(drafts_for(asked))
    assert made
    assert [reason for draft in made for reason in draft.reasons if not there.knows(reason)] == []
    assert [draft.title for draft in made if not there.knows(draft.title) and draft.title not in names()] == []


@pytest.mark.parametrize("code", CODES)
def test_every_substitution_is_in_the_book(code: str) -> None:
    there, told = book(code), 0
    for number in range(len(SKETCHES)):
        sketch = understand(song(number))
        for key in (Key.parse("C"), Key.parse("A minor")):
            there_too = replace(sketch, keys=(replace(sketch.keys[0], key=key),))
            for span in sketch.chord_spans:
                for each in substitutions_at(there_too, span.start):
                    told += 1
                    assert there.knows(each.reason), each.reason
    assert told > 50


@pytest.mark.parametrize("code", CODES)
def test_every_style_is_described(code: str) -> None:
    there = book(code)
    assert [style.id for style in load_styles().values() if not there.knows(style.description)] == []


@pytest.mark.parametrize("code", CODES)
def test_a_form_has_the_same_gaps_in_both_languages(code: str) -> None:
    import json

    for form, other in json.loads((phrases.FOLDER / f"{code}.json").read_text(encoding="utf-8")).items():
        assert sorted(re.findall(r"{\w*}", form)) == sorted(re.findall(r"{\w*}", other)), form


def names() -> set[str]:
    return {style.name for style in load_styles().values()}


def test_a_sentence_is_translated_with_what_stands_in_it(german: None) -> None:
    assert said("It grows: bass and drums from bar 5, cello from bar 9.") == (
        "Es wächst: bass und drums ab Takt 5, cello ab Takt 9."
    )
    assert said("Your chords are kept as written, in G major.") == (
        "Deine Akkorde bleiben, wie du sie schriebst, in G-Dur."
    )
    assert said("Piano Ballad, intimate") == "Klavierballade, innig"


def test_the_artists_own_words_stay(german: None) -> None:
    assert said("After Rain and Sun") == "Nach Rain and Sun"
    assert said("Nobody wrote this and that.") == "Nobody wrote this and that."


def test_english_stays_as_it_is() -> None:
    assert said("It grows: bass from bar 5.") == "It grows: bass from bar 5."


@given(st.text(alphabet="ab and{}.", max_size=40))
def test_any_text_has_a_translation(text: str) -> None:
    assert isinstance(PhraseBook({"a {x} b": "c {x} d", "{first} and {last}": "{first} und {last}"}).told(text), str)


def test_keys_are_read_as_they_are_written(german: None) -> None:
    assert key_name(Key.parse("F# minor")) == "F#-Moll"
    assert [key_name(key_named(name)) for name in key_names()] == list(key_names())
    assert key_named("D-Dorisch") == Key.parse("D dorian")
    assert key_named("a-moll") == key_named("Am") == Key.parse("A minor")
    with pytest.raises(MusicError):
        key_named("H-Dur")
