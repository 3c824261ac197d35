"""General MIDI level 1: the 128 programs, their families and sounding ranges, and the drum keys.

Names and numbers are those of the MIDI Association's "General MIDI System Level 1"; programs count from 0.
Ranges are what a good player of the real instrument reaches, as MIDI pitches (middle C = 60), as sounding and
not as written; for synthesisers and effects they are the octaves in which the sound keeps its character.
"""

from __future__ import annotations

from difflib import get_close_matches

from cocomposer.errors import MusicError

FAMILIES = (
    "Piano", "Chromatic Percussion", "Organ", "Guitar", "Bass", "Strings", "Ensemble", "Brass",
    "Reed", "Pipe", "Synth Lead", "Synth Pad", "Synth Effects", "Ethnic", "Percussive", "Sound Effects",
)  # fmt: skip

# Eight instruments a family, each with its lowest and highest sounding pitch.
_TABLE: tuple[tuple[str, int, int], ...] = (
    ("Acoustic Grand Piano", 21, 108), ("Bright Acoustic Piano", 21, 108),
    ("Electric Grand Piano", 21, 108), ("Honky-tonk Piano", 21, 108),
    ("Electric Piano 1", 28, 103), ("Electric Piano 2", 28, 103), ("Harpsichord", 29, 89), ("Clavi", 36, 96),
    ("Celesta", 60, 108), ("Glockenspiel", 79, 108), ("Music Box", 60, 96), ("Vibraphone", 53, 89),
    ("Marimba", 45, 96), ("Xylophone", 65, 108), ("Tubular Bells", 60, 77), ("Dulcimer", 55, 86),
    ("Drawbar Organ", 36, 96), ("Percussive Organ", 36, 96), ("Rock Organ", 36, 96), ("Church Organ", 36, 96),
    ("Reed Organ", 36, 96), ("Accordion", 41, 93), ("Harmonica", 60, 96), ("Tango Accordion", 41, 93),
    ("Acoustic Guitar (nylon)", 40, 83), ("Acoustic Guitar (steel)", 40, 84),
    ("Electric Guitar (jazz)", 40, 86), ("Electric Guitar (clean)", 40, 86),
    ("Electric Guitar (muted)", 40, 86), ("Overdriven Guitar", 40, 86),
    ("Distortion Guitar", 40, 86), ("Guitar Harmonics", 40, 88),
    ("Acoustic Bass", 28, 62), ("Electric Bass (finger)", 28, 67), ("Electric Bass (pick)", 28, 67),
    ("Fretless Bass", 28, 67), ("Slap Bass 1", 28, 67), ("Slap Bass 2", 28, 67),
    ("Synth Bass 1", 24, 67), ("Synth Bass 2", 24, 67),
    ("Violin", 55, 103), ("Viola", 48, 91), ("Cello", 36, 81), ("Contrabass", 28, 67),
    ("Tremolo Strings", 28, 100), ("Pizzicato Strings", 28, 100), ("Orchestral Harp", 28, 103), ("Timpani", 38, 57),
    ("String Ensemble 1", 28, 96), ("String Ensemble 2", 28, 96), ("Synth Strings 1", 28, 96),
    ("Synth Strings 2", 28, 96), ("Choir Aahs", 41, 84), ("Voice Oohs", 41, 84), ("Synth Voice", 41, 84),
    ("Orchestra Hit", 36, 84),
    ("Trumpet", 54, 86), ("Trombone", 40, 74), ("Tuba", 28, 60), ("Muted Trumpet", 54, 86),
    ("French Horn", 41, 77), ("Brass Section", 40, 86), ("Synth Brass 1", 36, 90), ("Synth Brass 2", 36, 90),
    ("Soprano Sax", 56, 88), ("Alto Sax", 49, 81), ("Tenor Sax", 44, 76), ("Baritone Sax", 36, 69),
    ("Oboe", 58, 91), ("English Horn", 52, 81), ("Bassoon", 34, 75), ("Clarinet", 50, 91),
    ("Piccolo", 74, 108), ("Flute", 60, 96), ("Recorder", 60, 98), ("Pan Flute", 60, 96),
    ("Blown Bottle", 60, 96), ("Shakuhachi", 55, 86), ("Whistle", 60, 98), ("Ocarina", 60, 89),
    ("Lead 1 (square)", 36, 96), ("Lead 2 (sawtooth)", 36, 96), ("Lead 3 (calliope)", 48, 96),
    ("Lead 4 (chiff)", 48, 96), ("Lead 5 (charang)", 36, 96), ("Lead 6 (voice)", 36, 96),
    ("Lead 7 (fifths)", 36, 96), ("Lead 8 (bass + lead)", 24, 96),
    ("Pad 1 (new age)", 36, 96), ("Pad 2 (warm)", 36, 96), ("Pad 3 (polysynth)", 36, 96),
    ("Pad 4 (choir)", 36, 96), ("Pad 5 (bowed)", 36, 96), ("Pad 6 (metallic)", 36, 96),
    ("Pad 7 (halo)", 36, 96), ("Pad 8 (sweep)", 36, 96),
    ("FX 1 (rain)", 36, 96), ("FX 2 (soundtrack)", 36, 96), ("FX 3 (crystal)", 36, 96),
    ("FX 4 (atmosphere)", 36, 96), ("FX 5 (brightness)", 36, 96), ("FX 6 (goblins)", 36, 96),
    ("FX 7 (echoes)", 36, 96), ("FX 8 (sci-fi)", 36, 96),
    ("Sitar", 48, 84), ("Banjo", 48, 86), ("Shamisen", 50, 84), ("Koto", 48, 91),
    ("Kalimba", 48, 84), ("Bagpipe", 57, 81), ("Fiddle", 55, 100), ("Shanai", 57, 86),
    ("Tinkle Bell", 60, 96), ("Agogo", 60, 84), ("Steel Drums", 52, 84), ("Woodblock", 48, 84),
    ("Taiko Drum", 36, 72), ("Melodic Tom", 36, 72), ("Synth Drum", 36, 72), ("Reverse Cymbal", 36, 84),
    ("Guitar Fret Noise", 36, 84), ("Breath Noise", 36, 84), ("Seashore", 36, 84), ("Bird Tweet", 36, 84),
    ("Telephone Ring", 36, 84), ("Helicopter", 36, 84), ("Applause", 36, 84), ("Gunshot", 36, 84),
)  # fmt: skip

