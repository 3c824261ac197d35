"""`python -m cocomposer.training`: corpora to prepared songs, songs to weights, weights to figures and a card."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.errors import CocomposerError, FormatError

if TYPE_CHECKING:
    from cocomposer.training.harmony_corpus import LeadSheet

_DESCRIPTION = """How the models are made:
  prepare DATA --out SONGS          read the corpora (folders or zip files), or any folder of your own MIDI files
  train SONGS --out RUN             train; the same command again goes on, Ctrl-C writes a checkpoint
  evaluate SONGS --run RUN          measure on the songs kept aside, beside simple baselines
  measure DATA --run RUN            measure the shipped model at work: controls, infill, drums
  export RUN --name NAME            write the weights to assets/models/NAME
  card RUN --name NAME              write the model card beside them
  harmony-train DATA --cache SONGS  the same for the network that harmonises melodies
  harmony-evaluate DATA --cache SONGS"""
_HARMONY_CORPORA = ("openewld", "pop909")


def main(words: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = _parser().parse_args(words)
    run: Callable[[argparse.Namespace], None] = arguments.run
    try:
        run(arguments)
    except CocomposerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m cocomposer.training", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], None], argument: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        made.set_defaults(run=run)
        made.add_argument("folder", metavar=argument, type=Path)
        return made

    prepare = command("prepare", _prepare, "DATA")
    prepare.add_argument("--out", type=Path, required=True, metavar="SONGS", help="folder for the prepared songs")
    train = command("train", _train, "SONGS")
    train.add_argument("--out", type=Path, required=True, metavar="RUN", help="folder for checkpoint and log")
    train.add_argument("--minutes", type=_positive, default=120.0, help="of training in all, over resumed runs")
    train.add_argument("--layers", type=int, default=5, help="of the transformer")
    train.add_argument("--width", type=int, default=256, help="of the transformer, a multiple of 16")
    train.add_argument("--elements", type=int, default=4096, help="in a batch")
    train.add_argument("--rate", type=_positive, default=2e-3, help="learning rate at its peak")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--threads", type=int, default=0, help="of the processor; 0: as many as there are")
    train.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    evaluate = command("evaluate", _evaluate, "SONGS")
    evaluate.add_argument("--run", type=Path, required=True, dest="trained", metavar="RUN", help="folder of `train`")
    evaluate.add_argument("--batches", type=int, default=12, help="of each corpus and of all together")
    evaluate.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    measure = command("measure", _measure, "DATA")
    measure.add_argument("--run", type=Path, required=True, dest="trained", metavar="RUN", help="folder of `train`")
    measure.add_argument("--songs", type=int, default=12, help="of each kind at most")
    for name, run in (("export", _export), ("card", _card)):
        command(name, run, "RUN").add_argument("--name", required=True, help="of the model in assets/models")
    harmony = command("harmony-train", _harmony_train, "DATA")
    harmony.add_argument("--minutes", type=_positive, default=10.0, help="at most")
    harmony.add_argument("--seed", type=int, default=1)
    harmony.add_argument("--name", default="harmony", help="of the model in assets/models")
    for made in (harmony, command("harmony-evaluate", _harmony_evaluate, "DATA")):
        made.add_argument("--cache", type=Path, required=True, metavar="SONGS", help="folder for the parsed songs")
    return parser


def _positive(word: str) -> float:
    value = float(word)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{word} is not above 0")
    return value


def _prepare(arguments: argparse.Namespace) -> None:
    from cocomposer.training.prepare import prepare

    prepare(arguments.folder, arguments.out)


def _train(arguments: argparse.Namespace) -> None:
    from cocomposer.model.network import NetworkConfig
    from cocomposer.training.train import TrainingConfig, train

    stopped: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: stopped.append(number))
    config = TrainingConfig(
        minutes=arguments.minutes, elements=arguments.elements, rate=arguments.rate, seed=arguments.seed,
        threads=arguments.threads,
    )  # fmt: skip
    size = NetworkConfig(width=arguments.width, layers=arguments.layers, inner=4 * arguments.width)
    train(arguments.folder, arguments.out, config, size, arguments.device, stop=lambda: bool(stopped))


def _evaluate(arguments: argparse.Namespace) -> None:
    from cocomposer.training.card import LIKELIHOOD
    from cocomposer.training.checkpoint import mean_network
    from cocomposer.training.likelihood import as_json, measure, table

    network = mean_network(arguments.trained, arguments.device)
    corpora = sorted(path.stem for path in arguments.folder.glob("*.npz"))
    if not corpora:
        raise FormatError(f"There are no prepared songs in {arguments.folder.name}: run `prepare` into it first.")
    measured = (
        measure(network, arguments.folder, corpus, count=arguments.batches, device=arguments.device)
        for corpus in ("*", *corpora)
    )
    rows = [row for row in measured if row is not None]
    print(table(rows))
    (arguments.trained / LIKELIHOOD).write_text(json.dumps(as_json(rows), indent=2) + "\n", encoding="utf-8")


def _measure(arguments: argparse.Namespace) -> None:
    from cocomposer.composer.model_composer import ModelComposer
    from cocomposer.training.composer_evaluation import measure

    figures = measure(arguments.folder, ModelComposer(), arguments.songs)
    (arguments.trained / "at_work.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _export(arguments: argparse.Namespace) -> None:
    from cocomposer.training.export import export, model_folder

    print(export(arguments.folder, model_folder(arguments.name)))


def _card(arguments: argparse.Namespace) -> None:
    from cocomposer.training.card import write_card
    from cocomposer.training.export import model_folder

    print(write_card(arguments.folder, model_folder(arguments.name)))


def _harmony_train(arguments: argparse.Namespace) -> None:
    from cocomposer.model.harmony import WEIGHTS
    from cocomposer.training.export import model_folder
    from cocomposer.training.harmony import train

    sheets = _lead_sheets(arguments)
    train(sheets, model_folder(arguments.name) / WEIGHTS.name, seed=arguments.seed, minutes=arguments.minutes)


def _harmony_evaluate(arguments: argparse.Namespace) -> None:
    from cocomposer.model.harmony_grid import Idiom
    from cocomposer.training.harmony_evaluation import evaluate

    sheets = _lead_sheets(arguments)
    for idiom in Idiom:
        print(f"{idiom.name.lower()}\n{evaluate(sheets, idiom=idiom).table()}")


def _lead_sheets(arguments: argparse.Namespace) -> list[LeadSheet]:
    from cocomposer.training.harmony_corpus import prepare
    from cocomposer.training.unpack import corpora_in

    with corpora_in(arguments.folder, _HARMONY_CORPORA) as found:
        if len(found) < len(_HARMONY_CORPORA):
            raise FormatError(f"{arguments.folder.name} lacks {' or '.join(_HARMONY_CORPORA)}.")
        return prepare(found["openewld"], found["pop909"] / "quantised", arguments.cache)


if __name__ == "__main__":
    sys.exit(main())
