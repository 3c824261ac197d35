"""Hearing the song while it is worked on: rendered ahead in segments, mixed block by block, sent to a device."""
