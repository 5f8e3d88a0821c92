"""Settings are checked once, in words."""

import math
from dataclasses import fields

import pytest

from pipeline.audio.condition.settings import RANGES, ConditionError, ConditionSettings


@pytest.mark.parametrize("name", RANGES)
def test_a_value_out_of_its_range_is_refused_in_words(name: str) -> None:
    least, most, unit = RANGES[name]
    for value in (least - 1.0, math.nan) if math.isinf(most) else (least - 1.0, most + 1.0, math.nan):
        with pytest.raises(ConditionError, match=rf"{name} can't be .* {unit}: .*choose"):
            ConditionSettings(**{name: value})
    ConditionSettings(**{name: least})
    ConditionSettings(**{name: most})


def test_every_number_has_a_range() -> None:
    assert {field.name for field in fields(ConditionSettings) if field.type is float} == set(RANGES)


def test_the_error_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="target_lufs"):
        ConditionSettings(target_lufs=3.0)
