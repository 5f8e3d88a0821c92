"""Whether sound and picture come out together: flashes and beeps through the whole of the profile's session."""

from functools import partial

from pipeline.errors import HaltError, LaneError
from pipeline.preflight.finding import Finding, Verdict
from pipeline.preflight.limits import read_limits
from pipeline.preflight.system.plan import SystemPlan, guarded, require_wanted, told_and_cure
from pipeline.selftest.av import LEAST_BRISK_S, PICTURES_HELD, AvSettings, WayReport, measure_way
from pipeline.selftest.score import BRISK_PAUSES_S
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import first_pictures

AV, TITLE = "system.av", "sound against picture"


def av_settings(plan: SystemPlan, shift_ms: float = 0.0) -> AvSettings:
    """The self-test as a preflight makes it: brisk, in memory, through the profile's engines.

    Args:
        plan: the call.
        shift_ms: by how much beeps are captured after their flashes.
    """
    return AvSettings(
        plan.profile,
        plan.camera,
        plan.size,
        LEAST_BRISK_S,
        shifts_ms=(shift_ms,),
        pauses_s=BRISK_PAUSES_S,
        device=plan.device,
        stopped=plan.stopped,
    )


def measured_way(plan: SystemPlan, shift_ms: float = 0.0) -> WayReport:
    """Ten seconds of flashes and beeps, in real time.

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
    try:
        way = measured_way(plan)
    except HaltError:
        raise
    except LaneError as error:
        told, _ = told_and_cure(str(error))
        cure = "End other programs, send smaller pictures, or take a lighter profile."
        return Finding(AV, TITLE, Verdict.FAIL, told, remedy=cure)
    return way_finding(way, plan.profile.sync.trim_ms)


def way_finding(way: WayReport, trim_ms: float = 0.0) -> Finding:
    """What a measured way says.

    Args:
        way: flashes and beeps, captured together.
        trim_ms: by how much the profile wants its pictures held longer; it is no fault.
    """
    limits = read_limits(__package__)
    offset_ms, spread = way.offset.median_ms - trim_ms, way.offset
    verdict = limits["av_offset"].verdict(offset_ms)
    uneven = verdict is Verdict.PASS and limits["av_spread"].verdict(spread.mad_ms) is not Verdict.PASS
    measured = (
        f"sound {'early' if offset_ms >= 0 else 'late'} by {abs(offset_ms):.1f} ± {spread.mad_ms:.1f} ms "
        f"(median ± MAD of {spread.count}); picture after {way.video.median_ms:.0f} ± {way.video.mad_ms:.1f} ms, "
        f"sound after {way.audio.median_ms:.0f} ± {way.audio.mad_ms:.1f} ms"
    )
    if trim_ms:
        measured += f"; the profile's trim of {trim_ms:g} ms is taken off"
    least, most = limits["av_offset"].passes
    gauge = limits["av_offset"].gauge(offset_ms)
    wanted = f"sound at most {most:.0f} ms early, {-least:.0f} ms late"
    if verdict is Verdict.PASS and not uneven:
        return Finding(AV, TITLE, verdict, measured, wanted, gauge=gauge)
    cure = "End other programs: the pictures or the sound come unevenly." if uneven else _cure(offset_ms)
    return Finding(AV, TITLE, Verdict.WARN if uneven else verdict, measured, wanted, cure, gauge)


def _cure(offset_ms: float) -> str:
    """What to do about an offset that shows."""
    way = "lower" if offset_ms > 0 else "raise"
    return f"End other programs and look again; if it stays, {way} trim_ms in [sync] by {abs(offset_ms):.0f}."
