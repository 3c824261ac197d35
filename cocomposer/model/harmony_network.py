"""The harmony network: a melody is heard in both directions, then chords are chosen one after the other.

An encoder of two bidirectional recurrent layers (K. Cho et al., "Learning Phrase Representations using RNN
Encoder-Decoder for Statistical Machine Translation", EMNLP 2014) reads the features of all slots; a decoder layer walks
along them and knows the chord that sounds, for how long it has, and what stood in the bar that is being repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import torch
from torch import Tensor, nn

from cocomposer.model.harmony_grid import CHORDS, FEATURES

LONGEST_HOLD = 8
"""Slots for which a chord has sounded, counted up to here."""


class HarmonyNetwork(nn.Module):
    """Scores for the next chord (CHORDS degrees and qualities, and HOLD) in every slot."""

    def __init__(self, width: int = 112, decoder_width: int = 192, embedding: int = 48, dropout: float = 0.3) -> None:
        super().__init__()
        self.config = {"width": width, "decoder_width": decoder_width, "embedding": embedding, "dropout": dropout}
        self.encoder = nn.GRU(FEATURES, width, 2, batch_first=True, bidirectional=True, dropout=dropout)
        self.chord = nn.Embedding(CHORDS + 1, embedding)
        self.held = nn.Embedding(LONGEST_HOLD + 1, 8)
        self.decoder = nn.GRU(2 * width + 2 * embedding + 8, decoder_width, batch_first=True)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(decoder_width + 2 * width + embedding, CHORDS + 1)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        return cls(**{name: config[name] for name in ("width", "decoder_width", "embedding", "dropout")})

    def encode(self, features: Tensor) -> Tensor:
        """What is heard in each slot in the light of the whole song: (batch, slots, FEATURES) to (batch, slots, x)."""
        heard: Tensor = self.drop(self.encoder(features)[0])
        return heard

    def decode(
        self, heard: Tensor, sounding: Tensor, held: Tensor, recalled: Tensor, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Scores, shape (batch, slots, CHORDS + 1), and the state after the last slot.

        `sounding` is the chord before each slot, `held` for how many slots it has sounded, `recalled` the chord of the
        slot that is repeated, NONE where there is none; all of shape (batch, slots), degrees counted from the tonic
        that is in force in the slot.
        """
        recall = self.chord(recalled)
        context = torch.cat([heard, self.chord(sounding), recall, self.held(held.clamp(max=LONGEST_HOLD))], dim=-1)
        steps, state = self.decoder(self.drop(context), state)
        scores: Tensor = self.out(torch.cat([self.drop(steps), heard, recall], dim=-1))
        assert state is not None
        return scores, state
