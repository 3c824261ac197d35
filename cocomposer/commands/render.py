"""`cocomposer render`: song files in, audio out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cocomposer.commands.arguments import (
    AUDIO_FORMATS,
    CommandParser,
    UsageError,
    chosen,
    existing_file,
    instruments,
    number,
    output_folder,
)

if TYPE_CHECKING:
    from rich.console import Console

    from cocomposer.music import Song
    from cocomposer.studio.audio import AudioFiles


MAX_JOBS = 64
RATES = ("44100", "48000", "88200", "96000", "176400", "192000")
BITS = ("16", "24", "32")


def parser() -> CommandParser:
    parser = CommandParser("render", "Turn song files into audio, with their instruments, effects and master.")
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="MIDI, MusicXML (.musicxml, .mxl) or any other song file"
    )
    parser.add_argument(
        "--out", metavar="PATH", help="audio file or folder (default: the song's name, in the current folder)"
    )
    parser.add_argument("--audio", metavar="KIND", help="wav (default), flac, mp3 or ogg")
    parser.add_argument("--rate", default="44100", metavar="HZ", help=f"sample rate: {', '.join(RATES)}")
    parser.add_argument(
        "--bits", default="24", metavar="N", help="16 or 24 (default) bits with dither, or 32 in floating point (wav)"
    )
    parser.add_argument("--jobs", default="1", metavar="N", help="how many songs to render at once (default: 1)")
    parser.add_sound_options()
    return parser


def run(arguments: argparse.Namespace) -> int:
    files = [existing_file(name) for name in arguments.files]
    targets = _targets(files, arguments.out, arguments.audio)
    jobs = number(arguments.jobs, "--jobs", 1, MAX_JOBS)
    rate = int(chosen(arguments.rate, RATES, "sample rate"))
    bits = int(chosen(arguments.bits, BITS, "number of bits"))
    if bits == 32 and any(target.suffix.lower() != ".wav" for target in targets):
        raise UsageError("Only wav files have 32 bits: use 16 or 24, or --audio wav.")
    from cocomposer import formats
    from cocomposer.commands.display import escape, output, print_json, progress_bar, show_soundfonts
    from cocomposer.studio.audio import render_songs, render_to_file

    songs = [formats.read(file) for file in files]
    plugins = instruments(arguments.instrument, [part.name for song in songs for part in song.parts])
    words = escape(files[0].name) if len(files) == 1 else f"{len(files)} songs"
    with progress_bar(hidden=arguments.json) as bar:
        task = bar.add_task(f"Rendering {words}", total=1.0)
        made = render_songs(
            list(zip(songs, targets, strict=True)), jobs,
            lambda song, target, progress, cancelled: render_to_file(
                song, target, instruments=_of(song, plugins), stems=arguments.stems, sample_rate=rate, bit_depth=bits,
                progress=progress, cancelled=cancelled,
            ),
            progress=lambda share: bar.update(task, completed=share),
        )  # fmt: skip
    if arguments.json:
        told = [_as_json(audio) for audio in made]
        print_json(told[0] if len(told) == 1 else told)
        return 0
    console = output()
    for audio in made:
        _show(console, audio)
    show_soundfonts(console, made)
    return 0


def _of(song: Song, plugins: dict[str, str]) -> dict[str, str]:
    """Those instruments that are for a role or for a part that `song` has."""
    from cocomposer.music import Role

    known = {part.name for part in song.parts} | {str(role) for role in Role}
    return {name: file for name, file in plugins.items() if name in known}


def _as_json(audio: AudioFiles) -> dict[str, Any]:
    return {
        "audio": str(audio.mix),
        "stems": {name: str(path) for name, path in audio.stems.items()},
        "seconds": round(audio.seconds, 2),
        "loudness_lufs": round(audio.loudness, 2),
        "true_peak_dbtp": round(audio.true_peak, 2),
        "soundfont": audio.soundfont,
        "warnings": list(audio.warnings),
    }


def _show(console: Console, audio: AudioFiles) -> None:
    from cocomposer.commands.display import escape, length_text

    for warning in audio.warnings:
        console.print(f"[yellow]! {escape(warning)}[/]")
    console.print(
        f"[dim]{length_text(audio.seconds)}, {audio.loudness:.1f} LUFS, true peak {audio.true_peak:.1f} dBTP"
        + (f", {len(audio.stems)} stems beside it" if audio.stems else "") + "[/]"
    )  # fmt: skip
    console.print(str(audio.mix.resolve()), style="bold", soft_wrap=True, markup=False)


def _targets(files: Sequence[Path], out: str | None, audio: str | None) -> list[Path]:
    """Where the audio of each file goes; of several, into one folder, under names of their own."""
    if len(files) == 1:
        return [_target(files[0], out, audio)]
    kind = chosen(audio, AUDIO_FORMATS, "kind of audio") if audio is not None else "wav"
    folder = output_folder(out or ".")
    taken: set[str] = set()
    targets = []
    for file in files:
        name, count = file.stem, 1
        while name.casefold() in taken:
            count += 1
            name = f"{file.stem}-{count}"
        taken.add(name.casefold())
        targets.append(folder / f"{name}.{kind}")
    return targets


def _target(file: Path, out: str | None, audio: str | None) -> Path:
    """Where the audio goes; --out may be a folder or a file whose suffix says the format."""
    kind = chosen(audio, AUDIO_FORMATS, "kind of audio") if audio is not None else None
    if out is None:
        return Path(f"{file.stem}.{kind or 'wav'}")
    path = Path(out)
    if path.is_dir() or out.endswith(("/", "\\")):
        return output_folder(out) / f"{file.stem}.{kind or 'wav'}"
    suffix = path.suffix.lower().lstrip(".")
    if not suffix:
        path = path.with_name(f"{path.name}.{kind or 'wav'}")
    elif kind is not None and suffix != kind:
        raise UsageError(f"--audio says {kind} and --out ends in .{suffix}: make them agree, or give only one.")
    else:
        chosen(suffix, AUDIO_FORMATS, "kind of audio")
    output_folder(str(path.parent))
    return path
