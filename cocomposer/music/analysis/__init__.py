"""Hearing what a sketch is: key, chords, tune, form and roles, and chords for a tune that has none."""
