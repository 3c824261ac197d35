"""A VST2 effect that goes on from block to block, in a host process.

DawDreamer resets a plugin at the start of every render, so that echoes and reverbs are cut between blocks, and
pedalboard loads no VST2: so the few calls that streaming takes are made here, through the binary interface alone.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocomposer.sound.protocol import Settings
from cocomposer.sound.soundfont_player import PlayingError

_BLOCK = 512
_OPEN, _CLOSE, _SET_RATE, _SET_BLOCK, _SWITCH, _PARAMETER_NAME, _SET_CHUNK = 0, 1, 10, 11, 12, 8, 24
_HOST_VERSION, _HOST_TIME, _HOST_RATE, _HOST_BLOCK = 1, 7, 16, 17
_MAGIC, _HAS_CHUNK = 0x56737450, 1 << 5

_Audio = ctypes.POINTER(ctypes.POINTER(ctypes.c_float))
_Word, _Long = ctypes.c_int32, ctypes.c_ssize_t


class _Effect(ctypes.Structure):
    pass


_Self = ctypes.POINTER(_Effect)
_Dispatch = ctypes.CFUNCTYPE(_Long, _Self, _Word, _Word, _Long, ctypes.c_void_p, ctypes.c_float)
_Process = ctypes.CFUNCTYPE(None, _Self, _Audio, _Audio, _Word)
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


class Vst2Effect:
    """One instance of an effect at one sample rate."""

    def __init__(self, path: str, sample_rate: int) -> None:
        """Load it.  Raises PlayingError for what is no VST2 effect."""
        self._rate = sample_rate
        self._time = _Time(rate=sample_rate, tempo=120.0, numerator=4, denominator=4, flags=_TEMPO_AND_METRE)
        self._host = _Dispatch(self._asked)
        library = ctypes.CDLL(_binary(path))
        entry = getattr(library, "VSTPluginMain", None) or getattr(library, "main", None)
        if entry is None:
            raise PlayingError("cannot be loaded: it is no VST2 plugin")
        entry.restype, entry.argtypes = _Self, [_Dispatch]
        self._effect = entry(self._host)
        if not self._effect or self._effect.contents.magic != _MAGIC:
            raise PlayingError("cannot be loaded: it gave no effect")
        if self._effect.contents.inputs < 1 or self._effect.contents.outputs < 1:
            raise PlayingError("is no effect: it takes or gives no audio")
        self._tell(_OPEN)
        self._tell(_SET_RATE, number=float(sample_rate))
        self._tell(_SET_BLOCK, value=_BLOCK)
        name = ctypes.create_string_buffer(512)
        self._names: dict[str, int] = {}
        for index in range(self._effect.contents.parameters):
            self._tell(_PARAMETER_NAME, index, pointer=ctypes.cast(name, ctypes.c_void_p))
            self._names.setdefault(name.value.decode(errors="replace"), index)
        self._tell(_SWITCH, value=1)
        self.process(np.zeros((2, _BLOCK), np.float32))  # some know their latency only now
        self.reset()

    def _asked(self, _effect: Any, code: int, _index: int, _value: int, _pointer: int, _number: float) -> int:
        """What the plugin asks of its host."""
        if code == _HOST_TIME:
            return ctypes.addressof(self._time)
        return {_HOST_VERSION: 2400, _HOST_RATE: self._rate, _HOST_BLOCK: _BLOCK}.get(code, 0)

    def _tell(self, code: int, index: int = 0, value: int = 0, pointer: Any = None, number: float = 0.0) -> int:
        return int(self._effect.contents.dispatch(self._effect, code, index, value, pointer, number))

    @property
    def latency(self) -> int:
        """Frames that the output lags."""
        return max(0, int(self._effect.contents.latency))

    def turn(self, parameters: Settings) -> None:
        """Turn parameters; those that the plugin does not have (any more) stay unturned."""
        for name, value in parameters:
            if name in self._names:
                self._effect.contents.set_parameter(self._effect, self._names[name], value)

    def restore(self, state: bytes) -> None:
        """Take a state as DawDreamer saves it, an FXB bank.  Raises PlayingError for anything else."""
        if len(state) < 160 or state[:4] != b"CcnK":
            raise PlayingError("has a state that is not one of a VST2 plugin")
        if state[8:12] == b"FBCh" and self._effect.contents.flags & _HAS_CHUNK:
            chunk = state[160 : 160 + struct.unpack(">I", state[156:160])[0]]
            self._tell(_SET_CHUNK, 0, len(chunk), ctypes.cast(ctypes.c_char_p(chunk), ctypes.c_void_p))
        elif state[8:12] == b"FxBk":
            count = self._effect.contents.parameters
            current = struct.unpack(">I", state[28:32])[0]
            at = 156 + current * (56 + 4 * count) + 56
            values = state[at : at + 4 * count]
            if len(values) == 4 * count:
                for index, (value,) in enumerate(struct.iter_unpack(">f", values)):
                    self._effect.contents.set_parameter(self._effect, index, value)

    def process(self, audio: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next block, (2, n) to (2, n), `latency` late; (1, n) for a mono one.

        A plugin's further inputs hear nothing.
        """
        effect, frames = self._effect.contents, audio.shape[1]
        heard = np.zeros((effect.inputs, frames), np.float32)
        sides = min(len(audio), effect.inputs)
        heard[:sides] = audio[:sides]
        given = np.zeros((effect.outputs, frames), np.float32)
        for at in range(0, frames, _BLOCK):
            length = min(_BLOCK, frames - at)
            effect.replace(self._effect, _channels(heard, at), _channels(given, at), length)
            self._time.position += length
            self._time.quarters = self._time.position / self._rate * self._time.tempo / 60
        return given[:2] if len(given) > 1 else np.repeat(given, 2, axis=0)

    def reset(self) -> None:
        """Forget what was heard."""
        self._tell(_SWITCH, value=0)
        self._tell(_SWITCH, value=1)

    @property
    def is_mono(self) -> bool:
        """Does it take one channel?"""
        return int(self._effect.contents.inputs) == 1

    def close(self) -> None:
        """Unload it."""
        self._tell(_SWITCH, value=0)
        self._tell(_CLOSE)


def _channels(audio: NDArray[np.float32], at: int) -> Any:
    """Pointers to each row from frame `at` on."""
    rows = [ctypes.cast(row.ctypes.data + 4 * at, ctypes.POINTER(ctypes.c_float)) for row in audio]
    return (ctypes.POINTER(ctypes.c_float) * len(rows))(*rows)


def _binary(path: str) -> str:
    """The library in a bundle, or the file itself."""
    inside = Path(path, "Contents", "MacOS", Path(path).stem)
    return str(inside) if sys.platform == "darwin" and inside.exists() else path
