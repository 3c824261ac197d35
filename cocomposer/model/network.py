"""The network: a transformer over strokes, and small heads that choose where a stroke falls, what it strikes, how long
and how loud.

One step of the transformer writes a whole stroke.  Inside the step the position comes first; then everything that is
known at that position (harmony, tune, the band, the bar before, the reference) is looked up, and a nested decoder picks
the pitches from the lowest up.  Figures such as "this pitch is in the chord" reach the choice as weights on the
candidates themselves, so that harmony need not be learned through attention.

Letters in shapes: B windows, N elements, D width, M elements asked what follows, E strokes, K = CHORD_NOTES.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (what everybody calls it)

from cocomposer.model import grid
from cocomposer.model.features import BUCKETS, CONTEXT, CONTROLS, PITCH_FEATURES, TIME_FEATURES
from cocomposer.model.window import SLOTS, WINDOW_BARS
from cocomposer.music import Role

LENGTHS = len(grid.DURATIONS)
NO_PITCH = 2 * grid.PITCHES
_LENGTH_FIGURES = 8


@dataclass(frozen=True)
class NetworkConfig:
    """Size: `width` of the stream, `layers`, attention `heads`, `inner` width of the feed-forward, `head_width`."""

    width: int = 256
    layers: int = 6
    heads: int = 4
    inner: int = 1024
    head_width: int = 256


@dataclass
class Batch:
    """Windows as tensors; cells and strokes of all windows stand one after another.

    `elements` (B, N, ELEMENT), `notes` (B, N, K), `given` (B,), `length` (B,) elements really there, `context` (B, N,
    CONTEXT), `base` (B, N), `program` and `role` (B, SLOTS), `piece` (B, 3: source, genre, tempo).  `cell` (B, N) is
    the row in `controls` and `times`.  `asked` (M,) and `stroke` (E,) index the flattened B*N elements: those that
    something follows, and the strokes among them.
    """

    elements: Tensor
    notes: Tensor
    given: Tensor
    length: Tensor
    context: Tensor
    base: Tensor
    program: Tensor
    role: Tensor
    piece: Tensor
    cell: Tensor
    controls: Tensor
    times: Tensor
    lengths: Tensor
    asked: Tensor
    answer: Tensor
    stroke: Tensor
    pitches: Tensor
    figures: Tensor
    velocity: Tensor
    micro: Tensor
    limits: Tensor


@dataclass
class Losses:
    """Sums of negative log-likelihoods in nats, and how many choices each sum is over."""

    position: Tensor
    pitch: Tensor
    duration: Tensor
    velocity: Tensor
    micro: Tensor
    counts: dict[str, int]

    def total(self) -> Tensor:
        """Nats per stroke, everything but micro-timing, which only performances have, at its own mean."""
        strokes = max(1, self.counts["stroke"])
        micro = self.micro / max(1, self.counts["micro"])
        return (self.position + self.pitch + self.duration + self.velocity) / strokes + 0.2 * micro


class Block(nn.Module):
    """Attention and feed-forward, each behind a normalisation.  Half of each head turns with musical time, so that
    "a bar ago" is a direction of its own."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.norm1, self.norm2 = nn.LayerNorm(config.width), nn.LayerNorm(config.width)
        self.qkv = nn.Linear(config.width, 3 * config.width, bias=False)
        self.out = nn.Linear(config.width, config.width, bias=False)
        self.up = nn.Linear(config.width, config.inner)
        self.down = nn.Linear(config.inner, config.width)

    def project(self, x: Tensor, turn: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values (B, heads, N, D / heads) of x (B, N, D)."""
        b, n, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        return _turned(q, turn), _turned(k, turn), v

    def feed(self, x: Tensor, mixed: Tensor) -> Tensor:
        """The rest of the block, given what attention mixed (B, heads, N, D / heads)."""
        b, n, d = x.shape
        x = x + self.out(mixed.transpose(1, 2).reshape(b, n, d))
        return cast(Tensor, x + self.down(F.gelu(self.up(self.norm2(x)))))

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], mask: Tensor) -> Tensor:
        q, k, v = self.project(x, turn)
        return self.feed(x, F.scaled_dot_product_attention(q, k, v, attn_mask=mask))


def _turned(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Rotate the first half of every head by the angles of its time (Su et al. 2021, RoFormer); the rest stays."""
    cos, sin = turn
    rotated, plain = x.chunk(2, dim=-1)
    a, b = rotated.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos, plain], dim=-1)


