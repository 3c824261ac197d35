"""MusicXML: chords, repeats, pickups, lyrics, ties, archives and traps."""

import io
import zipfile
from pathlib import Path

import pytest

from cocomposer import formats
from cocomposer.errors import FormatError
from cocomposer.formats import musicxml
from cocomposer.music import Key, Meter, Mode, Note, Role, Song

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "openewld.zip"
SIGNATURE = (
    "<divisions>4</divisions><key><fifths>{}</fifths>{}</key><time><beats>{}</beats><beat-type>{}</beat-type></time>"
)


def attributes(fifths: int = 0, mode: str = "", beats: int = 4, unit: int = 4, more: str = "") -> str:
    mode = f"<mode>{mode}</mode>" if mode else ""
    return f"<attributes>{SIGNATURE.format(fifths, mode, beats, unit)}{more}</attributes>"


def note(name: str, quarters: float = 1, more: str = "") -> str:
    step, octave = name[0], name[-1]
    alter = {"#": "<alter>1</alter>", "b": "<alter>-1</alter>"}.get(name[1], "")
    pitch = f"<pitch><step>{step}</step>{alter}<octave>{octave}</octave></pitch>"
    return f"<note>{pitch}<duration>{round(quarters * 4)}</duration>{more}</note>"


def harmony(root: str, kind: str, shown: str | None = None, more: str = "", alter: int = 0) -> str:
    text = "" if shown is None else f' text="{shown}"'
    root = f"<root><root-step>{root}</root-step><root-alter>{alter}</root-alter></root>"
    return f"<harmony>{root}<kind{text}>{kind}</kind>{more}</harmony>"


def degree(value: int, alter: int, how: str) -> str:
    return (
        f"<degree><degree-value>{value}</degree-value><degree-alter>{alter}</degree-alter>"
        f"<degree-type>{how}</degree-type></degree>"
    )


def score(*measures: str, instrument: str = "Voice") -> bytes:
    body = "".join(f'<measure number="{number}">{each}</measure>' for number, each in enumerate(measures, 1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 3.1 '
        'Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd"><score-partwise version="3.1">'
        "<work><work-title>Früh</work-title></work><part-list><score-part id='P1'>"
        f"<part-name>{instrument}</part-name></score-part></part-list><part id='P1'>{body}</part></score-partwise>"
    ).encode()


def read(*measures: str) -> Song:
    return musicxml.read(score(*measures))


def test_title_key_metre_melody_and_lyrics():
    song = read(
        attributes(-1, "minor", 3, 4) + note("D4", 1, "<lyric><syllabic>begin</syllabic><text>Hel</text></lyric>")
        + note("E4", 1, "<lyric><syllabic>end</syllabic><text>lo</text></lyric>") + note("Bb4")
    )  # fmt: skip
    assert song.title == "Früh"
    assert song.key_at(0) == Key(2, Mode.MINOR)
    assert song.meters.meter_at(0) == Meter(3, 4)
    assert song.length == 1_440
    part = song.parts[0]
    assert (part.name, part.role) == ("Voice", Role.MELODY)
    assert part.notes == (Note(0, 62, 480), Note(480, 64, 480), Note(960, 70, 480))
    assert [lyric.text for lyric in part.lyrics] == ["Hel-", "lo"]


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        (harmony("C", "major"), "C"),
        (harmony("B", "minor-seventh", alter=-1), "Bbm7"),
        (harmony("F", "half-diminished", "m7b5", alter=1), "F#m7b5"),
        (harmony("G", "dominant", "7b9", degree(9, -1, "add")), "G7b9"),
        (harmony("G", "dominant", "7", degree(9, -1, "add")), "G7b9"),
        (harmony("G", "dominant", None, degree(5, -1, "alter")), "G7b5"),
        (harmony("C", "major", None, degree(9, 0, "add")), "Cadd9"),
        (harmony("A", "suspended-fourth", "7sus"), "A7sus4"),
        (harmony("D", "major", None, "<bass><bass-step>F</bass-step><bass-alter>1</bass-alter></bass>"), "D/F#"),
        (harmony("E", "augmented-seventh", "whatever"), "E7#5"),
        (harmony("C", "none", "N.C."), "N.C."),
    ],
)
def test_chord_symbols(symbol, expected):
    from cocomposer.music.chord_symbols import parse_chord

    song = read(attributes() + symbol + note("C4", 4))
    assert [change.chord for change in song.chords] == [parse_chord(expected)]


def test_chords_stand_where_they_are_written():
    song = read(
        attributes() + harmony("C", "major") + note("C4", 2) + harmony("F", "major") + note("F4", 2),
        harmony("F", "major") + note("F4", 4),
    )
    assert [(change.tick, str(change.chord)) for change in song.chords] == [(0, "C"), (960, "F")]


def test_a_pickup_bar_gets_its_own_metre():
    song = read(attributes() + note("G4"), note("C5", 4), note("E5", 4))
    assert [(bar.start, bar.end, str(bar.meter)) for bar in song.bars] == [
        (0, 480, "1/4"), (480, 2_400, "4/4"), (2_400, 4_320, "4/4")]  # fmt: skip


def bar_line(side: str, ending: str = "", repeat: str = "") -> str:
    number, _, kind = ending.partition(" ")
    return (
        f'<barline location="{side}">'
        + (f'<ending number="{number}" type="{kind}"/>' if ending else "")
        + (f'<repeat direction="{repeat}"/>' if repeat else "")
        + "</barline>"
    )


