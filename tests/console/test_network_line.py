"""The line that tells what the open networks run on: in full where there is room, and never cut off."""

from dataclasses import replace

import pytest

from console.view import View
from console.widgets.machine_load import machine_lines
from console.widgets.panel import line_width
from tests.console.test_panels import make_view, words

SMALL = {"face-detection": "LiteRT CPU", "face-landmarks": "LiteRT CPU"}
ON_CPU = {"face.dfm": "ONNX CPU", "voice.onnx": "ONNX CPU", "encoder.onnx": "ONNX CPU"}
MIXED = {"face.dfm": "ONNX CUDA fp16", "matte.onnx": "ONNX CUDA fp16", "voice.onnx": "ONNX CUDA", "f0.onnx": "ONNX CPU"}


def view_with(providers: dict[str, str]) -> View:
    """A view of a session with these networks."""
    view = make_view()
    assert view.readings is not None
    return replace(view, readings=replace(view.readings, providers=providers))


@pytest.mark.parametrize(
    ("providers", "width", "said"),
    [
        (SMALL | ON_CPU, 41, "3 on ONNX CPU, 2 on LiteRT CPU"),
        (SMALL | MIXED, 80, "2 on LiteRT CPU, 2 on ONNX CUDA fp16, 1 on ONNX CUDA, 1 on ONNX CPU"),
        (SMALL | MIXED, 41, "3 CPU, 2 CUDA fp16, 1 CUDA"),
    ],
)
def test_every_network_is_counted_by_device_and_precision(providers: dict[str, str], width: int, said: str) -> None:
    line = machine_lines(view_with(providers), width)[-1]
    assert words([line]).split(maxsplit=1) == ["networks", said]
    assert line_width(line) <= width


def test_without_networks_there_is_no_line() -> None:
    assert "networks" not in words(machine_lines(view_with({}), 41))