class Network(nn.Module):
    """See the module's text.  All methods work on whole batches; writing uses `embed`, `Block.project`, the heads."""

    def __init__(self, config: NetworkConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or NetworkConfig()
        d, h = config.width, config.head_width
        self.kind = nn.Embedding(4, d)
        self.slot = nn.Embedding(SLOTS, d)
        self.program = nn.Embedding(grid.DRUMS + 1, d)
        self.role = nn.Embedding(len(Role) + 1, d)
        self.bar = nn.Embedding(WINDOW_BARS, d)
        self.position = nn.Embedding(grid.POSITIONS, d)
        self.duration = nn.Embedding(LENGTHS + 1, d)
        self.loudness = nn.Embedding(grid.VELOCITIES + 1, d)
        self.lateness = nn.Embedding(grid.MICRO_STEPS, d)
        self.source = nn.Embedding(len(grid.SOURCES), d)
        self.genre = nn.Embedding(len(grid.GENRES), d)
        self.tempo = nn.Embedding(9, d)
        self.control = nn.Embedding(len(CONTROLS) * (BUCKETS + 1), d)
        self.pitch = nn.Embedding(NO_PITCH + 1, d, padding_idx=NO_PITCH)
        self.degree = nn.Embedding(13, d, padding_idx=12)
        self.context = nn.Linear(CONTEXT, d)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(d)
        # Where the next stroke falls.
        self.time_query = nn.Linear(d, h)
        self.time_place = nn.Parameter(torch.randn(grid.POSITIONS + 1, h) * 0.02)
        self.time_phase = nn.Parameter(torch.randn(grid.STEPS_PER_QUARTER, h) * 0.02)
        self.time_gap = nn.Parameter(torch.randn(grid.POSITIONS, h) * 0.02)
        self.time_gates = nn.Linear(d, TIME_FEATURES + 3)
        # What it strikes.
        self.stroke_state = nn.Linear(d, h)
        self.stroke_context = nn.Linear(CONTEXT, h)
        self.stroke_position = nn.Embedding(grid.POSITIONS, h)
        self.stroke_figures = nn.ModuleList(
            nn.Embedding(size, h)
            for size in (*[grid.CHORD_NOTES + 1] * 2, *[LENGTHS + 1] * 3, *[grid.VELOCITIES + 1] * 3)
        )
        self.stroke_mix = nn.Sequential(nn.GELU(), nn.Linear(h, h))
        self.struck = nn.Embedding(NO_PITCH + 1, h, padding_idx=NO_PITCH)
        self.struck_degree = nn.Embedding(13, h, padding_idx=12)
        self.struck_count = nn.Embedding(grid.CHORD_NOTES + 1, h)
        self.note_mix = nn.Sequential(nn.LayerNorm(h), nn.Linear(h, h), nn.GELU(), nn.Linear(h, h))
        self.pitch_place = nn.Parameter(torch.randn(NO_PITCH, h) * 0.02)
        self.pitch_degree = nn.Parameter(torch.randn(12, h) * 0.02)
        self.pitch_step = nn.Parameter(torch.randn(2 * grid.PITCHES, h) * 0.02)
        self.pitch_stack = nn.Parameter(torch.randn(grid.PITCHES + 1, h) * 0.02)
        self.pitch_gates = nn.Linear(h, PITCH_FEATURES)
        self.stop = nn.Linear(h, 1)
        # How long and how loud.
        self.length_mix = nn.Sequential(nn.LayerNorm(h), nn.Linear(h, h), nn.GELU())
        self.length_out = nn.Linear(h, LENGTHS)
        self.length_gates = nn.Linear(h, _LENGTH_FIGURES)
        self.note_feel = nn.Sequential(nn.LayerNorm(h), nn.Linear(h, h), nn.GELU())
        self.velocity_out = nn.Linear(h, grid.VELOCITIES)
        self.micro_out = nn.Linear(h, grid.MICRO_STEPS)
        self.register_buffer("lengths", torch.tensor(grid.DURATIONS), persistent=False)
        half = d // config.heads // 4
        # From a quarter of a beat to some fifty bars in one turn.
        self.register_buffer("speeds", 2 * torch.pi / torch.logspace(0.6, 3.4, half), persistent=False)
        self.apply(_initialise)

    # ------------------------------------------------------------------ the stream

    def cell_vectors(self, controls: Tensor) -> Tensor:
        """What is asked of cells: (C, D) from buckets (C, len(CONTROLS))."""
        offsets = torch.arange(controls.shape[1]) * (BUCKETS + 1)
        return cast(Tensor, self.control(controls + offsets.to(controls.device)).sum(1))

    def embed(
        self, elements: Tensor, notes: Tensor, context: Tensor, base: Tensor, program: Tensor, role: Tensor,
        piece: Tensor, cells: Tensor,
    ) -> Tensor:  # fmt: skip
        """Elements as vectors (B, N, D); `program`, `role` (-1 unknown) and `cells` (D) are those of each element."""
        kind, slot, _, bar, position, _, duration, loudness, lateness = elements.unbind(-1)
        drums = (program == grid.DRUMS).unsqueeze(-1)
        pitch = torch.where(notes < 0, NO_PITCH, notes + grid.PITCHES * drums)
        degree = torch.where((notes < 0) | drums, 12, (notes - base.unsqueeze(-1)) % 12)
        is_stroke = kind.eq(2).unsqueeze(-1)
        stroke = self.duration(duration) + self.loudness(loudness) + _summed(self.pitch, pitch)
        stroke = stroke + self.lateness(lateness) + _summed(self.degree, degree)
        whole = self.source(piece[..., 0]) + self.genre(piece[..., 1]) + self.tempo(piece[..., 2])
        placed = self.bar(bar) + self.position(position) + self.context(context)
        x = self.kind(kind) + self.slot(slot) + self.program(program) + self.role(role + 1) + whole.unsqueeze(1)
        return cast(Tensor, x + placed * kind.ne(1).unsqueeze(-1) + stroke * is_stroke + cells)

    def turn(self, step: Tensor) -> tuple[Tensor, Tensor]:
        """Cosines and sines (B, 1, N, D / heads / 4) of the times `step` (B, N)."""
        angle = step.unsqueeze(-1).float() * cast(Tensor, self.speeds)
        return angle.cos().unsqueeze(1), angle.sin().unsqueeze(1)

    def stream(self, batch: Batch) -> Tensor:
        """The last layer at every element (B, N, D): given ones see all that is given, the others what precedes."""
        cells = self.cell_vectors(batch.controls)[batch.cell]
        slot = batch.elements[..., 1]
        x = self.embed(
            batch.elements, batch.notes, batch.context.float(), batch.base, batch.program.gather(1, slot),
            batch.role.gather(1, slot), batch.piece, cells,
        )  # fmt: skip
        mask = visible(batch.given, batch.length, x.shape[1]).unsqueeze(1)
        turn = self.turn(batch.elements[..., 5])
        for block in self.blocks:
            x = block(x, turn, mask)
        return cast(Tensor, self.norm(x))

    # ------------------------------------------------------------------ the heads

    def times(self, state: Tensor, opening: Tensor, last: Tensor, features: Tensor) -> Tensor:
        """Scores (M, POSITIONS + 1) of where the next stroke falls, END last.

        `state` (M, D); `opening` (M,) is true where no stroke of the cell precedes, else `last` (M,) is its position;
        `features` (M, POSITIONS, TIME_FEATURES) are those of the cell.
        """
        query = self.time_query(state)
        places = torch.arange(grid.POSITIONS, device=state.device)
        scores = query @ self.time_place.T
        inside = (query @ self.time_phase.T)[:, places % grid.STEPS_PER_QUARTER]
        gap = (places[None, :] - last[:, None]).clamp(min=0)
        inside = inside + (query @ self.time_gap.T).gather(1, gap) * ~opening[:, None]
        gates = self.time_gates(state)
        features = features.to(gates.dtype)
        inside = inside + torch.einsum("mpf,mf->mp", features, gates[:, :TIME_FEATURES])
        # Does the bar before, the reference or the tune have anything to come?
        later = (places[None, :] > last[:, None]) | opening[:, None]
        to_come = (features[..., :3] * later.unsqueeze(-1)).amax(1)
        end = scores[:, -1:] + (to_come * gates[:, TIME_FEATURES:]).sum(-1, keepdim=True)
        return torch.cat([scores[:, :-1] + inside, end], dim=1)

    def stroke(self, state: Tensor, context: Tensor, position: Tensor, figures: Tensor) -> Tensor:
        """What a stroke (E, h) starts from, once its position is chosen."""
        x = self.stroke_state(state) + self.stroke_context(context) + self.stroke_position(position)
        for index, table in enumerate(self.stroke_figures):
            x = x + table(figures[:, index])
        return cast(Tensor, self.stroke_mix(x))

    def pointers(self, stroke: Tensor, pitches: Tensor) -> Tensor:
        """Scores (E, 128) that the figures of the candidates (E, 128, PITCH_FEATURES) give them."""
        gates = self.pitch_gates(stroke)
        return torch.einsum("epf,ef->ep", pitches.to(gates.dtype), gates)

    def struck_vectors(self, pitch: Tensor, base: Tensor, drums: Tensor) -> Tensor:
        """Vectors (..., h) of notes already struck; `pitch` -1 for none."""
        row = torch.where(pitch < 0, NO_PITCH, pitch + grid.PITCHES * drums)
        degree = torch.where((pitch < 0) | drums, 12, (pitch - base) % 12)
        return cast(Tensor, self.struck(row) + self.struck_degree(degree))

    def notes(
        self, state: Tensor, pointers: Tensor, base: Tensor, drums: Tensor, previous: Tensor, last: Tensor
    ) -> Tensor:
        """Scores (R, 129) of the next note of a stroke, "no more" last.

        `state` (R, h) is the stroke with what it has struck; `pointers` (R, 128); `previous` (R,) the lowest pitch of
        the stroke before (-1 none), `last` (R,) the pitch struck just now (-1 none).
        """
        x = self.note_mix(state)
        pitches = torch.arange(grid.PITCHES, device=x.device)
        everywhere = x @ self.pitch_place.T
        scores = torch.where(drums[:, None], everywhere[:, grid.PITCHES :], everywhere[:, : grid.PITCHES])
        degree = (x @ self.pitch_degree.T).gather(1, (pitches[None, :] - base[:, None]) % 12)
        interval = (pitches[None, :] - previous[:, None] + grid.PITCHES).clamp(0, 2 * grid.PITCHES - 1)
        step = (x @ self.pitch_step.T).gather(1, interval) * (previous >= 0)[:, None]
        above = (pitches[None, :] - last[:, None]).clamp(0, grid.PITCHES)
        stack = (x @ self.pitch_stack.T).gather(1, above) * (last >= 0)[:, None]
        scores = scores + (degree + step) * ~drums[:, None] + stack + pointers
        # The first note must be one; the next lie above it.
        no_more = torch.where(last[:, None] < 0, -1e9, self.stop(x))
        scores = scores.masked_fill(pitches[None, :] <= last[:, None], -1e9)
        return torch.cat([scores, no_more], dim=1)

    def feel(self, state: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of velocity (R, VELOCITIES) and micro-timing (R, MICRO_STEPS); `state` includes the note itself."""
        x = self.note_feel(state)
        return self.velocity_out(x), self.micro_out(x)

    def durations(self, state: Tensor, figures: Tensor, limits: Tensor) -> Tensor:
        """Scores (E, LENGTHS) of how long a stroke lasts; `state` has all its notes, `figures` are stroke_figures,
        `limits` (E, 2) the steps until the chord changes and the bar ends."""
        x = self.length_mix(state)
        gates = self.length_gates(x)
        index = torch.arange(LENGTHS, device=x.device)
        lengths = cast(Tensor, self.lengths)
        change, end = limits[:, :1], limits[:, 1:]
        beat = (end - 1) % grid.STEPS_PER_QUARTER + 1
        cues = torch.stack(
            [figures[:, place : place + 1] == index for place in (2, 3, 4)]
            + [lengths == change, lengths > change, lengths == end, lengths > end, lengths == beat],
            dim=-1,
        )
        return cast(Tensor, self.length_out(x) + torch.einsum("elf,ef->el", cues.to(gates.dtype), gates))

    # ------------------------------------------------------------------ training

    def forward(self, batch: Batch) -> Losses:
        """Losses of everything that is written in the windows."""
        choices = self.choices(batch)
        sums = {name: F.cross_entropy(scores, answer, reduction="sum") for name, (scores, answer) in choices.items()}
        counts = {name: len(answer) for name, (_, answer) in choices.items()}
        # Of pitches the notes count, not every "no more" after them.
        return Losses(**sums, counts=counts | {"stroke": len(batch.stroke), "pitch": counts["velocity"]})

    def choices(self, batch: Batch) -> dict[str, tuple[Tensor, Tensor]]:
        """The scores (choices, answers) of everything that is chosen in the windows, and what was chosen (choices,), by
        attribute, as `Losses` names them."""
        flat = self.stream(batch).flatten(0, 1)
        elements = batch.elements.flatten(0, 1)
        rows = batch.elements.shape[1]
        asked = elements[batch.asked]
        cell = batch.cell.flatten()[batch.asked]
        scores = self.times(flat[batch.asked], asked[:, 0] == 3, asked[:, 4], batch.times[cell])
        valid = torch.arange(grid.POSITIONS + 1, device=scores.device)[None, :] < batch.lengths[cell][:, None]
        valid[:, -1] = True
        found = {"position": (scores.float().masked_fill(~valid, -1e9), batch.answer)}

        at = batch.stroke
        strokes, notes = elements[at], batch.notes.flatten(0, 1)[at]
        program = batch.program[at // rows, strokes[:, 1]]
        drums, base = program == grid.DRUMS, batch.base.flatten()[at]
        context = batch.context.flatten(0, 1)[at].float()
        stroke = self.stroke(flat[at - 1], context, strokes[:, 4], batch.figures)
        pointers = self.pointers(stroke, batch.pitches)
        # One row for every note and one for "no more": what was struck before it is a running sum.
        counts = (notes >= 0).sum(1)
        first = counts.cumsum(0) - counts
        rank = torch.arange(grid.CHORD_NOTES + 1, device=at.device)
        e, k = (rank[None, :] <= counts[:, None]).nonzero(as_tuple=True)
        owner = torch.repeat_interleave(counts)
        vectors = self.struck_vectors(notes[notes >= 0], base[owner], drums[owner]).float()
        running = torch.cat([torch.zeros_like(vectors[:1]), vectors.cumsum(0)])
        state = stroke[e] + (running[first[e] + k] - running[first[e]]) + self.struck_count(k)
        previous = lowest(batch.pitches[..., 5])
        target = torch.cat([notes, torch.full_like(notes[:, :1], -1)], dim=1)[e, k]
        last = torch.where(k > 0, notes[e, (k - 1).clamp(min=0)], -1)
        note_scores = self.notes(state, pointers[e], base[e], drums[e], previous[e], last).float()
        full = k < grid.CHORD_NOTES
        found["pitch"] = note_scores[full], target[full].where(target[full] >= 0, grid.PITCHES)

        real = target >= 0
        loud, micro = self.feel(state[real] + vectors)
        found["velocity"] = loud.float(), batch.velocity[e[real], k[real]]
        late = batch.micro[e[real], k[real]]
        felt = late >= 0
        found["micro"] = micro[felt].float(), late[felt]

        pitched = ~drums
        final = (stroke + running[first + counts] - running[first])[pitched]
        lengths = self.durations(final, batch.figures[pitched], batch.limits[pitched]).float()
        found["duration"] = lengths, strokes[pitched, 6]
        return found


def lowest(hot: Tensor) -> Tensor:
    """The lowest pitch in each row (E, 128) of zeros and ones, -1 for none."""
    return torch.where(hot.amax(1) > 0, hot.argmax(1), -1)


def _summed(table: nn.Embedding, index: Tensor) -> Tensor:
    """The sum of the rows that the last axis names."""
    flat = F.embedding_bag(index.flatten(0, -2), table.weight, mode="sum", padding_idx=table.padding_idx)
    return flat.view(*index.shape[:-1], -1)


def visible(given: Tensor, length: Tensor, size: int) -> Tensor:
    """Who may look at whom, (B, N, N): everybody at what is given, those that are written also at what was before."""
    index = torch.arange(size, device=given.device)
    row, column = index[None, :, None], index[None, None, :]
    start = given[:, None, None]
    allowed = (column < start) | ((column <= row) & (row >= start))
    # Padding looks at itself, or attention would divide by nothing.
    return (allowed & (column < length[:, None, None])) | (row == column)


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
        if module.padding_idx is not None:
            with torch.no_grad():
                module.weight[module.padding_idx].zero_()
