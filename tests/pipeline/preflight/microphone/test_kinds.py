"""A microphone's likely kind is told from the sound of one recording through simulated chains."""

from functools import cache

import pytest

from pipeline.preflight.finding import Verdict
from pipeline.preflight.microphone.checks import kind_of, microphone_findings
from pipeline.preflight.microphone.kind import Kind
from pipeline.preflight.microphone.learning import learn_voice
from profiles.reference.figures import VoiceReference
from tests.pipeline.preflight.microphone.chains import CHAINS, case, demo_speech, heard

SAMPLE = 2 * len(CHAINS)


@cache
def reference() -> VoiceReference:
    return learn_voice(heard(demo_speech()))


@pytest.mark.parametrize("number", range(SAMPLE))
def test_each_chain_is_told_by_its_sound(number: int) -> None:
    generated = case(number, demo_speech())
    assert kind_of(generated.heard, reference()) is generated.kind


@pytest.mark.parametrize("number", range(0, SAMPLE, len(CHAINS)))
def test_a_good_microphone_passes_whatever_is_checked(number: int) -> None:
    findings = microphone_findings(case(number, demo_speech()).heard, reference())
    assert {finding.id for finding in findings if finding.verdict not in (Verdict.PASS, Verdict.SKIP)} == set()


def test_the_kind_is_told_without_a_reference_too() -> None:
    unknown = VoiceReference()
    for kind in (Kind.CLEAN, Kind.BLUETOOTH_8, Kind.LAPTOP, Kind.CLIPPING):
        generated = case(list(CHAINS).index(kind), demo_speech())
        assert kind_of(generated.heard, unknown) is kind
