"""Every factory preset heard once, in numbers: level, peak, NaN; what moods and controls do to a proposal.

    python tests/benchmarks/preset_audition.py [KIND ...] [--model]

Instruments are measured as they leave the host, racks, templates and moods (the style nearest to each) before the
master (the source enters a rack at -20 LUFS).  What moods and controls ask for is composed by the local model with
--model, against a proposal without any.
Leaves with 1 where something is silent, clips before the master by more than 6 dB, or is no number.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

from cocomposer.composer import Controls, Request
from cocomposer.library.index import Entry
from cocomposer.library.preset import ControlPreset, MoodPreset, Preset
from cocomposer.music import Song
from cocomposer.resources import presets_folder
from cocomposer.sound.loudness import decibels, integrated_loudness
from cocomposer.sound.render import RenderSettings, render
from cocomposer.sound.supervisor import Hosts
from cocomposer.studio.preset_previews import preview_song
from cocomposer.studio.presets import Presets
from cocomposer.studio.propose import composer_named

QUIETEST, LOUDEST_PEAK = -45.0, 6.0
"""LUFS and dBFS that a preset stays between before the master."""


def heard(song: Song, hosts: Hosts) -> tuple[float, float, bool]:
    """LUFS and peak in dBFS before the master, and whether every sample is a number."""
    rendering = render(song, RenderSettings(stems=True), hosts=hosts)
    audio = rendering.before_master
    assert audio is not None
    finite = bool(np.isfinite(audio).all() and np.isfinite(rendering.mix).all())
    return integrated_loudness(audio, 44100), decibels(float(np.abs(audio).max())), finite


def audition(preset: Preset, presets: Presets, hosts: Hosts) -> bool:
    """Print a line about `preset`; tells whether it passes."""
    value = presets.at_hand(preset).value
    song = preview_song(preset, value, lambda: False)
    assert song is not None
    begin = time.perf_counter()
    loudness, peak, finite = heard(song, hosts)
    passes = finite and loudness > QUIETEST and peak < LOUDEST_PEAK
    print(f"{'ok ' if passes else 'BAD'} {preset.kind_name:11} {preset.name:28} {loudness:6.1f} LUFS, "
          f"peak {peak:6.1f} dB, {time.perf_counter() - begin:4.1f} s")  # fmt: skip
    return passes


def figures(song: Song) -> str:
    """What controls move, of the players a composer added."""
    notes = [note for part in song.parts for note in part.notes]
    pitched = [note.pitch for part in song.parts if part.role != "drums" for note in part.notes]
    off = np.mean([round(note.start / 120) % 4 != 0 for note in notes])
    return (f"{len(notes) / len(song.bars):5.1f} notes a bar, velocity {np.mean([n.velocity for n in notes]):5.1f}, "
            f"pitch {np.mean(pitched):4.1f}, off the beat {off:4.0%}")  # fmt: skip


def composed(controls: Controls, presets: Presets) -> str:
    template = presets.load(presets.index.named("template/Song in four minutes")).value()
    sketch = Song(length=8 * 1920, chords=template.chords[:8], keys=template.keys, tempos=template.tempos)
    request = Request(sketch=sketch, count=1, seed=1, controls=controls)
    return figures(next(iter(composer_named("model", request).propose(request, lambda: False))).song)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=[])
    parser.add_argument("--model", action="store_true")
    arguments = parser.parse_args()
    presets = Presets()
    presets.index.refresh()
    new: list[Entry] = [
        each for each in presets.search(limit=1000) if presets_folder() / "library" in each.path.parents
    ]
    failed = 0
    with Hosts() as hosts:
        for entry in new:
            if entry.kind in (arguments.kinds or ("instrument", "rack", "template", "mood")):
                failed += not audition(presets.load(entry), presets, hosts)
    if arguments.model:
        print(f"{'without':28} {composed(Controls(), presets)}")
        for preset in (presets.load(entry) for entry in new if entry.kind in ("mood", "control")):
            if isinstance(preset, MoodPreset):
                asked = {"valence": preset.mood.valence, "arousal": preset.mood.arousal}
            else:
                assert isinstance(preset, ControlPreset)
                asked = preset.control.everybody.asked()
            print(f"{preset.name:28} {composed(Controls(**asked), presets)}")  # type: ignore[arg-type]
    print(f"{len(new)} factory presets beside the styles, {failed} failed")
    return min(1, failed)


if __name__ == "__main__":
    sys.exit(main())
