"""Whether the likeness may be used, and whether what goes out says what it is."""

from functools import partial

import numpy as np

from pipeline.assembly import require_clearance
from pipeline.errors import ConsentError
from pipeline.media import Pixels
from pipeline.preflight.finding import Finding, Verdict
from pipeline.preflight.limits import read_limits
from pipeline.preflight.system.plan import SystemPlan, guarded, told_and_cure
from pipeline.video.output.label import Label

CONSENT, DISCLOSURE = "system.consent", "system.disclosure"
GAMMA_FROM, LINEAR_BELOW = 0.04045, 12.92


def consent_finding(plan: SystemPlan) -> Finding:
    """Whether the profile may go on air on the planned day."""
    title, day = "consent", f"{plan.planned:%Y-%m-%d}"
    try:
        require_clearance(plan.profile)
    except ConsentError as error:
        told, cure = told_and_cure(str(error))
        return Finding(CONSENT, title, Verdict.FAIL, told, f"cleared on {day}", cure or "Take a persona.")
    others = len(plan.profile.cast_profiles)
    measured = "declared to be a synthetic persona" + (f", as are the {others} that it casts" if others else "")
    return Finding(CONSENT, title, Verdict.PASS, f"{measured}; without an end", f"cleared on {day}")


def disclosure_finding(plan: SystemPlan) -> Finding:
    """Whether the label can be read on what goes out: where it is, how high, and its contrast on white."""
    return guarded(DISCLOSURE, "disclosure", partial(_disclosure, plan))


def _disclosure(plan: SystemPlan) -> Finding:
    settings, (width, height) = plan.profile.disclosure, plan.size
    label, limits = Label.build(plan.profile.title, settings, plan.size), read_limits(__package__)
    share, contrast = label.text.shape[0] / height, contrast_on_white(label)
    found = limits["label_height"].verdict(share), limits["label_contrast"].verdict(contrast)
    verdict = Verdict.FAIL if Verdict.FAIL in found else max(found, key=list(Verdict).index)
    measured = (
        f"on, {settings.corner.replace('-', ' ')}, {label.text.shape[0]} px high ({share:.1%} of the picture), "
        f"contrast on white {contrast:.1f} : 1"
    )
    wanted = f"at least {limits['label_height'].passes[0]:.0%} and {limits['label_contrast'].passes[0]:g} : 1"
    remedy = "" if verdict is Verdict.PASS else f"Send larger pictures than {width}x{height}, or set [disclosure] size."
    return Finding(DISCLOSURE, "disclosure", verdict, measured, wanted, remedy, limits["label_height"].gauge(share))


def contrast_on_white(label: Label) -> float:
    """How much lighter the label's text is than its plate where the picture beneath is white, from 1 to 21.

    Source: WCAG 2.2, contrast ratio and relative luminance.
    """
    height, width = label.text.shape[:2]
    white: Pixels = np.full((label.top + height, label.left + width, 3), 255, np.uint8)
    label.draw(white)
    drawn = white[label.top :, label.left :].astype(np.float64).mean(axis=2) / 255
    linear = np.where(drawn <= GAMMA_FROM, drawn / LINEAR_BELOW, ((drawn + 0.055) / 1.055) ** 2.4)
    return float((np.percentile(linear, 99) + 0.05) / (np.percentile(linear, 20) + 0.05))
