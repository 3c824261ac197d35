"""How near the network and the rules come to people, on songs that neither was made with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields, replace

import numpy as np

from cocomposer.model.harmony import Taste, harmonise
from cocomposer.model.harmony_grid import Idiom
from cocomposer.model.harmony_network import HarmonyNetwork
from cocomposer.music import ChordChange, Key, Mode
from cocomposer.music.analysis.harmonise import harmonise as harmonise_by_rule
from cocomposer.music.analysis.keys import find_keys
from cocomposer.training.harmony_corpus import LeadSheet, as_part
from cocomposer.training.harmony_metrics import HarmonyMetrics, as_triads, measure

METRICS = tuple(field.name for field in fields(HarmonyMetrics))


@dataclass(frozen=True)
class Evaluation:
    """Means over the songs of one split and idiom.

    Every row of `triads` and `whole` is a mean HarmonyMetrics: of people, of the network, of the rules; with chords
    reduced to triads, as the measures are defined, and with all their notes.  `keys` is the share of melodies whose key
    is found from the melody alone, `relative` the share where it or its relative is found, both over `keyed` songs,
    those whose key is certain.
    """

    songs: int
    triads: dict[str, HarmonyMetrics]
    whole: dict[str, HarmonyMetrics]
    keys: float
    relative: float
    keyed: int

    def table(self) -> str:
        """The figures as text, with how far each is from the human value."""
        lines = [f"{self.songs} songs"]
        for title, rows in (("triads", self.triads), ("all notes of the chords", self.whole)):
            lines.append(f"{title:26}{'human':>9}{'network':>9}{'':9}{'rules':>9}")
            for name in METRICS:
                human, ours, rules = (getattr(rows[who], name) for who in ("human", "network", "rules"))
                away = [f"({100 * (value / human - 1):+.0f} %)" if human else "" for value in (ours, rules)]
                lines.append(f"  {name:24}{human:9.3f}{ours:9.3f} {away[0]:8}{rules:9.3f} {away[1]}")
        lines.append(f"key of the melody alone: {self.keys:.3f}, or its relative: {self.relative:.3f} of {self.keyed}")
        return "\n".join(lines)


def evaluate(
    sheets: Sequence[LeadSheet],
    *,
    network: HarmonyNetwork | None = None,
    split: str = "validation",
    idiom: Idiom = Idiom.SONGBOOK,
    taste: Taste | None = None,
    adventurous: float = 0.3,
    seed: int = 0,
) -> Evaluation:
    """Measure people, the network (the shipped one by default) and the rules on the songs of a split and idiom."""
    chosen = [sheet for sheet in sheets if sheet.split == split and sheet.idiom is idiom]

    def by_network(sheet: LeadSheet) -> tuple[ChordChange, ...]:
        return harmonise(
            sheet.song, sheet.melody, sheet.key,
            seed=seed, adventurous=adventurous, idiom=idiom, taste=taste, network=network,
        )  # fmt: skip

    makers: dict[str, Callable[[LeadSheet], Sequence[ChordChange]]] = {
        "human": lambda sheet: sheet.song.chords,
        "network": by_network,
        "rules": lambda sheet: harmonise_by_rule(sheet.song, sheet.melody, sheet.key),
    }
    chords = {who: [make(sheet) for sheet in chosen] for who, make in makers.items()}
    certain = [sheet for sheet in chosen if sheet.certain]
    right = [_key_found(sheet) for sheet in certain]
    return Evaluation(
        len(chosen),
        {who: _mean(chosen, [as_triads(each) for each in made]) for who, made in chords.items()},
        {who: _mean(chosen, made) for who, made in chords.items()},
        float(np.mean([exact for exact, _ in right])) if right else 0.0,
        float(np.mean([near for _, near in right])) if right else 0.0,
        len(certain),
    )


def _mean(sheets: Sequence[LeadSheet], chords: Sequence[Sequence[ChordChange]]) -> HarmonyMetrics:
    rows = [
        astuple(measure(sheet.song, sheet.melody, made)) for sheet, made in zip(sheets, chords, strict=True)
    ]  # fmt: skip
    return HarmonyMetrics(*np.mean(rows, axis=0).tolist()) if rows else HarmonyMetrics(0, 0, 0, 0, 0, 0)


def _key_found(sheet: LeadSheet) -> tuple[bool, bool]:
    """Is the key that the melody alone suggests (the one that lasts longest) the written one; or its relative?"""
    alone = replace(sheet.song, keys=(), chords=(), parts=(as_part(sheet),))
    heard = replace(sheet, song=replace(alone, keys=find_keys(alone))).key
    plain = Key(heard.tonic, Mode.MINOR if heard.mode.is_minor else Mode.MAJOR)
    return plain == sheet.key, plain.relative_major == sheet.key.relative_major
