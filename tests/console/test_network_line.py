"""What tells the networks: both engines by name with what they really run on, and how many there are of each device."""

from dataclasses import replace

import pytest

from console.view import View
from console.widgets.machine_load import machine_lines
from console.widgets.panel import line_width
from pipeline.telemetry import NetworkReading
from profiles.profile import Profile
from tests.console.fake_app import running, text_of
from tests.console.fake_session import ADA, FakeSession
from tests.console.test_panels import make_view, words

SMALL = tuple(NetworkReading(name, name, "LiteRT CPU") for name in ("face-detection", "face-landmarks"))
FACE = NetworkReading("anselm.dfm", "dfm.model", "ONNX CPU")
MASK = NetworkReading("xseg.onnx", "masks.occluder", "ONNX CUDA fp16")
VOICE = NetworkReading("ada.onnx", "rvc.model", "ONNX CUDA")
ENCODER, PITCH = (NetworkReading(f"{key}.onnx", f"rvc.{key}", "ONNX CUDA") for key in ("encoder", "pitch"))
KEPT = NetworkReading("other.dfm", "", "ONNX CUDA", in_use=False)
ALL = (FACE, MASK, VOICE, ENCODER, PITCH, *SMALL, KEPT, KEPT)
NEURAL = ADA.model_copy(
    update={
        "face": ADA.face.model_copy(update={"engine": "dfm"}),
        "voice": ADA.voice.model_copy(update={"engine": "rvc"}),
    }
)


def view_with(networks: tuple[NetworkReading, ...], profile: Profile = NEURAL) -> View:
    """A view of a session with these networks."""
    view = make_view(profile=profile)
    assert view.readings is not None
    return replace(view, readings=replace(view.readings, networks=networks))


def rows(networks: tuple[NetworkReading, ...], width: int, profile: Profile = NEURAL) -> list[str]:
    """The lines of engines and networks, each without its gaps."""
    lines = machine_lines(view_with(networks, profile), width)[1:4]
    assert all(line_width(line) <= width for line in lines)
    return [" ".join(words([line]).split()) for line in lines]


def test_both_engines_are_told_by_name_with_what_each_network_really_runs_on() -> None:
    face, voice, _ = rows(ALL, 60)
    assert face == "face dfm anselm.dfm CPU, 1 CUDA fp16"
    assert voice == "voice rvc ada.onnx CUDA"


def test_in_little_room_the_file_gives_way_and_the_device_does_not() -> None:
    long = replace(VOICE, name="a-very-long-name-of-a-voice-in-version-2.onnx")
    _, voice, networks = rows((FACE, long, *SMALL), 30)
    assert voice.startswith("voice rvc a-very") and voice.endswith("onnx CUDA")
    assert networks == "networks 3 CPU, 1 CUDA"


def test_embedded_engines_need_no_network_and_an_unheard_voice_has_none_open() -> None:
    assert rows(SMALL, 40, ADA)[:2] == ["face photo no network", "voice timbre no network"]
    assert rows((FACE, *SMALL), 40)[1] == "voice rvc not open"


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (100, "3 on ONNX CUDA, 2 on LiteRT CPU, 1 on ONNX CPU, 1 on ONNX CUDA fp16, 2 ready"),
        (44, "3 CPU, 3 CUDA, 1 CUDA fp16, 2 ready"),
    ],
)
def test_networks_are_counted_by_device_and_those_kept_ready_apart(width: int, said: str) -> None:
    assert rows(ALL, width)[2] == f"networks {said}"


def test_without_networks_there_is_no_line() -> None:
    assert not any("networks" in row or "face" in row for row in rows((), 41))


async def test_a_key_lists_every_network_and_closes_the_list() -> None:
    session = FakeSession()
    whole = session.readings

    def readings() -> object:
        return replace(whole(), networks=ALL)

    session.readings = readings  # type: ignore[method-assign, assignment]  # a reading with networks
    async with running(session) as (app, pilot):
        await pilot.press("w")
        shown = [" ".join(line.split()) for line in text_of(app).splitlines()]
        assert any("rvc.encoder encoder.onnx ONNX CUDA" in line for line in shown)
        assert sum("kept ready other.dfm ONNX CUDA" in line for line in shown) == 2
        assert any("face-detection LiteRT CPU" in line for line in shown)
        await pilot.press("w")
        assert "WHAT RUNS WHERE" not in text_of(app)
