"""All native code the program runs, supervised: instruments, plugins and plugin effects, in host processes.

Nothing that happens in a host touches the program: a host that ends, hangs or grows without measure is replaced, and
whatever was loaded in it is loaded again, with its state, for the next call.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import math
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.errors import SoundError
from cocomposer.music import Effect, Instrument, InstrumentKind
from cocomposer.sound.editor import Editor
from cocomposer.sound.host import Host, InstrumentError, checked
from cocomposer.sound.host_pool import HostPool
from cocomposer.sound.hosted_effect import HostedEffect
from cocomposer.sound.protocol import Curve, MidiEvent, ParameterValue, Performance
from cocomposer.sound.quarantine import Quarantine
from cocomposer.sound.quarantine_file import QuarantineFile
from cocomposer.sound.soundfonts import default_soundfont

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

LARGE_SOUNDFONT = 20_000_000
"""Bytes.  A player keeps samples as floats, 1.5 to 3 times the file's size for .sf2 and ten times for .sf3."""

TAIL_SECONDS = 8.0
"""Longest time an instrument may ring on after its last note."""

MEMORY = 4 << 30
"""Bytes a host may have for itself, or half of what the computer has where that is more."""

MOST_LOADED = 16
"""Instruments that one process keeps."""

PATIENCE_SECONDS = 0.05
"""How long music that is being heard waits for an effect: what is left of the 90 ms that are mixed ahead will do for
the rest of a block."""

_RATE = 44100


def _never() -> bool:
    return False


