"""`cocomposer render`: a song file in, audio out."""

from __future__ import annotations

import argparse
from pathlib import Path

from cocomposer.commands.arguments import (
    AUDIO_FORMATS,
    CommandParser,
    UsageError,
    chosen,
    existing_file,
    instruments,
    output_folder,
)


def parser() -> CommandParser:
    parser = CommandParser("render", "Turn a song file into audio, with its instruments, effects and master.")
    parser.add_argument("file", metavar="FILE", help="MIDI, MusicXML (.musicxml, .mxl) or any other song file")
    parser.add_argument(
        "--out", metavar="PATH", help="audio file or folder (default: the song's name, in the current folder)"
    )
    parser.add_argument("--audio", metavar="KIND", help="wav (default), flac, mp3 or ogg")
    parser.add_sound_options()
    return parser


def run(arguments: argparse.Namespace) -> int:
    file = existing_file(arguments.file)
    target = _target(file, arguments.out, arguments.audio)
    from cocomposer import formats
    from cocomposer.commands.display import escape, length_text, output, print_json, progress_bar, show_soundfonts
    from cocomposer.studio.audio import render_to_file

    song = formats.read(file)
    plugins = instruments(arguments.instrument, [part.name for part in song.parts])
    with progress_bar(hidden=arguments.json) as bar:
        task = bar.add_task(f"Rendering {escape(file.name)}", total=1.0)
        audio = render_to_file(
            song, target, instruments=plugins, stems=arguments.stems,
            progress=lambda share: bar.update(task, completed=share),
        )  # fmt: skip
    if arguments.json:
        print_json({
            "audio": str(audio.mix),
            "stems": {name: str(path) for name, path in audio.stems.items()},
            "seconds": round(audio.seconds, 2),
            "loudness_lufs": round(audio.loudness, 2),
            "true_peak_dbtp": round(audio.true_peak, 2),
            "soundfont": audio.soundfont,
            "warnings": list(audio.warnings),
        })  # fmt: skip
        return 0
    console = output()
    for warning in audio.warnings:
        console.print(f"[yellow]! {escape(warning)}[/]")
    console.print(
        f"[dim]{length_text(audio.seconds)}, {audio.loudness:.1f} LUFS, true peak {audio.true_peak:.1f} dBTP"
        + (f", {len(audio.stems)} stems beside it" if audio.stems else "") + "[/]"
    )  # fmt: skip
    console.print(str(audio.mix.resolve()), style="bold", soft_wrap=True, markup=False)
    show_soundfonts(console, [audio])
    return 0


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
