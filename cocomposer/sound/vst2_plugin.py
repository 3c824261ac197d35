"""A VST2 plugin through its binary interface alone, in a host process, for what no library does.

DawDreamer resets a plugin at the start of every render, so that echoes and reverbs are cut between blocks, and hears
nothing of what is turned in a window; pedalboard loads no VST2.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from pathlib import Path
from typing import Any

from cocomposer.sound.plugins import MAX_PARAMETERS, parameter_names
from cocomposer.sound.protocol import Settings
from cocomposer.sound.soundfont_player import PlayingError

BLOCK = 512
"""Frames that are processed at a time."""
SWITCH = 12
_OPEN, _CLOSE, _PARAMETER_NAME, _SET_RATE, _SET_BLOCK, _GET_CHUNK, _SET_CHUNK = 0, 1, 8, 10, 11, 23, 24
_HOST_VERSION, _HOST_TIME, _HOST_RATE, _HOST_BLOCK = 1, 7, 16, 17
_MAGIC, _HAS_CHUNK = 0x56737450, 1 << 5
_BANK_HEAD, _PROGRAM_HEAD = 156, 56

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
        library = ctypes.CDLL(_binary(path))
        entry = getattr(library, "VSTPluginMain", None) or getattr(library, "main", None)
        if entry is None:
            raise PlayingError("cannot be loaded: it is no VST2 plugin")
        entry.restype, entry.argtypes = _Self, [_Dispatch]
        self.pointer = entry(self._host)
        if not self.pointer or self.pointer.contents.magic != _MAGIC:
            raise PlayingError("cannot be loaded: it gave no plugin")
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
            chunk = ctypes.c_void_p()
            size = self.tell(_GET_CHUNK, pointer=ctypes.addressof(chunk))
            saved = ctypes.string_at(chunk, size) if chunk and size > 0 else b""
            head = struct.pack(">4si4siiii128xI", b"CcnK", 0, b"FBCh", 1, effect.id, effect.version, effect.programs,
                               len(saved))  # fmt: skip
            return head + saved
        count = effect.parameters
        values = [effect.get_parameter(self.pointer, index) for index in range(count)]
        return struct.pack(f">4si4siiii28x{count}f", b"CcnK", 0, b"FxCk", 1, effect.id, effect.version, count, *values)

    def restore(self, state: bytes) -> None:
        """Take back what `state` gave, or DawDreamer saved.  Raises PlayingError for anything else."""
        if len(state) < _PROGRAM_HEAD or state[:4] != b"CcnK":
            raise PlayingError("has a state that is not one of a VST2 plugin")
        kind, count = state[8:12], self.effect.parameters
        if kind == b"FBCh" and self.effect.flags & _HAS_CHUNK:
            chunk = ctypes.create_string_buffer(state[_BANK_HEAD + 4 :], max(1, len(state) - _BANK_HEAD - 4))
            self.tell(_SET_CHUNK, 0, len(state) - _BANK_HEAD - 4, ctypes.addressof(chunk))
            return
        at = 0
        if kind == b"FxBk":
            (current,) = struct.unpack(">I", state[28:32])
            at = _BANK_HEAD + current * (_PROGRAM_HEAD + 4 * count)
        values = state[at + _PROGRAM_HEAD : at + _PROGRAM_HEAD + 4 * count]
        if kind not in (b"FxBk", b"FxCk") or len(values) != 4 * count:
            raise PlayingError("has a state that is not one of this plugin")
        for index, (value,) in enumerate(struct.iter_unpack(">f", values)):
            self.effect.set_parameter(self.pointer, index, value)

    def close(self) -> None:
        """Unload it."""
        self.tell(SWITCH, value=0)
        self.tell(_CLOSE)


def _binary(path: str) -> str:
    """The library in a bundle, or the file itself."""
    inside = Path(path, "Contents", "MacOS", Path(path).stem)
    return str(inside) if sys.platform == "darwin" and inside.exists() else path
