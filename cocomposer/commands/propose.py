"""`cocomposer propose`: sketches in, arranged and rendered proposals out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from cocomposer.commands.arguments import (
    AUDIO_FORMATS,
    MAX_COUNT,
    MAX_SEED,
    CommandParser,
    UsageError,
    bar_range,
    chosen,
    controls,
    decimal,
    existing_file,
    instruments,
    names,
    number,
    output_folder,
)
from cocomposer.errors import CocomposerError

if TYPE_CHECKING:
    from cocomposer.studio.propose import Made, Wish
    from cocomposer.studio.taste import TasteKeeper


def parser() -> CommandParser:
    parser = CommandParser(
        "propose",
        "Arrange a sketch several ways, or rewrite, harmonise or continue it.  An arrangement leaves the tune\n"
        "untouched, as a track of its own.  Writes proposal-1.mid ..., the audio beside them, and proposals.json\n"
        "with what was made and why; several sketches get a folder each.",
    )
    parser.add_argument("sketches", nargs="+", metavar="SKETCH", help="MIDI, MusicXML (.musicxml, .mxl) or chord text")
    parser.add_argument("--out", default="cocomposer-out", metavar="DIR", help="where to write (default: %(default)s)")
    parser.add_argument("--composer", default="auto", metavar="NAME", help="style, model or auto (default)")
    parser.add_argument(
        "--style",
        default="auto",
        metavar="NAME",
        help="one style for all, by name or file; `cocomposer styles` lists them",
    )
    parser.add_argument("--count", default="4", metavar="N", help=f"how many proposals, 1 to {MAX_COUNT} (default: 4)")
    parser.add_argument("--seed", default="0", metavar="N", help="another number, other notes (default: 0)")
    parser.add_argument("--bars", metavar="A-B", help="only these bars, counted from 1")
    parser.add_argument("--audio", default="wav", metavar="KIND", help="wav (default), flac, mp3, ogg or none")
    parser.add_argument(
        "--no-taste",
        action="store_true",
        help="propose as to a stranger, whatever `cocomposer taste` has learned of you",
    )
    parser.add_sound_options()
    _add_wishes(parser)
    return parser


def _add_wishes(parser: CommandParser) -> None:
    """The options that ask for more than an arrangement.  Their words are written out: help must load nothing."""
    wishes = parser.add_argument_group("asking for more")
    wishes.add_argument(
        "--task", default="arrange", metavar="TASK",
        help="arrange: a band for your tune and chords (default); infill: rewrite the bars or parts you name, to suit "
        "the rest; harmonise: chords for the tune; melody: a tune over the chords; vary: the same again, but "
        "different; continue: go on from the end; remix: the same song with another band",
    )  # fmt: skip
    wishes.add_argument(
        "--parts", "--band", metavar="NAMES",
        help="which parts to rewrite, by name or role: bass,drums; to arrange, who plays: drums,bass,keys,guitar,pad,"
        "counter, or instruments such as 'Electric Piano 1'",
    )  # fmt: skip
    wishes.add_argument("--reference", metavar="FILE", help="another song that it should be like")
    wishes.add_argument(
        "--control", action="append", default=[], metavar="NAME=VALUE",
        help="density, polyphony, register, activity, syncopation, velocity or strictness (of the harmony) from 0 to "
        "1; valence (dark to bright) or arousal (calm to excited) from -1 to 1; velocity_min or velocity_max from 1 "
        "to 127; for one part: bass.register=0.3; as often as you like",
    )  # fmt: skip
    wishes.add_argument(
        "--similarity", metavar="N", help="how near to stay: 1 the same notes, 0 only the form and the key"
    )
    wishes.add_argument("--keep", metavar="SIDE", help="rhythm or pitch: this side of the notes stays as it is")
    wishes.add_argument(
        "--adventurous", default="0.3", metavar="N", help="0 for what one expects, 1 for surprises (default: 0.3)"
    )
    wishes.add_argument(
        "--adapter", metavar="NAME[:SHARE]",
        help="what the model learned from your own music (`cocomposer adapt`), or a share of it from 0 to 1: mine:0.7",
    )  # fmt: skip
    wishes.add_argument("--length", metavar="N", help="how many bars to continue by (default: 8)")


def run(arguments: argparse.Namespace) -> int:
    wish, sketches = _wish(arguments)
    out = output_folder(arguments.out)
    from cocomposer.studio.places import folders_for
    from cocomposer.studio.propose import report

    reports, failed = [], 0
    taste = None if arguments.no_taste else _taste()
    for sketch, folder in zip(sketches, folders_for(sketches, out), strict=True):
        try:
            made, earlier = _propose(sketch, folder, wish, taste, quiet=arguments.json)
        except CocomposerError as error:
            if len(sketches) == 1 or arguments.debug:
                raise
            print(f"cocomposer: {sketch}: {error}", file=sys.stderr)
            failed += 1
            continue
        reports.append({"folder": str(folder), "earlier": earlier and str(earlier), **report(sketch, wish, made)})
        if not arguments.json:
            _show(sketch, folder, made)
    if arguments.json:
        from cocomposer.commands.display import print_json

        print_json(reports)
    if failed:
        print(f"cocomposer: {failed} of {len(sketches)} sketches got no proposals.", file=sys.stderr)
    return 1 if failed else 0


def _taste() -> TasteKeeper | None:
    """What is known of the artist's taste; None where nothing is, or where it is not to be used."""
    from cocomposer.studio.settings import load_settings
    from cocomposer.studio.taste import TasteKeeper, profile_named, taste_path

    settings, _ = load_settings()
    if not settings.learn_taste or not taste_path().exists():
        return None
    keeper = TasteKeeper(exploration=settings.exploration, profile=profile_named(settings.taste_profile, ""))
    keeper.learn()
    keeper.close()
    for sentence in keeper.journal.problems:
        print(f"cocomposer: {sentence}", file=sys.stderr)
    return keeper


