"""Where a song comes from, as a record that travels with what is exported: who wrote how much, and what the models
among them learned from.

The record is JSON; one that is read may come from anybody, and is checked like any other file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cocomposer import __version__
from cocomposer.errors import FormatError
from cocomposer.formats.origin_json import MAX_ORIGINS, origin_from, origin_to
from cocomposer.formats.strict_json import Fields, parsed
from cocomposer.music import Author, Origin, Song
from cocomposer.music.shares import Shares, SharesOfSong, origins, shares, statement
from cocomposer.studio.model_cards import Corpus, ModelCard, model_card

FORMAT, VERSION = "cocomposer-provenance", 1
MAX_RECORD = 5_000_000
"""Longest record that is read, in characters."""
_MAX_ROWS = 10_000
_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"


@dataclass(frozen=True)
class Provenance:
    """What is known of a song's authors.

    `program` is the version that wrote the record, `statement` the sentence for people, `origins` everybody beside the
    artist, `models` the cards of those networks among them that came with the program.
    """

    title: str
    program: str
    statement: str
    shares: SharesOfSong
    origins: tuple[Origin, ...]
    models: tuple[ModelCard, ...]

    @property
    def digital_source_type(self) -> str:
        """The IPTC term for how the song came about (https://cv.iptc.org/newscodes/digitalsourcetype/)."""
        authors = {origin.author for origin in self.origins}
        if Author.MODEL in authors:
            return _SOURCE_TYPES + "compositeWithTrainedAlgorithmicMedia"
        if authors & {Author.STYLE, Author.UNKNOWN}:
            return _SOURCE_TYPES + "compositeSynthetic"
        return _SOURCE_TYPES + "digitalCreation"


def provenance_of(song: Song) -> Provenance:
    found = origins(song)
    names = dict.fromkeys(origin.name for origin in found if origin.author is Author.MODEL)
    cards = tuple(card for name in names if (card := model_card(name)) is not None)
    return Provenance(song.title, __version__, statement(song), shares(song), found, cards)


def provenance_to(provenance: Provenance) -> dict[str, Any]:
    """The record as values that JSON can hold."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": provenance.title,
        "program": provenance.program,
        "statement": provenance.statement,
        "digital_source_type": provenance.digital_source_type,
        "notes": {
            "whole": _shares_to(provenance.shares.whole),
            "parts": [_shares_to(each) for each in provenance.shares.parts],
            "sections": [_shares_to(each) for each in provenance.shares.sections],
        },
        "origins": [origin_to(origin) for origin in provenance.origins],
        "models": [
            {
                "name": card.name,
                "sha256": card.sha256,
                "corpora": [[each.name, each.licence, each.origin] for each in card.corpora],
            }
            for card in provenance.models
        ],
    }


def record_text(provenance: Provenance) -> str:
    """The record as one line of JSON, for tags."""
    return json.dumps(provenance_to(provenance), separators=(",", ":"))


def provenance_from(value: Any) -> Provenance:
    """The record that `provenance_to` wrote, or its JSON text.  Raises FormatError for anything else."""
    if isinstance(value, str):
        if len(value) > MAX_RECORD:
            raise FormatError("The record of authors is longer than any is: it is refused.")
        value = parsed(value)
    fields = Fields(value, "The record of authors")
    if fields.text("format") != FORMAT or fields.integer("version", 1, 1_000_000) > VERSION:
        raise FormatError("The record of authors is of another program, or of a later version.")
    notes = fields.object("notes")
    return Provenance(
        title=fields.text("title"),
        program=fields.text("program", 100),
        statement=fields.text("statement"),
        shares=SharesOfSong(
            _shares_from(notes.value("whole"), notes.where),
            notes.items("parts", _MAX_ROWS, _shares_from),
            notes.items("sections", _MAX_ROWS, _shares_from),
        ),
        origins=fields.items("origins", MAX_ORIGINS, origin_from),
        models=fields.items("models", 100, _card_from),
    )


def _shares_to(found: Shares) -> dict[str, Any]:
    return {"name": found.name, "notes": [[author, count] for author, count in found.notes]}


def _shares_from(value: Any, where: str) -> Shares:
    fields = Fields(value, where)
    return Shares(fields.text("name"), fields.items("notes", _MAX_ROWS, _count_from))


def _count_from(value: Any, where: str) -> tuple[str, int]:
    row = Fields.of_row(value, ("author", "count"), where)
    return row.text("author"), row.integer("count", 1, 2**40)


def _card_from(value: Any, where: str) -> ModelCard:
    fields = Fields(value, where)
    return ModelCard(fields.text("name"), fields.text("sha256", 64), fields.items("corpora", 1_000, _corpus_from))


def _corpus_from(value: Any, where: str) -> Corpus:
    row = Fields.of_row(value, ("name", "licence", "origin"), where)
    return Corpus(row.text("name"), row.text("licence"), row.text("origin"))
