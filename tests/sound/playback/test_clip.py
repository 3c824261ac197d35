"""A stored preview, heard once beside the song."""

from __future__ import annotations

import numpy as np

from cocomposer.sound.playback.clip import Clip

RATE = 1_000


def heard(clip: Clip, frames: int = 100) -> np.ndarray:
    block = np.zeros((2, frames), np.float32)
    clip.add_to(block)
    return block


def test_a_piece_is_heard_from_its_beginning_to_its_end_once() -> None:
    piece = np.stack([np.arange(250), -np.arange(250)]).astype(np.float32)
    clip = Clip(RATE)
    clip.hear(piece, RATE)
    assert np.array_equal(np.concatenate([heard(clip) for _ in range(3)], axis=1)[:, :250], piece)
    assert not heard(clip).any()


def test_another_takes_its_place_and_the_old_one_fades() -> None:
    clip = Clip(RATE)
    clip.hear(np.full((2, 500), 0.5, np.float32), RATE)
    heard(clip)
    clip.hear(np.full((2, 500), 0.1, np.float32), RATE)
    block = heard(clip)
    assert 0.5 < block[0, 0] < 0.6
    assert np.abs(np.diff(block[0])).max() < 0.04, "no click"
    assert np.allclose(block[:, 30:], 0.1)
    clip.hear(None, RATE)
    assert np.abs(heard(clip)[0, 30:]).max() == 0


def test_another_rate_keeps_its_pitch() -> None:
    clip = Clip(RATE)
    clip.hear(np.tile(np.sin(np.arange(2_000) * 2 * np.pi * 10 / (2 * RATE)), (2, 1)).astype(np.float32), 2 * RATE)
    block = heard(clip, 1_000)[0]
    crossings = np.count_nonzero(np.diff(np.sign(block[1:-1])) > 0)
    assert crossings in (9, 10)
