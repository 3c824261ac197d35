"""The `cocomposer` command: picks the command, reads its words, and turns every error into one sentence.

Each command is a module in `cocomposer/commands/` with `parser()` and `run(arguments)`; only the one that was
asked for is imported, so that `--help` answers at once.  Exit codes: 0 done, 1 the work failed, 2 the words on the
command line were wrong, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from cocomposer import __version__
from cocomposer.commands.arguments import UsageError, closest
from cocomposer.errors import Cancelled, CocomposerError, RequestError, StyleError

COMMANDS = {
    "propose": "arrange a sketch several ways: MIDI, audio and the reasons",
    "render": "turn a song file into audio",
    "info": "what is in a file: key, chords, sections, parts, tempo, range",
    "provenance": "who wrote what is in a file: the artist, a model, a style",
    "adapt": "let the model learn from your own music",
    "plugins": "your VST plugins: find them, list them, try one",
    "preset": "find presets, keep your own, share them, bring in those of others",
    "shelf": "shelves of presets: read them, keep your own",
    "taste": "what was learned of your taste: see it, correct it, forget it, switch it off",
    "styles": "the styles there are, or one of them in detail",
}
PROJECT_SUFFIX = ".cocomposer"
SKETCH_SUFFIXES = (".mid", ".midi", ".musicxml", ".mxl", ".xml", ".txt")
HELP = f"""\
usage: cocomposer [FILE]
       cocomposer COMMAND ...

The co-composer beside your DAW: a sketch goes in, arranged and rendered proposals come out.

{chr(10).join(f"  {name:<10} {what}" for name, what in COMMANDS.items())}

  cocomposer                  the window, where there is a display; with a FILE, with that open
  cocomposer COMMAND --help   every option of a command
  cocomposer --version        the version
  --debug                     after a command: the whole traceback of an error

A sketch is a MIDI file, MusicXML (.musicxml, .mxl) or chord text, with a melody, chords, or both:
  cocomposer propose song.mid --out proposals
"""


def main(words: list[str] | None = None) -> int:
    """Run the command in `words` (by default the command line's) and return the exit code."""
    words = sys.argv[1:] if words is None else words
    try:
        code = _run(words)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("\nStopped; nothing half-written is left.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`); what Python still holds for it has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Cancelled:
        return 130
    except CocomposerError as error:
        if "--debug" in words:
            raise
        print(f"cocomposer: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError | RequestError | StyleError) else 1
    except Exception as error:
        if "--debug" in words:
            raise
        print(
            f"cocomposer: Something unexpected went wrong ({type(error).__name__}: {error}); "
            "the same command with --debug shows where, for a report.",
            file=sys.stderr,
        )
        return 1


def _run(words: list[str]) -> int:
    if not words and window_can_open():
        return _open_window([])
    if not words or words[0] in ("-h", "--help", "help"):
        print(HELP, end="")
        return 0
    if words[0] in ("-V", "--version"):
        print(f"cocomposer {__version__}")
        return 0
    name, rest = words[0], words[1:]
    if name not in COMMANDS:
        if Path(name).suffix.lower() in (*SKETCH_SUFFIXES, PROJECT_SUFFIX):
            if not rest and window_can_open():
                return _open_window([name])
            raise UsageError(f"Say what to do with {name}: cocomposer propose {name}")
        kind = "option" if name.startswith("-") else "command"
        raise UsageError(
            f"There is no {kind} {name!r}{closest(name, [*COMMANDS, '--help', '--version'])} "
            f"The commands are {', '.join(COMMANDS)}."
        )
    module = import_module(f"cocomposer.commands.{name}")
    return int(module.run(module.parser().read(rest)))


def window_can_open() -> bool:
    """Whether there is a display, and the toolkit the window is made with."""
    if find_spec("PyQt6") is None:
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open_window(files: list[str]) -> int:
    return int(import_module("cocomposer.ui.app").run(files))
