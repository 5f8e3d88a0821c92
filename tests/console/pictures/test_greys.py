"""Four greys in a pattern have the picture's own grey as their mean."""

import numpy as np
import pytest

from console.pictures.greys import in_greys


@pytest.mark.parametrize("level", [0, 20, 85, 100, 128, 200, 255])
def test_a_grey_is_kept_on_average(level: int) -> None:
    shown = in_greys(np.full((40, 60, 3), level, np.uint8))
    assert set(np.unique(shown)) <= {0, 85, 170, 255}
    assert shown.mean() == pytest.approx(level, abs=3.0)


def test_a_ramp_stays_one_and_any_size_does() -> None:
    ramp = np.repeat(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], 3, axis=2).repeat(32, axis=0)
    columns = in_greys(ramp)[..., 0].mean(axis=0).reshape(8, 8).mean(axis=1)
    assert (np.diff(columns) > 0).all()
    assert in_greys(ramp[:3, :5]).shape == (3, 5, 3)
