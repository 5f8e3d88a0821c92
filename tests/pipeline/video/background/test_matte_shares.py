"""Whether a matting network puts out shares or their logits."""

from pathlib import Path

import numpy as np

from pipeline.inference.onnx.model_file import read_model
from pipeline.video.background.matting import Shares
from tests.models.matting import Matting, matting

STEP = np.linspace(0.0, 1.0, 400, dtype=np.float32).reshape(20, 20)


def test_what_a_network_puts_out_is_told_from_many_mattes_and_not_for_ever_from_one() -> None:
    """A light that blinds the camera, or a picture of one colour, says nothing of the next one."""
    logits = 12.0 * STEP - 6.0
    as_shares = 1.0 / (1.0 + np.exp(-logits))
    of_shares, of_logits = Shares("Conv"), Shares("Conv")
    of_shares.of(STEP + 3.0)
    of_logits.of(STEP)
    for _ in range(3):
        shares, told = of_shares.of(STEP), of_logits.of(logits)
    np.testing.assert_array_equal(shares, STEP)
    np.testing.assert_allclose(told, as_shares, atol=1e-6)
    np.testing.assert_allclose(of_logits.of(STEP / 4), 1.0 / (1.0 + np.exp(-STEP / 4)), atol=1e-6)
    stray = STEP.copy()
    stray[0, 0] = -0.4
    np.testing.assert_array_equal(of_shares.of(stray), stray)


def test_what_ends_in_a_sigmoid_puts_out_shares_whatever_it_sees() -> None:
    beyond = 3.0 * STEP
    for _ in range(3):
        np.testing.assert_array_equal(Shares("Sigmoid").of(beyond), beyond)


def test_what_makes_a_matte_is_read_from_its_file(tmp_path: Path) -> None:
    for logits, made_by in ((True, "Log"), (False, "Conv")):
        graph = read_model(matting(tmp_path / f"{logits}.onnx", Matting(logits=logits))).graph
        assert graph.maker(graph.outputs[0].name) == made_by
    assert graph.maker("nobody's") == ""
