"""What kind of microphone, link or room a sound comes from."""

from enum import StrEnum

from pipeline.preflight.finding import Verdict
from pipeline.preflight.limits import Limit
from pipeline.preflight.microphone.measures.figures import Figures
from pipeline.preflight.microphone.measures.spectra import Hum
from pipeline.preflight.microphone.wording import Limits
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
HUM_LINES = 3


def classify(figures: Figures, reference: VoiceReference, limits: Limits) -> Kind:
    """The likeliest kind: what spoils most is asked for first, since it hides the rest."""
    if figures.holes.starved or is_off_pace(figures, limits):
        return Kind.WRONG_RATE
    if not _passes(figures.clipping.share, limits["clipping"]):
        return Kind.CLIPPING
    link = _link(figures, limits)
    if link is not None:
        return link
    if is_hum(figures.hum) and not _passes(figures.hum.dbfs - figures.speech_dbfs, limits["hum_db"]):
        return Kind.HUM
    if _rings(figures, limits):
        return Kind.LAPTOP
    if _is_noisy(figures, reference, limits):
        return Kind.NOISY
    return Kind.CLEAN


def _link(figures: Figures, limits: Limits) -> Kind | None:
    """What cut a sound off, or None where it ends by itself."""
    if not is_cut(figures, limits):
        return None
    for kind, name in ((Kind.BLUETOOTH_8, "bluetooth_8_hz"), (Kind.BLUETOOTH_16, "bluetooth_16_hz")):
        if _passes(figures.edge.hz, limits[name]):
            return kind
    return Kind.WRONG_RATE


def _rings(figures: Figures, limits: Limits) -> bool:
    """Whether the room is heard. In much noise nothing can be said of it."""
    snr, reverberation = figures.snr_db, figures.reverberation_s
    audible = snr is None or _passes(snr, limits["audible_room_snr_db"])
    return audible and reverberation is not None and not _passes(reverberation, limits["reverberation_s"])


def _is_noisy(figures: Figures, reference: VoiceReference, limits: Limits) -> bool:
    snr = figures.snr_db
    if snr is None:
        return False
    lost = lost_snr_db(snr, reference, limits)
    return not (_passes(snr, limits["snr_db"]) and _passes(lost, limits["snr_loss_db"]))


def is_cut(figures: Figures, limits: Limits) -> bool:
    """Whether a filter cut the sound off where good recordings still go on."""
    return not (_passes(figures.edge.drop_db, limits["cliff_db"]) or _passes(figures.edge.hz, limits["own_end_hz"]))


def lost_snr_db(snr_db: float, reference: VoiceReference, limits: Limits) -> float:
    """By how much more noise there is than in the reference; 0 where it is too quiet to matter."""
    quiet = _passes(snr_db, limits["quiet_snr_db"])
    return 0.0 if reference.snr_db is None or quiet else reference.snr_db - snr_db


def is_hum(hum: Hum) -> bool:
    """Whether enough lines of the mains stand out."""
    return hum.lines >= HUM_LINES


def is_off_pace(figures: Figures, limits: Limits) -> bool:
    """Whether a voice is too high and too quick, or too low and too slow, for a person's."""
    f0, syllables = figures.median_f0_hz, figures.syllables_hz
    if f0 is None or syllables is None:
        return False
    pitch, pace = limits["median_f0_hz"], limits["syllables_hz"]
    if pitch.verdict(f0) is Verdict.FAIL:
        return True
    # Sound that is played too fast dies away too fast as well; a lively voice in a room does not.
    dry = figures.reverberation_s is None or not _passes(figures.reverberation_s, limits["natural_decay_s"])
    hasty = f0 > pitch.passes[1] and syllables > pace.passes[1] and dry
    return hasty or (f0 < pitch.passes[0] and syllables < pace.passes[0])


def _passes(value: float, limit: Limit) -> bool:
    return limit.verdict(value) is Verdict.PASS