def _wish(arguments: argparse.Namespace) -> tuple[Wish, list[Path]]:
    """What was asked for, every word of it checked before any work begins."""
    sketches = [existing_file(each) for each in arguments.sketches]
    count = number(arguments.count, "--count", 1, MAX_COUNT)
    seed = number(arguments.seed, "--seed", 0, MAX_SEED)
    bars = bar_range(arguments.bars) if arguments.bars is not None else None
    audio = chosen(arguments.audio, [*AUDIO_FORMATS, "none"], "kind of audio")
    composer = chosen(arguments.composer, ["style", "model", "auto"], "composer")
    plugins = instruments(arguments.instrument)
    style = _style(arguments.style)
    from cocomposer.composer import Task
    from cocomposer.studio.propose import Wish

    wish = Wish(
        composer=composer,
        style=style,
        count=count,
        seed=seed,
        bars=bars,
        audio=None if audio == "none" else audio,
        stems=arguments.stems,
        instruments=plugins,
        task=Task(chosen(arguments.task, Task, "task")),
    )
    wish = _with_details(wish, arguments)
    if wish.stems and wish.audio is None:
        raise UsageError("--stems are audio: leave --audio none away, or --stems.")
    return wish, sketches


def _with_details(wish: Wish, arguments: argparse.Namespace) -> Wish:
    """`wish` with what the options of "asking for more" say beside the task."""
    from cocomposer.composer import Task
    from cocomposer.composer.request import DEFAULT_LENGTH, MAX_NEW_BARS, Keep

    if arguments.length is not None and wish.task is not Task.CONTINUE:
        raise UsageError("--length is how many bars a song goes on for: say --task continue with it.")
    for_all, for_parts = controls(arguments.control)
    adapter, colon, share = (arguments.adapter or "").partition(":")
    if arguments.adapter is not None:
        from cocomposer.studio.adapters import adapter_named

        adapter_named(adapter)
    keep = chosen(arguments.keep, get_args(Keep), "side of the notes") if arguments.keep is not None else None
    length = number(arguments.length, "--length", 1, MAX_NEW_BARS) if arguments.length is not None else DEFAULT_LENGTH
    return replace(
        wish,
        parts=names(arguments.parts, "--parts") if arguments.parts is not None else (),
        reference=existing_file(arguments.reference) if arguments.reference is not None else None,
        controls=for_all,
        part_controls=for_parts,
        similarity=decimal(arguments.similarity, "--similarity", 0, 1) if arguments.similarity is not None else None,
        keep=cast(Keep | None, keep),
        adventurous=decimal(arguments.adventurous, "--adventurous", 0, 1),
        length=length,
        adapter=adapter,
        adapter_share=decimal(share, "--adapter", 0, 1) if colon else 1.0,
    )


