"""Settings are checked once, in words; the chain is what they ask for."""

import math
from dataclasses import fields

import pytest

from pipeline.audio.condition.chain import conditioner
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


def test_the_stages_stand_in_their_order() -> None:
    everything = conditioner(ConditionSettings(suppression=True))
    assert [stage.name for stage in everything] == [
        "sanity",
        "high-pass",
        "suppressor",
        "gate",
        "leveller",
        "limiter",
    ]


def test_what_is_off_is_not_there_and_costs_no_time() -> None:
    bare = conditioner(ConditionSettings(high_pass=False, gate=False, leveller=False))
    assert [stage.name for stage in bare] == ["sanity", "limiter"]
    assert sum(stage.latency_ns for stage in bare) == 1_500_000


def test_by_default_the_chain_delays_by_less_than_seven_milliseconds() -> None:
    assert sum(stage.latency_ns for stage in conditioner(ConditionSettings())) == 6_500_000