class Hosts:
    """The host processes of the program.  Every method may be called from any thread; `close` ends them all.

    `plugin_seconds` is the time a plugin has to load, and again, beyond the length of the music, to play; `processes`
    how many play at a time (0: one a core, two at least); `memory` the bytes each may have; `quarantine` the file that
    remembers who crashed too often.
    """

    def __init__(
        self, *, plugin_seconds: float = 30.0, processes: int = 0, memory: int = 0, quarantine: Path | None = None
    ) -> None:
        self._seconds = plugin_seconds
        memory = memory or max(MEMORY, _physical_memory() // 2)
        self._players = HostPool(processes or min(4, max(2, os.cpu_count() or 2)), memory, MOST_LOADED)
        self._effects, self._editors = HostPool(0, memory), HostPool(0, memory)
        self._quarantine = Quarantine(QuarantineFile(quarantine) if quarantine else None)
        self._numbers = itertools.count(1)

    def __enter__(self) -> Hosts:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def play(
        self,
        instrument: Instrument,
        program: int,
        drums: bool,
        events: tuple[MidiEvent, ...],
        seconds: float,
        *,
        tail: float = TAIL_SECONDS,
        sample_rate: int = _RATE,
        bpm: float = 120.0,
        automation: tuple[tuple[str, Curve], ...] = (),
        cancelled: Callable[[], bool] = _never,
    ) -> Audio:
        """What the instrument plays, float32 (2, n), until it has rung out, `seconds + tail` at most.

        `automation` moves parameters of a plugin.  Raises InstrumentError for every failure of the instrument, also
        for samples that nobody can want; Cancelled soon after `cancelled()` turns true: what was being played ends in
        the background.
        """
        performance = Performance(events, seconds, tail, sample_rate, program, drums, bpm, automation)
        with self._loaded(instrument, sample_rate, cancelled) as (host, key):
            limit = self._seconds + seconds
            result = host.call("play", limit, "playing", cancelled, key=key, performance=performance.to_data())
            audio = host.block.read_audio(min(performance.frames, int(result.get("frames", 0))))
            host.block.clear()
        return checked(audio)

    def parameters(self, plugin: Instrument | Effect) -> tuple[ParameterValue, ...]:
        """The parameters of a plugin, the state and parameters of `plugin` applied.  Raises InstrumentError."""
        with self._loaded(plugin, _RATE) as (host, key):
            rows = host.call("parameters", self._seconds, "being asked", key=key).get("parameters")
        try:
            return tuple(ParameterValue(str(row["name"]), float(row["value"]), str(row["text"])) for row in rows or ())
        except (KeyError, TypeError, ValueError) as error:
            raise InstrumentError("answered nonsense while being asked") from error

    def state(self, plugin: Instrument | Effect) -> bytes:
        """What a plugin saves of itself, its state and the parameters of `plugin` applied.  Raises InstrumentError."""
        with self._loaded(plugin, _RATE) as (host, key):
            size = int(host.call("state", self._seconds, "saving", key=key).get("bytes", 0))
            return host.block.read(size)

    def programs(self, plugin: Instrument | Effect) -> tuple[str, ...]:
        """The names of a plugin's programs, its state applied; of a VST3 plugin none.  Raises InstrumentError."""
        with self._apart(plugin) as (host, path):
            told = host.call("programs", self._seconds, "being asked", path=path, payload=host.put(plugin.state))
        names = told.get("programs")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise InstrumentError("answered nonsense while being asked")
        return tuple(names)

    def preset(self, plugin: Instrument | Effect, program: int | None = None) -> bytes:
        """A plugin as the bytes of a preset file, which are a state as well: .fxp of VST2, .vstpreset of VST3.

        Its state and parameters are applied, and then a program chosen, counted from 0.  Raises InstrumentError.
        """
        with self._apart(plugin) as (host, path):
            told = host.call(
                "preset", self._seconds, "saving", path=path, parameters=plugin.parameters,
                payload=host.put(plugin.state), program=program,
            )  # fmt: skip
            return host.block.read(int(told.get("bytes", 0)))

    @contextlib.contextmanager
    def _apart(self, plugin: Instrument | Effect) -> Iterator[tuple[Host, str]]:
        """A process for one call, and the plugin's path: what is turned there is heard nowhere else."""
        path = _kind_and_path(plugin)[1]
        if not Path(path).exists():
            raise InstrumentError("is not there")
        with self._quarantine.lent(self._editors, path, path, alone=True) as host:
            yield host, path

    def effect(self, effect: Effect, sample_rate: int) -> HostedEffect:
        """A plugin effect, started, for blocks one after the other.  Raises InstrumentError."""
        return self._effect(effect, sample_rate, math.inf)

    def live_effect(self, effect: Effect, sample_rate: int) -> HostedEffect:
        """The same for music that is being heard: a block that takes longer than PATIENCE_SECONDS is given up."""
        return self._effect(effect, sample_rate, PATIENCE_SECONDS)

    def _effect(self, effect: Effect, sample_rate: int, patience: float) -> HostedEffect:
        return HostedEffect(
            effect, sample_rate, next(self._numbers), self._effects, self._quarantine, self._seconds, patience
        )

    def show_editor(self, plugin: Instrument | Effect, changed: Callable[[bytes], None]) -> Editor:
        """Open the plugin's own window, floating; `changed` hears its state, on another thread, as it is turned.

        Raises HostError where there is no display or the plugin has no window.
        """
        return Editor(_kind_and_path(plugin)[1], plugin, changed, self._editors)

    @property
    def quarantined(self) -> Mapping[str, str]:
        """The plugins that are not asked any more, by their paths, with what they did; `lift` gives them a chance."""
        return self._quarantine.reasons

    def lift(self, path: str) -> None:
        """Ask the plugin again, in a process of its own."""
        self._quarantine.lift(path)

    @contextlib.contextmanager
    def _loaded(
        self, plugin: Instrument | Effect, sample_rate: int, cancelled: Callable[[], bool] = _never
    ) -> Iterator[tuple[Host, str]]:
        """A host with the instrument in it, and its key there; a crash is told to the quarantine."""
        kind, path = _kind_and_path(plugin)
        parameters = () if kind is InstrumentKind.SOUNDFONT else plugin.parameters
        if kind is not InstrumentKind.BUILT_IN and not Path(path).exists():
            raise InstrumentError("is not there")
        key = _key(kind, path, plugin, sample_rate)
        large = kind == InstrumentKind.SOUNDFONT and Path(path).stat().st_size > LARGE_SOUNDFONT
        with self._quarantine.lent(self._players, key, path, once=large, cancelled=cancelled) as host:
            stands = host.held.pop(key, None)  # until it is loaded and turned, nobody knows
            if stands is None:
                if kind is InstrumentKind.SOUNDFONT:  # it takes the place of another
                    host.held = {each: kept for each, kept in host.held.items() if not each.startswith(kind)}
                host.call(
                    "load", self._seconds, "loading", cancelled, key=key, kind=str(kind), path=path,
                    sample_rate=sample_rate, parameters=parameters, payload=host.put(plugin.state),
                )  # fmt: skip
            elif stands != parameters:
                host.call("turn", self._seconds, "being turned", cancelled, key=key, parameters=parameters)
            host.held[key] = parameters
            yield host, key

    def close(self) -> None:
        """End every host process, now."""
        for pool in (self._players, self._effects, self._editors):
            pool.close()


def _kind_and_path(plugin: Instrument | Effect) -> tuple[InstrumentKind, str]:
    if isinstance(plugin, Effect):
        if not plugin.plugin:
            raise SoundError(f"{plugin.kind} is an effect of the program's own, not a plugin.")
        return InstrumentKind.PLUGIN, plugin.plugin
    if plugin.kind is InstrumentKind.SOUNDFONT and not plugin.name:
        return plugin.kind, str(default_soundfont())
    return plugin.kind, plugin.name


def _key(kind: InstrumentKind, path: str, plugin: Instrument | Effect, sample_rate: int) -> str:
    """What has the same key is loaded once, and is turned between its parameters."""
    # A plugin cannot turn back what is no longer among its parameters.
    names = sorted(name for name, _ in plugin.parameters) if kind is InstrumentKind.PLUGIN else []
    state = hashlib.sha256(plugin.state).hexdigest() if kind is InstrumentKind.PLUGIN else ""
    digest = hashlib.sha256(repr((path, sample_rate, names, state)).encode())
    return f"{kind} {digest.hexdigest()}"


def _physical_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
