"""The main job: sketches in, proposals on disk out, as MIDI, as audio and as the reasons for them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cocomposer import __version__, formats
from cocomposer.composer import Composer, Proposal, Request, StyleComposer, Task
from cocomposer.composer.request import Terms
from cocomposer.composer.style_composer import beyond_styles
from cocomposer.errors import Cancelled, RequestError
from cocomposer.music import Song
from cocomposer.studio.audio import AudioFiles, render_to_file
from cocomposer.studio.choosing import ChoosingComposer
from cocomposer.studio.describe import describe_parts
from cocomposer.studio.earlier import REPORT
from cocomposer.studio.earlier import set_aside as set_earlier_aside
from cocomposer.studio.midi_export import write_midi
from cocomposer.studio.places import adapters_folder, make_folder, write_json
from cocomposer.studio.styles import style_named, styles_at_hand

if TYPE_CHECKING:
    from cocomposer.composer.model_composer import Listener
    from cocomposer.studio.taste import TasteKeeper

RENDER_WORKERS = 2
"""Proposals that are rendered at the same time."""


@dataclass(frozen=True, kw_only=True)
class Wish(Terms):
    """What is wanted of a sketch, and in which form.

    `composer` is "style", "model" or "auto"; `audio` is "wav", "flac", "mp3", "ogg" or None for MIDI only;
    `instruments` maps roles to plugin or SoundFont files; `reference` is a song file to be like.
    """

    composer: str = "auto"
    audio: str | None = "wav"
    stems: bool = False
    instruments: Mapping[str, str] = field(default_factory=dict)
    reference: Path | None = None


@dataclass(frozen=True)
class Progress:
    """How far the job is: `composed` and `rendered` proposals of `count`; `rendered` has parts of a whole."""

    composed: int
    rendered: float
    count: int


@dataclass(frozen=True)
class Made:
    """A proposal on disk; `number` counts from 1, `audio` is None where none was wanted."""

    number: int
    proposal: Proposal
    midi: Path
    audio: AudioFiles | None


def request_for(sketch: Song, wish: Wish) -> Request:
    """What a composer is asked to do with `sketch`.

    Raises RequestError where the wish does not fit the sketch, and FormatError for a reference that cannot be read.
    """
    reference = formats.read(wish.reference) if wish.reference is not None else None
    terms = {term.name: getattr(wish, term.name) for term in fields(Terms)}
    styles = styles_at_hand()
    if wish.style.casefold().endswith(".toml"):
        style = style_named(wish.style)
        styles = {**styles, style.id: style}
        terms["style"] = style.id
    return Request(sketch, reference, styles, **terms)


def composer_named(name: str, request: Request, listener: Listener | None = None) -> Composer:
    """Who answers `request`: the "style" composer, the neural "model", or with "auto" the model where it can play and
    else the style composer.  The model tells `listener` of bars while later ones are still written.

    Raises RequestError for another name, and where what is asked for needs the model and it cannot play here.
    """
    if name not in ("style", "model", "auto"):
        raise RequestError(f"There is no composer {name!r}: use style, model or auto.")
    if name == "style":
        return StyleComposer()
    from cocomposer.composer.auto_composer import AutoComposer  # not for those who do without
    from cocomposer.composer.model_composer import ModelComposer, why_unavailable

    why = why_unavailable()
    if not why:
        model = ModelComposer(listener=listener, adapters=adapters_folder())
        return AutoComposer(model) if name == "auto" else model
    beyond = beyond_styles(request)
    if name == "auto" and not beyond:
        return StyleComposer()
    needed = f" is needed for {beyond} and" if beyond else ""
    raise RequestError(f"The neural composer{needed} cannot play: {why}.")


def propose(
    sketch: Path,
    folder: Path,
    wish: Wish,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    set_aside: Callable[[Path], None] | None = None,
    taste: TasteKeeper | None = None,
) -> Iterator[Made]:
    """Compose proposals for the file `sketch` into `folder`, yielding each as soon as it is on disk.

    Rendering of one goes on while the next is composed, so they need not come in the order of their numbers.
    When all are there, `proposals.json` is written.  What an earlier run made there is moved into a folder beside the
    new proposals first, and `set_aside` is told which.  By `taste` the request leans and its answers are chosen.
    Closing the generator stops the work.  Raises FormatError, RequestError, StyleError or SoundError where something
    is wrong, and Cancelled.
    """
    request = request_for(formats.read(sketch), wish)
    composer = composer_named(wish.composer, request)
    if taste is not None:
        request, liking = taste.asked(request)
        composer = ChoosingComposer(composer, liking)
    make_folder(folder)
    finished: list[Made] = []
    with _Rendering(wish, folder, progress, cancelled) as rendering:
        proposals = iter(composer.propose(request, rendering.stopped))
        first = list(itertools.islice(proposals, 1))  # what is wrong with the request shows before anything is moved
        earlier = set_earlier_aside(folder)
        if earlier is not None and set_aside is not None:
            set_aside(earlier)
        for number, proposal in enumerate(itertools.chain(first, proposals), 1):
            rendering.take(number, proposal)
            for made in rendering.done():
                finished.append(made)
                yield made
        while rendering.waiting:
            for made in rendering.done(block=True):
                finished.append(made)
                yield made
    finished.sort(key=lambda made: made.number)
    write_json(report(sketch, wish, finished), folder / REPORT)


class _Rendering:
    """Writes proposals and renders them in the background; leaving the `with` stops what still runs."""

    def __init__(
        self,
        wish: Wish,
        folder: Path,
        progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.wish, self.folder = wish, folder
        self.waiting: set[Future[Made]] = set()
        self._progress, self._cancelled = progress, cancelled
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._shares: dict[int, float] = {}
        self._pool = ThreadPoolExecutor(RENDER_WORKERS, thread_name_prefix="render")

    def __enter__(self) -> _Rendering:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def stopped(self) -> bool:
        return self._stop.is_set() or (self._cancelled is not None and self._cancelled())

    def take(self, number: int, proposal: Proposal) -> None:
        """Write the MIDI file now, the audio in the background."""
        midi = self.folder / f"proposal-{number}.mid"
        write_midi(proposal.song, midi)
        self._report(number, 0.0)
        self.waiting.add(self._pool.submit(self._finish, number, proposal, midi))

    def done(self, block: bool = False) -> list[Made]:
        """What became ready, waiting for at least one where `block`; an error in the background is raised here."""
        if not self.waiting:
            return []
        # Short waits keep Ctrl-C and `cancelled` responsive; a thread cannot be interrupted inside a long one.
        ready: set[Future[Made]] = set()
        while not ready:
            if self.stopped():
                raise Cancelled("Stopped.")
            ready, self.waiting = wait(self.waiting, timeout=0.1 if block else 0, return_when=FIRST_COMPLETED)
            if not block:
                break
        return [each.result() for each in ready]

    def _finish(self, number: int, proposal: Proposal, midi: Path) -> Made:
        audio = None
        if self.wish.audio is not None:
            instruments, missing = instruments_for(proposal, self.wish.instruments)
            audio = render_to_file(
                proposal.song,
                midi.with_suffix(f".{self.wish.audio}"),
                instruments=instruments,
                stems=self.wish.stems,
                progress=lambda share: self._report(number, share),
                cancelled=self.stopped,
            )
            audio = replace(audio, warnings=(*missing, *audio.warnings))
        self._report(number, 1.0)
        return Made(number, proposal, midi, audio)

    def _report(self, number: int, share: float) -> None:
        if self._progress is None:
            return
        with self._lock:
            self._shares[number] = share
            self._progress(Progress(len(self._shares), sum(self._shares.values()), self.wish.count))


def instruments_for(proposal: Proposal, chosen: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Instruments by part name or role, and a warning for each that a style asks for and that is not installed.

    What the artist chose comes first; a style's own instruments play the rest.
    """
    roles = {part.name.casefold(): str(part.role) for part in proposal.song.parts}
    instruments, warnings = {}, []
    for name, path in proposal.instruments.items():
        if roles.get(name.casefold(), name.casefold()) in chosen:
            continue
        if Path(path).expanduser().exists():
            instruments[name] = path
        else:
            warnings.append(f"The style asks for {path} for {name}, which is not here; a built-in instrument plays it.")
    return instruments | dict(chosen), tuple(warnings)


