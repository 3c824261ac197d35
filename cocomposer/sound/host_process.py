"""The child process that runs instruments: started as `python -m cocomposer.sound.host_process PARENT_PID`.

It reads render requests from standard input and answers on standard output (see `protocol`).  It never outlives
its parent: on Linux the kernel ends it, elsewhere the end of standard input does, and a watchdog in C ends it
when a request overruns its limit, even while a plugin holds the interpreter.
"""

from __future__ import annotations

import faulthandler
import os
import queue
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cocomposer.child_process import die_with
from cocomposer.sound.protocol import AUDIBLE, BEND, CONTROL, NOTE_OFF, NOTE_ON, MidiEvent, RenderReply, RenderRequest

if TYPE_CHECKING:
    from collections.abc import Callable

SILENCE = 1e-5
"""An instrument has rung out when a quarter of a second stays below -100 dBFS."""

FRAME_BYTES = 8
"""Two float32 samples."""


class PlayingError(Exception):
    """The instrument cannot play; the text finishes the sentence "The instrument X ..."."""


def main() -> None:
    parent = int(sys.argv[1])
    die_with(parent)
    # Plugins print to standard output; the protocol keeps the real one and they get the error stream.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()

    def say(reply: RenderReply) -> None:
        answers.write(reply.to_line() + "\n")
        answers.flush()

    while True:
        request = RenderRequest.from_line(requests.get())
        faulthandler.dump_traceback_later(request.limit, exit=True)
        try:
            play = _play_soundfont if request.kind == "soundfont" else _play_plugin
            frames = play(request, lambda: say(RenderReply("loaded")))
            say(RenderReply("done", frames=frames))
        except PlayingError as failure:
            say(RenderReply("failed", reason=str(failure)))
        except Exception as error:  # whatever a library raises here is this instrument's failure, not the program's
            say(RenderReply("failed", reason=f"failed: {error}"[:500]))
        faulthandler.cancel_dump_traceback_later()


