"""Does this microphone sound like the one that the voice's model was trained on?"""

import numpy as np

from pipeline.preflight.evidence import Heard
from pipeline.preflight.finding import Finding, Verdict, skipped
from pipeline.preflight.limits import read_limits
from pipeline.preflight.microphone.kind import Kind, classify
from pipeline.preflight.microphone.measures.figures import SILENCE, measure, why_not
from pipeline.preflight.microphone.measures.take import Take, take
from pipeline.preflight.microphone.signal_findings import call_echo, device, signal_findings
from pipeline.preflight.microphone.voice_findings import voice_findings
from pipeline.preflight.microphone.wording import span
from profiles.reference.figures import VoiceReference

PACKAGE = "pipeline.preflight.microphone"
ORDER = (
    *("level", "bandwidth", "spectrum", "noise", "reverberation", "clipping", "hum"),
    *("rate", "dropouts", "pumping", "device", "echo", "kind"),
)
_TITLES = {
    "bandwidth": "effective bandwidth",
    "spectrum": "long-term spectrum",
    "noise": "noise",
    "reverberation": "reverberation",
    "clipping": "clipping",
    "hum": "mains hum",
    "rate": "sample rate and channels",
    "dropouts": "dropouts",
    "pumping": "gain pumping",
    "kind": "likely kind",
}
_SPEAK = "Speak a few sentences while the check listens."


def microphone_findings(heard: Heard, reference: VoiceReference) -> tuple[Finding, ...]:
    """Every check of a microphone, in the order of a checklist.

    Args:
        heard: ten seconds or more of somebody who speaks, with pauses.
        reference: how the target's voice was recorded; what it does not tell is held against usual limits.
    """
    limits = read_limits(PACKAGE)
    ready = take(heard)
    why = why_not(heard, ready)
    others = (device(heard, limits), call_echo(heard, limits))
    if why:
        found = (*_unheard(ready, why, span(limits["loudness_lufs"])), *others)
    else:
        figures = measure(ready)
        found = (
            *voice_findings(figures, reference, limits),
            *signal_findings(heard, figures, reference, limits),
            *others,
        )
    return tuple(sorted(found, key=lambda finding: ORDER.index(finding.id.partition(".")[2])))


def kind_of(heard: Heard, reference: VoiceReference) -> Kind | None:
    """The likely kind of device, link or fault; None where nobody speaks, or too shortly."""
    ready = take(heard)
    why = why_not(heard, ready)
    if why:
        return Kind.MUTED if why == SILENCE else None
    return classify(measure(ready), reference, read_limits(PACKAGE))


def _unheard(ready: Take, why: str, wanted: str) -> tuple[Finding, ...]:
    """What there is to say of sound that nobody speaks in."""
    done = []
    for check, title in _TITLES.items():
        done.append(skipped(f"microphone.{check}", title, why, _SPEAK))
    if why != SILENCE:
        return (skipped("microphone.level", "loudness", why, _SPEAK), *done)
    muted = Kind.MUTED
    told = f"muted or silent: {max(float(np.percentile(ready.level_db, 95)), -120.0):.0f} dBFS at most"
    return (
        Finding("microphone.level", "loudness", Verdict.FAIL, told, wanted, muted.remedy),
        *done[:-1],
        Finding("microphone.kind", "likely kind", Verdict.FAIL, f"sounds like {muted.told}", "", muted.remedy),
    )