def test_repeats_and_endings_are_played_out_with_the_verse_that_is_due():
    verses = "<lyric number='1'><text>one</text></lyric><lyric number='2'><text>two</text></lyric>"
    song = read(
        attributes() + bar_line("left", repeat="forward") + note("C4", 4, verses),
        bar_line("left", "1 start") + note("D4", 4) + bar_line("right", "1 stop", "backward"),
        bar_line("left", "2 start") + note("E4", 4) + bar_line("right", "2 stop"),
        note("F4", 4),
    )
    assert [each.pitch for each in song.parts[0].notes] == [60, 62, 60, 64, 65]
    assert [(lyric.tick, lyric.text) for lyric in song.parts[0].lyrics] == [(0, "one"), (3_840, "two")]


def words(text: str) -> str:
    return f"<direction><direction-type><words>{text}</words></direction-type></direction>"


def test_da_capo_al_fine():
    song = read(
        attributes() + bar_line("left", repeat="forward") + note("C4", 4) + bar_line("right", repeat="backward"),
        note("D4", 4) + words("Fine"),
        note("E4", 4),
        note("F4", 4) + words("D.C. al Fine"),
    )
    assert [each.pitch for each in song.parts[0].notes] == [60, 60, 62, 64, 65, 60, 62]


def test_signs_that_contradict_each_other_leave_the_score_as_written():
    song = read(attributes() + note("C4", 4), note("D4", 4) + words("D.C. al Coda"))
    assert [each.pitch for each in song.parts[0].notes] == [60, 62]


def test_ties_join_also_over_bar_lines():
    song = read(
        attributes() + note("C4", 3) + note("E4", 1, '<tie type="start"/>'),
        note("E4", 4, '<tie type="stop"/>'),
    )
    assert song.parts[0].notes == (Note(0, 60, 1_440), Note(1_440, 64, 2_400))


def test_transposing_instruments_sound_as_they_sound():
    transpose = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    assert read(attributes(more=transpose) + note("C4", 4)).parts[0].notes[0].pitch == 58


def test_rehearsal_marks_and_tempo():
    mark = "<direction><direction-type><rehearsal>A</rehearsal></direction-type></direction>"
    tempo = (
        "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><per-minute>84</per-minute></metronome>"
    )
    song = read(attributes() + mark + tempo + "</direction-type></direction>" + note("C4", 4), note("D4", 4))
    assert [section.name for section in song.sections] == ["A"]
    assert song.tempos.bpm_at(0) == pytest.approx(84, abs=0.01)


def archive(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries.items():
            file.writestr(name, data)
    return buffer.getvalue()


def test_compressed_scores_follow_their_container():
    plain = score(attributes() + note("C4", 4))
    container = b"""<container><rootfiles><rootfile full-path="It's.xml"/></rootfiles></container>"""
    packed = archive({"META-INF/container.xml": container, "other.xml": b"<x/>", "It's.xml": plain})
    assert formats.read_bytes(packed, "song.mxl") == musicxml.read(plain)
    assert formats.read_bytes(archive({"a.musicxml": plain})) == musicxml.read(plain)


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_other_encodings(encoding):
    text = score(attributes() + note("C4", 4)).decode().replace("UTF-8", encoding)
    assert formats.read_bytes(text.encode(encoding)).title == "Früh"


def whole_note(old: str = "", new: str = "") -> bytes:
    return score(attributes() + note("C4", 4)).replace(old.encode(), new.encode())


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"<?xml version='1.0'?><html/>", "not a MusicXML score"),
        (b"<?xml version='1.0'?><score-partwise>", "not sound XML"),
        (b"<score-timewise></score-timewise>", "timewise"),
        (b"<score-partwise/>", "no measures"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><score-partwise/>', "entities"),
        ('<!DOCTYPE x [<!ENTITY a "a">]><score-partwise/>'.encode("utf-16"), "entities"),
        (whole_note("<beats>4</beats>", "<beats>99999999999</beats>"), "impossible number in <beats>"),
        (whole_note("<octave>4</octave>", "<octave>1e300</octave>"), "impossible number in <octave>"),
        (whole_note("<step>C</step>", "<step>Q</step>"), "damaged"),
        (archive({"readme.md": b"hello"}), "no MusicXML"),
        (archive({"a.xml": bytes(20_000_000)}), "unpacks to over 10 MB"),
        (archive({"a.xml": b"<x/>"})[:-30], "damaged"),
        (whole_note("<score-partwise", " " * 10_000_000 + "<score-partwise"), "larger than 10 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # what is zipped has the time in it
)
def test_what_is_wrong_is_said(data, complaint):
    with pytest.raises(FormatError, match=complaint):
        formats.read_bytes(data)


@pytest.mark.skipif(not CORPUS.exists(), reason="the lead sheets lie beside some checkouts only")
def test_real_lead_sheets_have_chords_and_melody():
    with zipfile.ZipFile(CORPUS) as corpus:
        names = [name for name in sorted(corpus.namelist()) if name.endswith(".mxl")][::90]
        assert names
        for name in names:
            song = formats.read_bytes(corpus.read(name), name)
            assert song.chords
            assert song.part_of_role(Role.MELODY).notes
