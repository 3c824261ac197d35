"""A VST2 plugin through its binary interface alone, in a host process, for what no library does.

DawDreamer resets a plugin at the start of every render, so that echoes and reverbs are cut between blocks, and hears
nothing of what is turned in a window; pedalboard loads no VST2.
"""

from __future__ import annotations

import ctypes
import math
import struct
import sys
from pathlib import Path
from typing import Any

from cocomposer.sound.plugins import MAX_PARAMETERS, MAX_TEXT, parameter_names
from cocomposer.sound.preset_files import (
    BANK_CHUNK,
    BANK_HEAD,
    BANK_VALUES,
    PROGRAM_CHUNK,
    PROGRAM_HEAD,
    bank_file,
    chunk,
    plugin_id,
    program_file,
)
from cocomposer.sound.protocol import Settings
from cocomposer.sound.soundfont_player import PlayingError

BLOCK = 512
"""Frames that are processed at a time."""
SWITCH = 12
_OPEN, _CLOSE, _PARAMETER_NAME, _SET_RATE, _SET_BLOCK, _GET_CHUNK, _SET_CHUNK = 0, 1, 8, 10, 11, 23, 24
_CATEGORY, _SHELL = 35, 10
_SET_PROGRAM, _GET_PROGRAM, _PROGRAM_NAME, _PROGRAM_NAME_OF, _BEGIN_PROGRAM, _END_PROGRAM = 2, 3, 5, 29, 67, 68
_HOST_VERSION, _HOST_TIME, _HOST_RATE, _HOST_BLOCK = 1, 7, 16, 17
_MAGIC, _HAS_CHUNK = 0x56737450, 1 << 5
MAX_PROGRAMS = 4096
"""Programs of a plugin that are named at most."""

Channels = ctypes.POINTER(ctypes.POINTER(ctypes.c_float))
_Word, _Long = ctypes.c_int32, ctypes.c_ssize_t


class _Effect(ctypes.Structure):
    pass


_Self = ctypes.POINTER(_Effect)
_Dispatch = ctypes.CFUNCTYPE(_Long, _Self, _Word, _Word, _Long, ctypes.c_void_p, ctypes.c_float)
_Process = ctypes.CFUNCTYPE(None, _Self, Channels, Channels, _Word)
_SetParameter = ctypes.CFUNCTYPE(None, _Self, _Word, ctypes.c_float)
_GetParameter = ctypes.CFUNCTYPE(ctypes.c_float, _Self, _Word)

_Effect._fields_ = [
    ("magic", _Word), ("dispatch", _Dispatch), ("accumulate", _Process), ("set_parameter", _SetParameter),
    ("get_parameter", _GetParameter), ("programs", _Word), ("parameters", _Word), ("inputs", _Word),
    ("outputs", _Word), ("flags", _Word), ("host_own", _Long * 2), ("latency", _Word), ("qualities", _Word * 2),
    ("io_ratio", ctypes.c_float), ("object", ctypes.c_void_p), ("user", ctypes.c_void_p), ("id", _Word),
    ("version", _Word), ("replace", _Process), ("replace_double", ctypes.c_void_p), ("future", ctypes.c_char * 56),
]  # fmt: skip


class _Time(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_double) for name in ("position", "rate", "nanoseconds", "quarters", "tempo", "bar", "from_",
                                               "until")),
        *((name, _Word) for name in ("numerator", "denominator", "smpte", "smpte_rate", "to_clock", "flags")),
    ]  # fmt: skip


_TEMPO_AND_METRE = 1 << 10 | 1 << 13