def _read_requests(requests: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        requests.put(line)
    os._exit(0)


def _play_soundfont(request: RenderRequest, loaded: Callable[[], None]) -> int:
    try:
        import tinysoundfont
    except ImportError:
        from cocomposer.sound.plain_soundfont import play

        return play(request, loaded)
    try:
        synth, channel = _loaded_synth(request)
        if not _choose_program(synth, channel, request):
            raise PlayingError(f"has no program {request.program + 1}")
    except tinysoundfont.SoundFontException as error:
        raise PlayingError("is damaged or not a SoundFont") from error
    loaded()
    frames, position, step = _longest(request), 0, request.sample_rate // 4
    scratch = memoryview(bytearray(step * FRAME_BYTES))
    with Path(request.output).open("wb", buffering=1 << 20) as file:
        for event in request.events:
            until = min(frames, round(event[0] * request.sample_rate))
            while position < until:
                piece = scratch[: min(step, until - position) * FRAME_BYTES]
                file.write(synth.generate_simple(len(piece) // FRAME_BYTES, piece))
                position += len(piece) // FRAME_BYTES
            _send(synth, channel, event)
        ringing = True
        while ringing and position < frames:
            piece = scratch[: min(step, frames - position) * FRAME_BYTES]
            file.write(synth.generate_simple(len(piece) // FRAME_BYTES, piece))
            position += len(piece) // FRAME_BYTES
            samples = piece.cast("f").tolist()
            ringing = max(samples) >= SILENCE or min(samples) <= -SILENCE
    _quieten(synth, request.sample_rate)
    return position


def _quieten(synth: Any, sample_rate: int) -> None:
    """Let every voice end, so that the next part finds the player as if it had just been loaded."""
    synth.sounds_off()
    for _ in range(8):
        rest = memoryview(synth.generate_simple(sample_rate // 4)).cast("f").tolist()
        if not any(rest):
            break


_synths: dict[tuple[str, int], list[Any]] = {}
"""The SoundFont in memory, under its path and sample rate, with the channels no part has used yet."""


def _loaded_synth(request: RenderRequest) -> tuple[Any, int]:
    """A player with the SoundFont loaded, and a channel of it whose controllers nobody has touched."""
    import tinysoundfont

    key = request.instrument, request.sample_rate
    if not _synths.get(key):
        _synths.clear()  # first, so that two large ones are never in memory together
        synth = tinysoundfont.Synth(samplerate=request.sample_rate)
        synth.sfload(request.instrument)
        _synths[key] = [(synth, channel) for channel in range(16)]
    synth, channel = _synths[key].pop()
    return synth, channel


def _choose_program(synth: Any, channel: int, request: RenderRequest) -> bool:
    """Take the program, or the nearest that most SoundFonts have: the standard kit, the family's first, the piano."""
    for program in (request.program, 0 if request.drums else request.program // 8 * 8, 0):
        bank = 128 if request.drums else 0
        if synth.sfpreset_name(0, bank, program) is not None:
            synth.program_change(channel, program, request.drums)
            return True
    return False


def _send(synth: Any, channel: int, event: MidiEvent) -> None:
    _, status, first, second = event
    if status == NOTE_ON:
        # This player is linear in velocity where the SoundFont standard (2.04, 8.4.1) has nearly its square;
        # an exponent between keeps ghost notes quiet without choosing the wrong layer of a layered sample.
        synth.noteon(channel, first, max(1, round(127 * (second / 127) ** 1.5)))
    elif status == NOTE_OFF:
        synth.noteoff(channel, first)
    elif status == CONTROL:
        synth.control_change(channel, first, second)
    elif status == BEND:
        synth.pitchbend(channel, first | second << 7)


def _play_plugin(request: RenderRequest, loaded: Callable[[], None]) -> int:
    import dawdreamer
    import numpy as np

    engine = dawdreamer.RenderEngine(request.sample_rate, 512)
    engine.set_bpm(request.bpm)
    plugin = engine.make_plugin_processor("instrument", request.instrument)
    if plugin.get_num_output_channels() == 0:
        raise PlayingError("has no audio output")
    with tempfile.TemporaryDirectory() as folder:
        score = Path(folder) / "part.mid"
        _write_midi(score, request.events)
        plugin.load_midi(str(score), clear_previous=True, beats=False, all_events=True)
    engine.load_graph([(plugin, [])])
    loaded()
    length = request.seconds + request.tail
    # Sample players may still be reading from disk during the first render, which then is silent or cut:
    # a second render of the same graph gives the same audio where nothing was missing.
    for _ in range(3):
        engine.render(length)
        audio = np.asarray(engine.get_audio(), dtype=np.float32)
        if not np.abs(audio).max(initial=0) < AUDIBLE:
            break
    stereo = audio[:2] if len(audio) >= 2 else np.repeat(audio[:1], 2, axis=0)
    sounding = np.flatnonzero(~(np.abs(stereo).max(axis=0) < SILENCE))
    end = int(sounding[-1]) + 1 if len(sounding) else 0
    end = min(end, _longest(request))
    with Path(request.output).open("wb") as file:
        np.ascontiguousarray(stereo[:, :end].T).tofile(file)
    return end


def _write_midi(path: Path, events: tuple[MidiEvent, ...]) -> None:
    """The events as a MIDI file whose tick is 1/48,000 of a second, whatever the song's tempo."""
    import mido

    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)])
    last = 0
    for seconds, status, first, second in events:
        tick = round(seconds * 48_000)
        track.append(mido.Message.from_bytes([status, first, second], time=tick - last))
        last = tick
    mido.MidiFile(type=0, ticks_per_beat=24_000, tracks=[track]).save(path)


def _longest(request: RenderRequest) -> int:
    """Most frames the request may give."""
    return max(1, round((request.seconds + request.tail) * request.sample_rate))


if __name__ == "__main__":
    main()
