"""Which of a sound server's devices a user means."""

import pytest

from pipeline.audio.devices.pulse.server import OWN_SOURCE, PulseDevice, found_among

HEADSET = PulseDevice("alsa_input.usb-headset", "Headset Mono")
MONITOR = PulseDevice("alsa_output.pci.monitor", "Monitor of Speakers", monitor=True)
OWN = PulseDevice(OWN_SOURCE, "Understudy microphone")


@pytest.mark.parametrize(
    ("wanted", "usual", "found"),
    [
        ("alsa_input.usb-headset", MONITOR.name, HEADSET),
        ("headset", MONITOR.name, HEADSET),
        ("of speakers", HEADSET.name, MONITOR),
        ("Understudy microphone", HEADSET.name, OWN),
        ("auto", MONITOR.name, MONITOR),
        ("auto", "gone", HEADSET),
        ("auto", OWN.name, HEADSET),
        ("webcam", HEADSET.name, None),
    ],
)
def test_a_device_is_found_by_name_or_part_of_it_and_auto_is_never_our_own(
    wanted: str, usual: str, found: PulseDevice | None
) -> None:
    assert found_among(wanted, (OWN, MONITOR, HEADSET), usual) == found


def test_among_nothing_nothing_is_found() -> None:
    assert found_among("auto", (), "") is None
    assert found_among("auto", (OWN,), OWN.name) is None


def test_a_second_programs_microphone_is_never_taken_either() -> None:
    second = PulseDevice(f"{OWN_SOURCE}_2", "Understudy microphone 2")
    assert found_among("auto", (second, HEADSET), second.name) == HEADSET
