"""What traits are called in the language of the window, and what was learned of them in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from cocomposer.taste import GENRE, Line

CONTEXT = "Traits"
_ = QT_TRANSLATE_NOOP
_WORDS: Mapping[str, tuple[str, str]] = {
    "density": (_(CONTEXT, "sparse playing"), _(CONTEXT, "busy playing")),
    "players": (_(CONTEXT, "few players"), _(CONTEXT, "many players")),
    "polyphony": (_(CONTEXT, "thin chords"), _(CONTEXT, "full chords")),
    "sustain": (_(CONTEXT, "short notes"), _(CONTEXT, "long notes")),
    "register": (_(CONTEXT, "a low register"), _(CONTEXT, "a high register")),
    "loudness": (_(CONTEXT, "soft playing"), _(CONTEXT, "loud playing")),
    "chord tones": (_(CONTEXT, "notes outside the chords"), _(CONTEXT, "notes of the chords")),
    "extended chords": (_(CONTEXT, "plain triads"), _(CONTEXT, "extended chords")),
    "smooth voices": (_(CONTEXT, "chords that leap"), _(CONTEXT, "chords that move smoothly")),
    "syncopation": (_(CONTEXT, "playing on the beat"), _(CONTEXT, "syncopated playing")),
    "swing": (_(CONTEXT, "a straight feel"), _(CONTEXT, "a swung feel")),
    "walking bass": (_(CONTEXT, "a bass that stays with the roots"), _(CONTEXT, "a walking bass")),
    "novelty": (_(CONTEXT, "bars that return"), _(CONTEXT, "bars that are always new")),
    "form": (_(CONTEXT, "a free form"), _(CONTEXT, "a form kept closely")),
    "energy": (_(CONTEXT, "a calm mood"), _(CONTEXT, "an energetic mood")),
    "brightness": (_(CONTEXT, "a dark mood"), _(CONTEXT, "a bright mood")),
    "drums": (_(CONTEXT, "no drums"), _(CONTEXT, "drums")),
    "guitars": (_(CONTEXT, "no guitars"), _(CONTEXT, "guitars")),
    "keyboards": (_(CONTEXT, "no keyboards"), _(CONTEXT, "keyboards")),
    "strings": (_(CONTEXT, "no strings or choirs"), _(CONTEXT, "strings or choirs")),
    "winds": (_(CONTEXT, "no winds or brass"), _(CONTEXT, "winds or brass")),
    "synths": (_(CONTEXT, "no synthesisers"), _(CONTEXT, "synthesisers")),
    "moderate density": (_(CONTEXT, "density at either extreme"), _(CONTEXT, "moderate density")),
    "moderate register": (_(CONTEXT, "register at either extreme"), _(CONTEXT, "moderate register")),
    "moderate loudness": (_(CONTEXT, "loudness at either extreme"), _(CONTEXT, "moderate loudness")),
    "moderate energy": (_(CONTEXT, "energy at either extreme"), _(CONTEXT, "moderate energy")),
    "composer's opinion": (_(CONTEXT, "what the composer doubts"), _(CONTEXT, "what the composer finds good")),
}
"""What little and much of each trait are, as in `taste.TRAITS`."""


def sides(trait: str) -> tuple[str, str]:
    """What there is at the left (little) and the right (much) of a trait; of a genre or style what it is, alone."""
    if trait in _WORDS:
        little, much = (QCoreApplication.translate(CONTEXT, words) for words in _WORDS[trait])
        return little, much
    name = trait.partition(": ")[2].replace("-", " ")
    if trait.startswith(GENRE):
        return "", name
    return "", QCoreApplication.translate(CONTEXT, "the style {name}").format(name=name)


def sentence(line: Line) -> str:
    """A line of a taste with what it goes by."""
    translate = QCoreApplication.translate
    little, much = sides(line.trait)
    likes = line.weight > 0
    liked, other = (much, little) if likes or not little else (little, much)
    if line.corrected and abs(line.weight) <= _NOTHING:
        return translate(CONTEXT, "You said that this does not matter.")
    if line.corrected and not likes and not little:
        return translate(CONTEXT, "You said that you do not like {what}.").format(what=liked)
    if line.corrected:
        return translate(CONTEXT, "You said that you like {what}.").format(what=liked)
    (kept, shown), (others, seen) = line.often, line.seldom
    if little:
        told = translate(CONTEXT, "You keep {what}: {kept} of {shown}; of {other} {others} of {seen}.")
        return told.format(what=liked, other=other, kept=kept, shown=shown, others=others, seen=seen)
    if likes:
        return translate(CONTEXT, "You keep {what}: {kept} of {shown}.").format(what=liked, kept=kept, shown=shown)
    told = translate(CONTEXT, "You pass over {what}: {kept} of {shown} kept.")
    return told.format(what=liked, kept=others, shown=seen)


_NOTHING = 0.1
"""Weight, in nats, up to which a corrected trait does not matter."""
