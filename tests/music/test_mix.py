"""The mix is made of values that cannot be wrong."""

import pytest

from cocomposer.errors import MusicError
from cocomposer.music import Bus, Effect, Instrument, InstrumentKind, Lane, Mix, Part, Point, Strip


def test_a_part_stands_where_its_role_does_unless_it_has_a_strip() -> None:
    assert Part("Bass").strip is None
    assert Part("Bass", strip=Strip(gain_db=-6)).strip == Strip(gain_db=-6)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Strip(gain_db=25),
        lambda: Strip(gain_db=float("nan")),
        lambda: Strip(pan=1.1),
        lambda: Strip(width=-0.1),
        lambda: Strip(sends=(("Room", -6.0), ("Room", -3.0))),
        lambda: Strip(inserts=(Effect("Gain"),) * 17),
        lambda: Effect("plugin"),
        lambda: Effect("Gain", plugin="/usr/lib/vst/x.so"),
        lambda: Effect("Gain", wet=1.5),
        lambda: Effect("Gain", (("gain_db", float("inf")),)),
        lambda: Instrument(InstrumentKind.PLUGIN),
        lambda: Instrument(state=bytes(16_000_001)),
        lambda: Lane("gain", ()),
        lambda: Lane("gain", (Point(480, 0.0), Point(0, 1.0))),
        lambda: Mix(buses=(Bus("Drums"),), sends=(Bus("Drums"),)),
        lambda: Mix(buses=(Bus("Drums", Strip(output="Room")),), sends=(Bus("Room"),)),
        lambda: Mix(master=Strip(output="Drums")),
    ],
)
def test_what_no_mixer_can_do_is_refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MusicError):
        wrong()
