"""The players: each turns the cues of its pattern into strokes, listening to the tune and the chords."""
