"""Cocomposer: the co-composer that sits beside an artist's DAW."""

__version__ = "0.1.0"