INSTRUMENTS: tuple[str, ...] = tuple(name for name, _, _ in _TABLE)
_PROGRAMS = {name.lower(): program for program, name in enumerate(INSTRUMENTS)}

PERCUSSION: dict[int, str] = dict(
    enumerate(
        (
            "Acoustic Bass Drum", "Bass Drum 1", "Side Stick", "Acoustic Snare", "Hand Clap", "Electric Snare",
            "Low Floor Tom", "Closed Hi-Hat", "High Floor Tom", "Pedal Hi-Hat", "Low Tom", "Open Hi-Hat",
            "Low-Mid Tom", "Hi-Mid Tom", "Crash Cymbal 1", "High Tom", "Ride Cymbal 1", "Chinese Cymbal",
            "Ride Bell", "Tambourine", "Splash Cymbal", "Cowbell", "Crash Cymbal 2", "Vibraslap",
            "Ride Cymbal 2", "Hi Bongo", "Low Bongo", "Mute Hi Conga", "Open Hi Conga", "Low Conga",
            "High Timbale", "Low Timbale", "High Agogo", "Low Agogo", "Cabasa", "Maracas", "Short Whistle",
            "Long Whistle", "Short Guiro", "Long Guiro", "Claves", "Hi Wood Block", "Low Wood Block",
            "Mute Cuica", "Open Cuica", "Mute Triangle", "Open Triangle",
        ),
        start=35,
    )
)  # fmt: skip

# Basses, reeds and pipes by family; of the brass only the solo instruments, not the sections.
_MONOPHONIC = frozenset({*range(32, 40), *range(56, 61), *range(64, 80)})


def program_named(name: str) -> int:
    """The program 0..127 of a General MIDI name, whatever its case.

    Raises MusicError, naming the closest real names, when there is no such instrument.
    """
    wanted = " ".join(name.lower().split())
    if wanted in _PROGRAMS:
        return _PROGRAMS[wanted]
    close = get_close_matches(wanted, _PROGRAMS, n=3, cutoff=0.5)
    close += [each for each in _PROGRAMS if wanted and wanted in each and each not in close][: 3 - len(close)]
    hint = " or ".join(INSTRUMENTS[_PROGRAMS[each]] for each in close)
    advice = f"did you mean {hint}?" if hint else "use a name such as Acoustic Grand Piano."
    raise MusicError(f"{name!r} is not a General MIDI instrument: {advice}")


def family_of(program: int) -> str:
    """The family, one of FAMILIES, of a program 0..127."""
    return FAMILIES[_checked(program) // 8]


def playable_range(program: int) -> tuple[int, int]:
    """Lowest and highest sounding MIDI pitch of the instrument of a program 0..127."""
    _, low, high = _TABLE[_checked(program)]
    return low, high


def is_monophonic(program: int) -> bool:
    """True for instruments that sound one note at a time: basses, reeds, pipes and solo brass."""
    return _checked(program) in _MONOPHONIC


def _checked(program: int) -> int:
    if not 0 <= program <= 127:
        raise MusicError(f"A General MIDI program lies between 0 and 127, not {program}.")
    return program