class Vst2Plugin:
    """One instance of a plugin at one sample rate, switched off at first."""

    def __init__(self, path: str, sample_rate: int) -> None:
        """Load it.  Raises PlayingError for what is no VST2 plugin."""
        self.name = Path(path).stem
        self.sample_rate = sample_rate
        self.time = _Time(rate=sample_rate, tempo=120.0, numerator=4, denominator=4, flags=_TEMPO_AND_METRE)
        self._host = _Dispatch(self._asked)
        self.pointer = _instance(path, self._host)
        self.effect = self.pointer.contents
        self.tell(_OPEN)
        self.tell(_SET_RATE, number=float(sample_rate))
        self.tell(_SET_BLOCK, value=BLOCK)
        name = ctypes.create_string_buffer(512)
        names = []
        for index in range(min(self.effect.parameters, MAX_PARAMETERS)):
            self.tell(_PARAMETER_NAME, index, pointer=ctypes.addressof(name))
            names.append(name.value.decode(errors="replace"))
        self._indices = {each: index for index, each in enumerate(parameter_names(names))}

    def _asked(self, _effect: Any, code: int, _index: int, _value: int, _pointer: int, _number: float) -> int:
        """What the plugin asks of its host."""
        if code == _HOST_TIME:
            return ctypes.addressof(self.time)
        return {_HOST_VERSION: 2400, _HOST_RATE: self.sample_rate, _HOST_BLOCK: BLOCK}.get(code, 0)

    def tell(self, code: int, index: int = 0, value: int = 0, pointer: int = 0, number: float = 0.0) -> int:
        """Call the plugin; `code` is the interface's."""
        return int(self.effect.dispatch(self.pointer, code, index, value, pointer, number))

    def turn(self, parameters: Settings) -> None:
        """Turn parameters; those that the plugin does not have (any more) stay unturned."""
        for name, value in parameters:
            if name in self._indices:
                self.effect.set_parameter(self.pointer, self._indices[name], value)

    def state(self) -> bytes:
        """What the plugin saves of itself, as an FXB bank, or an FXP program where it has parameters alone."""
        effect = self.effect
        if effect.flags & _HAS_CHUNK:
            return bank_file(effect.id, effect.version, effect.programs, self._chunk(is_program=False))
        return self.preset()

    def preset(self) -> bytes:
        """The program that is chosen, as an FXP file."""
        effect = self.effect
        values = tuple(effect.get_parameter(self.pointer, index) for index in range(effect.parameters))
        saved = self._chunk(is_program=True) if effect.flags & _HAS_CHUNK else None
        return program_file(effect.id, effect.version, self._program_name(), values, saved)

    def _chunk(self, is_program: bool) -> bytes:
        chunk = ctypes.c_void_p()
        size = self.tell(_GET_CHUNK, index=int(is_program), pointer=ctypes.addressof(chunk))
        return ctypes.string_at(chunk, size) if chunk and size > 0 else b""

    def restore(self, state: bytes) -> None:
        """Take back what `state` or `preset` gave, DawDreamer saved, or a preset file holds.

        Raises PlayingError for anything else, and for what another plugin saved.
        """
        check_owner(state, struct.pack(">i", self.effect.id))
        kind, count = state[8:12], self.effect.parameters
        if kind in (BANK_CHUNK, PROGRAM_CHUNK):
            if not self.effect.flags & _HAS_CHUNK:
                raise PlayingError("has a state that is not one of this plugin")
            saved = chunk(state)
            held = ctypes.create_string_buffer(saved, max(1, len(saved)))
            self.tell(_SET_CHUNK, int(kind == PROGRAM_CHUNK), len(saved), ctypes.addressof(held))
            return
        at = 0
        if kind == BANK_VALUES:
            (current,) = struct.unpack(">I", state[28:32])
            at = BANK_HEAD + current * (PROGRAM_HEAD + 4 * count)
        values = state[at + PROGRAM_HEAD : at + PROGRAM_HEAD + 4 * count]
        if len(values) != 4 * count:
            raise PlayingError("has a state that is not one of this plugin")
        for index, (value,) in enumerate(struct.iter_unpack(">f", values)):
            if math.isfinite(value):
                self.effect.set_parameter(self.pointer, index, min(1.0, max(0.0, value)))

    def programs(self) -> tuple[str, ...]:
        """The names of its programs; the program that is chosen stays so."""
        name = ctypes.create_string_buffer(512)
        count, chosen = min(self.effect.programs, MAX_PROGRAMS), self.tell(_GET_PROGRAM)
        names = []
        for index in range(count):
            name.value = b""
            if not self.tell(_PROGRAM_NAME_OF, index, -1, ctypes.addressof(name)):  # not all tell it unchosen
                self.tell(_SET_PROGRAM, value=index)
                names.append(self._program_name())
                continue
            names.append(_text(name))
        self.tell(_SET_PROGRAM, value=chosen)
        while names and not names[-1]:  # places that nothing was saved to
            names.pop()
        return tuple(names)

    def choose(self, program: int) -> None:
        """Go to a program.  Raises PlayingError where there is none of that number, counted from 0."""
        if not 0 <= program < self.effect.programs:
            raise PlayingError(f"has no program {program + 1}")
        self.tell(_BEGIN_PROGRAM)
        self.tell(_SET_PROGRAM, value=program)
        self.tell(_END_PROGRAM)

    def _program_name(self) -> str:
        name = ctypes.create_string_buffer(512)
        self.tell(_PROGRAM_NAME, pointer=ctypes.addressof(name))
        return _text(name)

    def close(self) -> None:
        """Unload it."""
        self.tell(SWITCH, value=0)
        self.tell(_CLOSE)


def _instance(path: str, host: Any) -> Any:
    """A pointer to a new instance.  Raises PlayingError."""
    library = ctypes.CDLL(_binary(path))
    entry = getattr(library, "VSTPluginMain", None) or getattr(library, "main", None)
    if entry is None:
        raise PlayingError("cannot be loaded: it is no plugin, but a library that plugins beside it may use")
    entry.restype, entry.argtypes = _Self, [_Dispatch]
    pointer = entry(host)
    if not pointer or pointer.contents.magic != _MAGIC:
        raise PlayingError("cannot be loaded: it gave no plugin")
    return pointer


def check_single(path: str) -> None:
    """Raises PlayingError for a file that is no VST2 plugin, or a shell, which gives out another plugin each time.

    What it takes to look stays in memory: for a process that ends soon.
    """
    answers = {_HOST_VERSION: 2400, _HOST_RATE: 44100, _HOST_BLOCK: BLOCK}
    host = _Dispatch(lambda _effect, code, *_: answers.get(code, 0))
    _kept.append(host)
    pointer = _instance(path, host)
    if pointer.contents.dispatch(pointer, _CATEGORY, 0, 0, None, 0.0) == _SHELL:
        raise PlayingError("holds several plugins in one file, which cannot be played: use their VST3 files, if any")


_kept: list[Any] = []
"""What C holds on to, and Python must not throw away."""


def check_owner(state: bytes, owner: bytes) -> None:
    """Raises PlayingError for a state that is damaged, or is not the one of the plugin with that id."""
    try:
        other = plugin_id(state)
    except ValueError as error:
        raise PlayingError(f"has a state that cannot be used: {error}") from error
    if other != owner:
        raise PlayingError("has a state that another plugin saved")


def _text(name: Any) -> str:
    return str(name.value.decode(errors="replace").strip()[:MAX_TEXT])


def _binary(path: str) -> str:
    """The library in a bundle, or the file itself."""
    inside = Path(path, "Contents", "MacOS", Path(path).stem)
    return str(inside) if sys.platform == "darwin" and inside.exists() else path
