"""Whether the computer keeps up, read off a session that runs: nothing else is run beside it."""

from collections.abc import Iterator

from pipeline.preflight.finding import Finding, Gauge, Verdict, skipped
from pipeline.preflight.limits import read_limits
from pipeline.preflight.system.av import AV
from pipeline.preflight.system.av import TITLE as AV_TITLE
from pipeline.preflight.system.speed import (
    PICTURE,
    PICTURE_TITLE,
    PROVIDER,
    PROVIDER_TITLE,
    SLOWER,
    SMALLER,
    SOUND,
    SOUND_TITLE,
)
from pipeline.telemetry import Readings

BEFORE = "run `understudy preflight` while no session runs, for flashes and beeps"


def running_findings(readings: Readings, before: Readings) -> Iterator[Finding]:
    """Where the networks run, what pictures and sound take, and how far apart they come out, as the session has it.

    Args:
        readings: now.
        before: when the preflight began.
    """
    labels = ", ".join(dict.fromkeys(readings.providers.values()))
    yield Finding(PROVIDER, PROVIDER_TITLE, Verdict.PASS, labels or "no network is open")
    yield _picture(readings)
    yield _sound(readings, before)
    yield _offset(readings)


def _picture(readings: Readings) -> Finding:
    video, limits = readings.video, read_limits(__package__)
    if not video.fps_target or not video.lane.p95_ms:
        return skipped(PICTURE, PICTURE_TITLE, "no picture has come yet")
    budget_ms = 1000 / video.fps_target
    steady = limits["picture_time_median"].verdict(video.lane.p50_ms / budget_ms)
    verdict = Verdict.FAIL if steady is Verdict.FAIL else limits["picture_time"].verdict(video.lane.p95_ms / budget_ms)
    measured = f"p50 {video.lane.p50_ms:.1f}, p95 {video.lane.p95_ms:.1f} ms in the session that runs"
    wanted = f"p95 within {budget_ms:.1f} ms"
    remedy = "" if verdict is Verdict.PASS else SMALLER
    return Finding(
        PICTURE, PICTURE_TITLE, verdict, measured, wanted, remedy, Gauge(video.lane.p95_ms, 0, budget_ms, "ms")
    )


def _sound(readings: Readings, before: Readings) -> Finding:
    audio, earlier = readings.audio, before.audio
    if audio is None or earlier is None:
        return skipped(SOUND, SOUND_TITLE, "the session has no sound")
    gaps = audio.underruns + audio.failed - earlier.underruns - earlier.failed
    measured = f"{gaps} gaps in {readings.elapsed_s - before.elapsed_s:.0f} s of the session that runs"
    return Finding(SOUND, SOUND_TITLE, Verdict.WARN if gaps else Verdict.PASS, measured, "0", SLOWER if gaps else "")


def _offset(readings: Readings) -> Finding:
    limit = read_limits(__package__)["av_offset"]
    if readings.sync.offset_ms is None:
        return skipped(AV, AV_TITLE, "the session has not measured it yet", f"{BEFORE[0].upper()}{BEFORE[1:]}.")
    # What the operator wants to be apart is no fault.
    offset_ms = readings.sync.offset_ms - readings.sync.trim_ms
    verdict = limit.verdict(offset_ms)
    measured = f"sound {'early' if offset_ms >= 0 else 'late'} by {abs(offset_ms):.1f} ms at the session's own outputs"
    least, most = limit.passes
    wanted = f"sound at most {most:.0f} ms early, {-least:.0f} ms late"
    remedy = "" if verdict is Verdict.PASS else f"Set the trim, or {BEFORE}."
    return Finding(AV, AV_TITLE, verdict, measured, wanted, remedy, limit.gauge(offset_ms))