def _style(name: str) -> str:
    """`name` as the composer takes it, after a look whether there is such a style; "auto" in whatever case."""
    if name.casefold() == "auto":
        return "auto"
    from cocomposer.studio.presets import look_for_new
    from cocomposer.studio.styles import style_named

    look_for_new()
    style_named(name)
    return name


def _propose(
    sketch: Path, folder: Path, wish: Wish, taste: TasteKeeper | None, quiet: bool
) -> tuple[list[Made], Path | None]:
    """The proposals in order, and the folder that those of an earlier run were moved to."""
    from cocomposer.commands.display import escape, progress_bar
    from cocomposer.studio.propose import Progress, propose

    earlier: list[Path] = []
    # Composing is quick beside rendering; the bar gives it a twentieth.
    with progress_bar(hidden=quiet) as bar:
        task = bar.add_task(f"Working on {escape(sketch.name)}", total=1.0)

        def show(progress: Progress) -> None:
            composed, rendered = progress.composed / progress.count, progress.rendered / progress.count
            bar.update(task, completed=composed if wish.audio is None else 0.05 * composed + 0.95 * rendered)

        def tell(moved: Path) -> None:
            earlier.append(moved)
            if not quiet:
                bar.console.print(
                    f"What an earlier run made in {moved.parent} is in {moved.name} there now.",
                    style="dim", soft_wrap=True, markup=False, highlight=False,
                )  # fmt: skip

        made = list(propose(sketch, folder, wish, progress=show, set_aside=tell, taste=taste))
    return sorted(made, key=lambda each: each.number), earlier[0] if earlier else None


def _show(sketch: Path, folder: Path, made: list[Made]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from cocomposer.commands.display import bars_text, escape, length_text, output, show_soundfonts
    from cocomposer.commands.part_map import part_map
    from cocomposer.studio.describe import describe

    console = output()
    if not made:
        console.print(f"[bold]{escape(sketch.name)}[/]: nothing came of it.")
        return
    facts = describe(made[0].proposal.song)
    key = f"{facts['key']}, " if facts["key"] else ""
    console.print()
    console.print(
        f"[bold]{escape(facts['title'] or sketch.stem)}[/]  [dim]{key}{facts['meter']}, "
        f"{facts['tempo']:g} quarter notes a minute, {bars_text(facts['bars'])}, {length_text(facts['seconds'])}[/]"
    )
    # What is true of all proposals is said once, so that the rest shows how they differ.
    shared = _in_all([each.proposal.reasons for each in made])
    warnings = _in_all([each.audio.warnings if each.audio else () for each in made])
    for reason in shared:
        console.print(f"[dim]{escape(reason)}[/]")
    for warning in warnings:
        console.print(f"[yellow]! {escape(warning)}[/]")
    for each in made:
        proposal = each.proposal
        lines: list[str | Text] = [f"• {escape(reason)}" for reason in proposal.reasons if reason not in shared]
        lines += part_map(proposal.song, console.width - 3)
        files = [each.midi.name]
        if each.audio:
            files.append(each.audio.mix.name)
            if each.audio.stems:
                files.append(f"{len(each.audio.stems)} stems")
            lines += [f"[yellow]! {escape(warning)}[/]" for warning in each.audio.warnings if warning not in warnings]
        lines.append(f"[green]{escape(', '.join(files))}[/]")
        console.print()
        by = f"  [dim]{escape(proposal.model)}[/]" if proposal.model else ""
        console.print(f"[bold cyan]{each.number}[/]  [bold]{escape(proposal.title)}[/]{by}")
        for line in lines:
            console.print(Padding(line, (0, 0, 0, 3), expand=False))
    console.print()
    console.print("Everything is in:")
    console.print(str(folder.resolve()), style="bold", soft_wrap=True, markup=False)
    show_soundfonts(console, [each.audio for each in made if each.audio])


def _in_all(sentences: Sequence[tuple[str, ...]]) -> list[str]:
    """The sentences that each of several proposals has; none where there is only one."""
    if len(sentences) < 2:
        return []
    return [sentence for sentence in sentences[0] if all(sentence in each for each in sentences)]
