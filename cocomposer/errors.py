"""The errors an artist can meet, each worded for the artist and raised where the cause is known."""


class CocomposerError(Exception):
    """Root of every expected failure; its text is one sentence an artist can act on."""


class FormatError(CocomposerError):
    """A file or text is not what it claims to be, is damaged, or exceeds a limit."""


class MusicError(CocomposerError, ValueError):
    """A musical value is outside what exists: a pitch of 130, a metre of 4/3, a chord nobody can spell."""


class StyleError(CocomposerError):
    """A style file is missing or wrong."""


class RequestError(CocomposerError):
    """What was asked for cannot be done: an empty sketch, bars outside the song, an unknown role."""


class SoundError(CocomposerError):
    """An instrument, effect or audio file cannot be used."""


class PresetError(CocomposerError):
    """A preset, pack, share code or shelf is missing, damaged, or not to be trusted."""


class ModelError(CocomposerError):
    """The weights of a learned model are missing, damaged, or not those of this version."""


class Cancelled(CocomposerError):  # noqa: N818 - stopping is no error
    """The artist stopped a long action; nothing half-done is left behind."""
