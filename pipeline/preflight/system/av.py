"""Whether sound and picture come out together: flashes and beeps through the whole of the profile's session."""

from functools import partial

import numpy as np

from pipeline.errors import HaltError, LaneError
from pipeline.preflight.finding import Finding, Verdict
from pipeline.preflight.limits import read_limits
from pipeline.preflight.system.others import Others, are_in_the_way
from pipeline.preflight.system.plan import SystemPlan, guarded, require_wanted, told_and_cure
from pipeline.selftest.av import PICTURES_HELD, AvSettings, WayReport, measure_way
from pipeline.selftest.score import BRISK_PAUSES_S
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import first_pictures

AV, TITLE = "system.av", "sound against picture"
LEAST_LEAD_S, MOST_LEAD_S = 1.4, 6.0
FLASHES = 13


def av_settings(plan: SystemPlan, shift_ms: float = 0.0) -> AvSettings:
    """The self-test as a preflight makes it: brisk, in memory, through the profile's engines.

    Args:
        plan: the call.
        shift_ms: by how much beeps are captured after their flashes.
    """
    # The pictures' delay is known when sound has come through, and follows it no faster than time goes by.
    lead_s = min(LEAST_LEAD_S + 2 * plan.profile.voice.latency_ms / 1000, MOST_LEAD_S)
    return AvSettings(
        plan.profile,
        plan.camera,
        plan.size,
        lead_s + FLASHES * float(np.mean(BRISK_PAUSES_S)),
        shifts_ms=(shift_ms,),
        pauses_s=BRISK_PAUSES_S,
        lead_s=lead_s,
        device=plan.device,
        stopped=plan.stopped,
    )


def measured_way(plan: SystemPlan, shift_ms: float = 0.0) -> WayReport:
    """Some seconds of flashes and beeps, in real time.

    Raises:
        HaltError: nobody wants it any more.
        UnderstudyError: the profile or a network can't be had, or too little came out.
    """
    require_wanted(plan)
    actor = first_pictures(SourceSettings(camera=plan.camera, size=plan.size), PICTURES_HELD)
    return measure_way(av_settings(plan, shift_ms), plan.models, actor, plain=False, clock=plan.clock)


def av_finding(plan: SystemPlan) -> Finding:
    """How far sound and picture that were captured together come out apart, apart from the profile's own trim."""
    return guarded(AV, TITLE, partial(_finding, plan))


def _finding(plan: SystemPlan) -> Finding:
    with Others() as others:
        try:
            return way_finding(measured_way(plan), plan.profile.sync.trim_ms)
        except HaltError:
            raise
        except LaneError as error:
            told, _ = told_and_cure(str(error))
            return lost_finding(told, others.percent())


def lost_finding(told: str, others_percent: float) -> Finding:
    """What too few flashes and beeps say: nothing for sure where other programs had the computer.

    Args:
        told: how many came out.
        others_percent: what other programs had of all cores meanwhile.
    """
    if not are_in_the_way(others_percent):
        return Finding(AV, TITLE, Verdict.FAIL, told, remedy="Send smaller pictures, or take a lighter profile.")
    measured = f"{told}; other programs had {others_percent:.0f} % of the computer"
    return Finding(AV, TITLE, Verdict.WARN, measured, remedy="End other programs and look again.")


def way_finding(way: WayReport, trim_ms: float = 0.0) -> Finding:
    """What a measured way says; where its flashes and beeps scatter widely, its median says nothing for sure.

    Args:
        way: flashes and beeps, captured together.
        trim_ms: by how much the profile wants its pictures held longer; it is no fault.
    """
    limits = read_limits(__package__)
    offset_ms, spread = way.offset.median_ms - trim_ms, way.offset
    measured = (
        f"sound {'early' if offset_ms >= 0 else 'late'} by {abs(offset_ms):.1f} ± {spread.mad_ms:.1f} ms "
        f"(median ± MAD of {spread.count}); picture after {way.video.median_ms:.0f} ± {way.video.mad_ms:.1f} ms, "
        f"sound after {way.audio.median_ms:.0f} ± {way.audio.mad_ms:.1f} ms"
    )
    if trim_ms:
        measured += f"; the profile's trim of {trim_ms:g} ms is taken off"
    least, most = limits["av_offset"].passes
    wanted, gauge = f"sound at most {most:.0f} ms early, {-least:.0f} ms late", limits["av_offset"].gauge(offset_ms)
    scattered = limits["av_spread"].verdict(spread.mad_ms)
    if scattered is not Verdict.PASS:
        cure = "End other programs and look again: pictures or sound come too unevenly to tell."
        return Finding(AV, TITLE, scattered, measured, wanted, cure, gauge)
    verdict = limits["av_offset"].verdict(offset_ms)
    remedy = "" if verdict is Verdict.PASS else _cure(offset_ms)
    return Finding(AV, TITLE, verdict, measured, wanted, remedy, gauge)


def _cure(offset_ms: float) -> str:
    """What to do about an offset that shows."""
    way = "lower" if offset_ms > 0 else "raise"
    return f"End other programs and look again; if it stays, {way} trim_ms in [sync] by {abs(offset_ms):.0f}."
