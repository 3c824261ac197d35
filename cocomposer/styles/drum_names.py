"""The names by which styles call the instruments of a drum kit, with their General MIDI keys."""

DRUMS = {
    "kick": 36, "kick2": 35, "snare": 38, "snare2": 40, "rim": 37, "clap": 39, "hat": 42, "pedal": 44, "open": 46,
    "ride": 51, "ride2": 59, "bell": 53, "crash": 49, "crash2": 57, "splash": 55, "china": 52,
    "tom1": 50, "tom2": 48, "tom3": 47, "tom4": 45, "floor": 43, "floor2": 41,
    "tambourine": 54, "cowbell": 56, "vibraslap": 58, "bongo_high": 60, "bongo_low": 61, "conga_mute": 62,
    "conga_high": 63, "conga_low": 64, "timbale_high": 65, "timbale_low": 66, "agogo_high": 67, "agogo_low": 68,
    "cabasa": 69, "shaker": 70, "guiro": 73, "guiro_long": 74, "claves": 75, "block_high": 76, "block_low": 77,
    "cuica_mute": 78, "cuica": 79, "triangle_mute": 80, "triangle": 81,
}  # fmt: skip

FEET = frozenset({"kick", "kick2", "pedal"})

KITS = {
    "standard": 0, "room": 8, "power": 16, "electronic": 24, "808": 25, "jazz": 32, "brush": 40, "orchestra": 48,
}  # fmt: skip
