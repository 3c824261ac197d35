"""Preset files: what is written can be read, and nothing that is damaged gets as far as a plugin."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocomposer.errors import SoundError
from cocomposer.sound.preset_files import bank_file, chunk, plugin_id, program_file, read_preset

OWNER = 0x616D5379
SAVED = b"what the plugin wrote"


def vst3_file(owner: bytes = b"0" * 32, saved: bytes = SAVED) -> bytes:
    at = 48 + len(saved)
    head = struct.pack("<4si32sq", b"VST3", 1, owner, at) + saved
    return head + struct.pack("<4si4sqq", b"List", 1, b"Comp", 48, len(saved))


WHOLE = (
    program_file(OWNER, 1, "Warm", (), SAVED),
    program_file(OWNER, 1, "Warm", (0.25, 1.0), None),
    bank_file(OWNER, 1, 3, SAVED),
    vst3_file(),
)


def test_what_is_written_is_read() -> None:
    assert [plugin_id(data) for data in WHOLE] == [b"amSy", b"amSy", b"amSy", b"0" * 32]
    assert chunk(WHOLE[0]) == chunk(WHOLE[2]) == SAVED
    assert struct.unpack(">2f", WHOLE[1][56:]) == (0.25, 1.0)
    for data in WHOLE[:3]:
        assert struct.unpack_from(">i", data, 4) == (len(data) - 8,)


@pytest.mark.parametrize("data", WHOLE)
def test_a_file_that_ends_early_is_refused(data: bytes) -> None:
    for end in range(len(data)):
        with pytest.raises(ValueError, match="it is n"):
            plugin_id(data[:end])


@settings(deadline=None)
@given(st.sampled_from(WHOLE), st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))))
def test_damage_is_refused_or_harmless(data: bytes, damage: list[tuple[int, bytes]]) -> None:
    broken = bytearray(data)
    for at, new in damage:
        at %= len(data)
        broken[at : at + len(new)] = new
    try:
        owner = plugin_id(bytes(broken))
    except ValueError:
        return
    assert len(owner) in (4, 32)


def test_the_suffix_must_fit_the_plugin(tmp_path: Path) -> None:
    good, wrong, none = tmp_path / "warm.FXP", tmp_path / "warm.vstpreset", tmp_path / "warm.txt"
    for path in (good, wrong, none):
        path.write_bytes(WHOLE[0])
    assert read_preset(good, "VST2") == WHOLE[0]
    with pytest.raises(SoundError, match=r"for VST3 plugins and this is a VST2 one: name a \.fxp or \.fxb file"):
        read_preset(wrong, "VST2")
    with pytest.raises(SoundError, match="not a preset"):
        read_preset(none, "VST2")
    with pytest.raises(SoundError, match=r"name a \.vstpreset file"):
        read_preset(good, "VST3")
    with pytest.raises(SoundError, match="cannot be read"):
        read_preset(tmp_path / "gone.fxp", "VST2")
    good.write_bytes(WHOLE[0][:40])
    with pytest.raises(SoundError, match="it is not whole"):
        read_preset(good, "VST2")


def test_a_file_without_end_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cocomposer.sound.preset_files.MAX_BYTES", 1000)
    path = tmp_path / "large.fxp"
    path.write_bytes(program_file(OWNER, 1, "", (), b"x" * 1000))
    with pytest.raises(SoundError, match="larger than"):
        read_preset(path, "VST2")
