"""What kind of microphone, link or room a sound comes from."""

from enum import StrEnum

from pipeline.preflight.microphone.measures.figures import Figures
from profiles.reference.figures import VoiceReference


class Kind(StrEnum):
    """The likely kind of device, link or fault."""

    CLEAN = "clean"
    BLUETOOTH_8 = "bluetooth 8 kHz"
    BLUETOOTH_16 = "bluetooth 16 kHz"
    LAPTOP = "laptop in a reverberant room"
    NOISY = "noisy"
    HUM = "hum"
    CLIPPING = "clipping"
    WRONG_RATE = "wrong rate"
    MUTED = "muted"

    @property
    def told(self) -> str:
        """What it sounds like, after "sounds like"."""
        return _TOLD[self]

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return _REMEDIES[self]


_TOLD = {
    Kind.CLEAN: "a good microphone in a dry, quiet room",
    Kind.BLUETOOTH_8: "a Bluetooth hands-free link at 8 kHz",
    Kind.BLUETOOTH_16: "a Bluetooth hands-free link at 16 kHz",
    Kind.LAPTOP: "a laptop's own microphone in a reverberant room",
    Kind.NOISY: "a noisy room or a noisy preamplifier",
    Kind.HUM: "a cable or a device that picks up the mains",
    Kind.CLIPPING: "a microphone whose gain is too high",
    Kind.WRONG_RATE: "a device that runs at another sample rate than it tells",
    Kind.MUTED: "a muted microphone",
}
_REMEDIES = {
    Kind.CLEAN: "",
    Kind.BLUETOOTH_8: "Take off the headset and use a wired condenser microphone.",
    Kind.BLUETOOTH_16: "Take off the headset and use a wired condenser microphone.",
    Kind.LAPTOP: "Use a microphone at a hand's breadth from the mouth, in a room with curtains and carpets.",
    Kind.NOISY: "Turn off fans and close the windows, move nearer to the microphone and turn down its gain.",
    Kind.HUM: "Use a balanced cable, keep it away from power supplies, or run the laptop from its battery.",
    Kind.CLIPPING: "Turn down the microphone's gain until loud words stay below -6 dBFS.",
    Kind.WRONG_RATE: "Set the device and the system to 48 kHz, then plug it in again.",
    Kind.MUTED: "Unmute the microphone: its own key, the cable's switch and the system's settings.",
}
NARROW_HZ, BETWEEN_HZ, WIDE_HZ = 4_250.0, 6_300.0, 8_300.0
"""Bluetooth's narrow-band link ends below the first, its wideband link between the other two."""
CLIFF_DB = 25.0
"""A filter's end; a voice's own end falls by 8 to 18 dB over the same stretch."""
CLIPPED = 0.0005
REVERBERANT_S = 0.36
NOISY_SNR_DB = 30.0
DEAF_SNR_DB = 20.0
"""In more noise than this nothing can be said of the room."""
LOST_SNR_DB = 15.0
HUM_LINES = 3
HUM_DB = -42.0
"""Weaker lines, against the speech, are not heard."""
HOLED = 0.02


def classify(figures: Figures, reference: VoiceReference) -> Kind:
    """The likeliest kind: what spoils most is asked for first, since it hides the rest."""
    if figures.holes.regular and figures.holes.share > HOLED or is_off_pace(figures):
        return Kind.WRONG_RATE
    if figures.clipping.share > CLIPPED:
        return Kind.CLIPPING
    edge = figures.edge
    if edge.drop_db > CLIFF_DB:
        if edge.hz < NARROW_HZ:
            return Kind.BLUETOOTH_8
        if BETWEEN_HZ < edge.hz < WIDE_HZ:
            return Kind.BLUETOOTH_16
        return Kind.WRONG_RATE
    if is_humming(figures):
        return Kind.HUM
    snr = figures.snr_db
    ringing = figures.reverberation_s is not None and figures.reverberation_s > REVERBERANT_S
    if ringing and (snr is None or snr > DEAF_SNR_DB):
        return Kind.LAPTOP
    lost = None if snr is None or reference.snr_db is None else reference.snr_db - snr
    if snr is not None and (snr < NOISY_SNR_DB or (lost is not None and lost > LOST_SNR_DB)):
        return Kind.NOISY
    return Kind.CLEAN


def is_humming(figures: Figures) -> bool:
    """Whether the mains are heard."""
    return figures.hum.lines >= HUM_LINES and figures.hum.dbfs - figures.speech_dbfs > HUM_DB


def is_off_pace(figures: Figures) -> bool:
    """Whether a voice is too high and too quick, or too low and too slow, for a person's."""
    f0, syllables = figures.median_f0_hz, figures.syllables_hz
    if f0 is None or syllables is None:
        return False
    return (f0 > 260.0 and syllables > 5.3) or f0 > 400.0 or (f0 < 75.0 and syllables < 2.8)
