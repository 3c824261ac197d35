"""Share codes: one line that says a preset, the whole preset, or is refused."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocomposer.errors import PresetError
from cocomposer.library.preset import parse
from cocomposer.library.reading import factory_folders, preset_files, read_preset, read_presets
from cocomposer.library.share_code import LONGEST, PREFIX, from_code, to_code, write_qr
from cocomposer.resources import presets_folder

TANGO = read_preset(presets_folder() / "styles" / "tango.toml")
CODE = to_code(TANGO)


def code_of(text: bytes, checksum: int | None = None) -> str:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(text) + deflate.flush()
    data = struct.pack(">I", zlib.crc32(text) if checksum is None else checksum) + packed
    return PREFIX + base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_every_factory_preset_fits_and_comes_back() -> None:
    for folder in factory_folders():
        for file in preset_files(folder):
            for preset in read_presets(Path(file.path)):
                code = to_code(preset)
                assert len(code) <= LONGEST
                assert from_code(code) == preset


def test_a_chat_may_break_the_line() -> None:
    assert from_code("  " + "\n".join(CODE[place : place + 60] for place in range(0, len(CODE), 60)) + "\n") == TANGO


@given(st.integers(len(PREFIX), len(CODE) - 1), st.sampled_from("AZaz09-_"))
@settings(max_examples=150, deadline=None)
def test_a_letter_that_is_wrong_is_noticed(place: int, letter: str) -> None:
    changed = CODE[:place] + letter + CODE[place + 1 :]
    if place == len(CODE) - 1 or changed == CODE:
        return  # the last letter may have bits that say nothing
    with pytest.raises(PresetError, match=r"damaged|no preset|cannot be used"):
        from_code(changed)


@given(st.integers(1, len(CODE) - len(PREFIX)))
@settings(max_examples=60, deadline=None)
def test_a_code_cut_short_is_noticed(cut: int) -> None:
    with pytest.raises(PresetError, match="damaged"):
        from_code(CODE[:-cut])


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_other_text_is_no_code(text: str) -> None:
    with pytest.raises(PresetError):
        from_code(text)


def test_what_a_stranger_may_send_is_refused() -> None:
    for code, said in (
        (CODE.replace("coco1", "coco2"), "newer"),
        (code_of(b"[1]"), "no preset"),
        (code_of(b"\xff"), "no preset"),
        (code_of(b"[" * 40_000), "no preset"),
        (code_of(json.dumps(TANGO.table()).encode(), 5), "damaged"),
        (code_of(b" " * 60_000), "damaged"),
        (code_of(b'{"schema":2,"kind":"mood","name":"x","mood":{}}'), "valence"),
        (PREFIX + "A" * 5_000, "up to"),
        ("https://example.org", "no share code"),
    ):
        with pytest.raises(PresetError, match=said):
            from_code(code)


def test_what_does_not_fit_is_for_a_pack() -> None:
    controls = {f"part {number}": {"density": number / 1_000_007} for number in range(16)}
    tags = [f"{number * 7919 % 99_991:x}" * 9 for number in range(20)]
    noise = "".join(chr(33 + zlib.crc32(bytes([number % 256, number // 256])) % 90) for number in range(1_900))
    table = {"schema": 2, "kind": "control", "name": "Big", "tags": tags, "description": noise.replace("\\", "x")}
    with pytest.raises(PresetError, match="share it as a pack"):
        to_code(parse({**table, "control": {"parts": controls}}))


def test_the_picture_is_svg_or_png(tmp_path: Path) -> None:
    assert b"<svg" in write_qr(CODE, tmp_path / "a.svg").read_bytes()
    assert write_qr(CODE, tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(PresetError, match=r"svg or \.png"):
        write_qr(CODE, tmp_path / "a.gif")