def report(sketch: Path, wish: Wish, made: list[Made]) -> dict[str, Any]:
    """What `proposals.json` says: the sketch, what was wished for, and each proposal with its files and reasons."""
    return {
        "sketch": str(sketch),
        "cocomposer": __version__,
        "composer": wish.composer,
        "task": str(wish.task),
        "seed": wish.seed,
        "bars": [wish.bars[0] + 1, wish.bars[1] + 1] if wish.bars else None,
        "parts": list(wish.parts),
        "reference": str(wish.reference) if wish.reference is not None else None,
        "controls": _controls(wish),
        "similarity": wish.similarity,
        "keep": wish.keep,
        "adventurous": wish.adventurous,
        "length": wish.length if wish.task is Task.CONTINUE else None,
        "adapter": wish.adapter or None,
        "adapter_share": wish.adapter_share if wish.adapter else None,
        "proposals": [_report_one(each) for each in made],
    }


def _controls(wish: Wish) -> dict[str, float]:
    """The controls asked for, named as on the command line: "density", "bass.register"."""
    asked: dict[str, float] = wish.controls.asked()
    for part, controls in wish.part_controls.items():
        asked |= {f"{part}.{name}": value for name, value in controls.asked().items()}
    return asked


def _report_one(made: Made) -> dict[str, Any]:
    proposal, audio = made.proposal, made.audio
    song: Song = proposal.song
    return {
        "number": made.number,
        "midi": made.midi.name,
        "audio": audio.mix.name if audio else None,
        "stems": {name: f"{path.parent.name}/{path.name}" for name, path in audio.stems.items()} if audio else {},
        "title": proposal.title,
        "composer": proposal.composer,
        "model": proposal.model or None,
        "style": proposal.style,
        "tempo": round(song.tempos.changes[0].bpm, 2),
        "meter": str(song.meters.changes[0].meter),
        "key": str(song.keys[0].key) if song.keys else None,
        "bars": len(song.bars),
        "length_seconds": round(song.seconds, 2),
        "parts": describe_parts(song),
        "seed": proposal.seed,
        "seconds": round(proposal.seconds, 3),
        "score": round(proposal.score, 3),
        "reasons": list(proposal.reasons),
        "loudness_lufs": round(audio.loudness, 2) if audio else None,
        "true_peak_dbtp": round(audio.true_peak, 2) if audio else None,
        "soundfont": audio.soundfont if audio else None,
        "warnings": list(audio.warnings) if audio else [],
    }
