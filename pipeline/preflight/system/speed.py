"""Whether this computer keeps up: what the profile's own chain takes for a picture and for a stretch of sound."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial

import numpy as np

import pipeline.audio.devices.opening as sound_devices
from pipeline.assembly import Assembly, Chain
from pipeline.audio.devices.sound_decoder import SoundDecoder
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.audio.voice.chunks import Joined, Stepped
from pipeline.circumstances import Circumstances
from pipeline.errors import ConsentError, HaltError, StageError, UnderstudyError, VoiceError
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.machine import Machine
from pipeline.media import Block, Frame, Pixels
from pipeline.networks import BUILT_IN
from pipeline.preflight.finding import Finding, Gauge, Verdict, skipped
from pipeline.preflight.limits import read_limits
from pipeline.preflight.system.others import Others, are_in_the_way
from pipeline.preflight.system.plan import STOPPED, SystemPlan, guarded, require_wanted, told_and_cure
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import first_pictures
from profiles.errors import ProfileError

PROVIDER, PROVIDER_TITLE = "system.provider", "where networks run"
PICTURE, PICTURE_TITLE = "system.picture_time", "time for a picture"
SOUND, SOUND_TITLE = "system.sound_time", "time for a stretch of sound"
FIRST, PICTURES = 4, 40
"""So many pictures come before anything is measured, and so many are measured."""
FEWEST, LONGEST_S = 10, 2.5
"""No more are begun after this, but a few are measured."""
SPOKEN_S = 2.0
SMALLER = "End other programs, send smaller or fewer pictures, or take a lighter profile."
SLOWER = "End other programs, or set latency_ms in [voice] higher."


@dataclass(frozen=True, slots=True, eq=False)
class _Built:
    """A profile's chain, warm.

    Attributes:
        remarks: what a session would tell as it begins.
    """

    plan: SystemPlan
    assembly: Assembly
    chain: Chain
    remarks: Sequence[str]


def speed_findings(plan: SystemPlan) -> Iterator[Finding]:
    """Where the networks run, and how long a picture and a stretch of sound take; the chain is built once for all."""
    with ExitStack() as opened:
        try:
            built = _built(plan, opened)
        except (UnderstudyError, ProfileError, OSError) as error:
            yield from _unbuilt(plan, error)
            return
        yield guarded(PROVIDER, PROVIDER_TITLE, partial(_provider, built))
        yield guarded(PICTURE, PICTURE_TITLE, partial(_picture_time, built))
        yield guarded(SOUND, SOUND_TITLE, partial(_sound_time, built))


def _unbuilt(plan: SystemPlan, error: Exception) -> Iterator[Finding]:
    """The findings without a chain: what keeps the profile from running fails once, where no other check tells it."""
    told, cure = told_and_cure(str(error))
    told = f"the profile can't be built: {told}"
    if isinstance(error, HaltError):
        told, cure = STOPPED, ""
    elif isinstance(error, ConsentError):
        told, cure = "no likeness runs without clearance", ""
    failing = "" if isinstance(error, HaltError | ConsentError) or plan.models.missing() else PROVIDER
    if isinstance(error, VoiceError):
        failing = SOUND
    for check, title in ((PROVIDER, PROVIDER_TITLE), (PICTURE, PICTURE_TITLE), (SOUND, SOUND_TITLE)):
        if check == failing:
            yield Finding(check, title, Verdict.FAIL, told, remedy=cure or "See `understudy profiles check`.")
        else:
            yield skipped(check, title, told, cure)


def _built(plan: SystemPlan, opened: ExitStack) -> _Built:
    """The chain as a session builds it.

    Raises:
        UnderstudyError: it can't be built.
    """
    require_wanted(plan)
    remarks: list[str] = []
    runtime = Runtime(plan.device, clock=plan.clock, report=lambda event: remarks.append(event.text))
    opened.callback(runtime.close)
    runtime.require()
    session = Circumstances(runtime, plan.clock, lambda event: remarks.append(event.text))
    assembly = Assembly(plan.models, plan.profile, plan.size, session)
    opened.callback(assembly.close)
    chain = opened.enter_context(closing(assembly.build(plan.profile)))
    return _Built(plan, assembly, chain, remarks)


def _provider(built: _Built) -> Finding:
    runs_on, preference = built.assembly.providers, built.plan.device
    measured = "; ".join(f"{', '.join(names)} on {label}" for label, names in _by_label(runs_on).items())
    wanted = "the GPU where one works, else the CPU" if preference is Preference.AUTO else f"--device {preference}"
    moved = next((remark for remark in built.remarks if "instead" in remark or "moved" in remark), "")
    if not moved and preference is Preference.AUTO and _idle_gpu(built):
        moved = "there is a GPU that is not used"
    if moved:
        cure = "See `understudy doctor` for what the GPU lacks."
        return Finding(PROVIDER, PROVIDER_TITLE, Verdict.WARN, f"{measured}; {moved}", wanted, cure)
    return Finding(PROVIDER, PROVIDER_TITLE, Verdict.PASS, measured, wanted)


def _by_label(runs_on: dict[str, str]) -> dict[str, list[str]]:
    alike: dict[str, list[str]] = {}
    for name, label in runs_on.items():
        alike.setdefault(label, []).append(name)
    return alike


def _idle_gpu(built: _Built) -> bool:
    """Whether networks that the profile brings run on the CPU, unasked, beside a GPU."""
    brought = [label for label in built.assembly.providers.values() if not label.startswith(BUILT_IN)]
    asked = "cpu" in built.plan.profile.devices.values()
    if asked or not any(label.endswith("CPU") for label in brought):
        return False
    with closing(Machine()) as machine:
        return bool(machine.gpus())


def _picture_time(built: _Built) -> Finding:
    plan, limits = built.plan, read_limits(__package__)
    width, height = plan.size
    budget_ms = 1000 / plan.fps
    pictures = first_pictures(SourceSettings(camera=plan.camera, size=plan.size), FIRST + PICTURES)
    with Others() as others:
        spans_ms, failures = _timed(built, pictures)
        others_percent = others.percent()
    wanted = f"p95 within {budget_ms:.1f} ms, a picture's time at {width}x{height} and {plan.fps:g} fps"
    if not spans_ms:
        told = f"none of {len(failures)} pictures could be done: {failures[0]}"
        return Finding(PICTURE, PICTURE_TITLE, Verdict.FAIL, told, wanted, "Take another profile.")
    p50_ms, p95_ms = (float(value) for value in np.percentile(spans_ms, (50, 95)))
    steady = limits["picture_time_median"].verdict(p50_ms / budget_ms)
    verdict = Verdict.FAIL if steady is Verdict.FAIL else limits["picture_time"].verdict(p95_ms / budget_ms)
    measured = f"p50 {p50_ms:.1f}, p95 {p95_ms:.1f} ms over {len(spans_ms)} pictures"
    gauge = Gauge(p95_ms, 0.0, budget_ms, "ms")
    if verdict is not Verdict.PASS and are_in_the_way(others_percent):
        return Finding(PICTURE, PICTURE_TITLE, *_blaming(others_percent, measured, wanted), gauge)
    if verdict is Verdict.PASS and failures:
        measured += f"; {len(failures)} more could not be done: {failures[0]}"
        return Finding(
            PICTURE, PICTURE_TITLE, Verdict.WARN, measured, wanted, "Look at the picture, then go on.", gauge
        )
    return Finding(PICTURE, PICTURE_TITLE, verdict, measured, wanted, "" if verdict is Verdict.PASS else SMALLER, gauge)


def _blaming(others_percent: float, measured: str, wanted: str) -> tuple[Verdict, str, str, str]:
    """What is said of a time that other programs have spoilt: verdict, measured, reference, remedy."""
    measured += f"; other programs had {others_percent:.0f} % of the computer"
    return Verdict.WARN, measured, wanted, "End other programs and look again."


def _timed(built: _Built, pictures: Sequence[Pixels]) -> tuple[list[float], list[str]]:
    """How long each picture after the first ones took in ms, and why those could not be done that could not."""
    spans_ms: list[float] = []
    clock, failures = built.plan.clock, list[str]()
    end_ns = clock.now_ns() + round(LONGEST_S * 1e9)
    for number, pixels in enumerate(pictures):
        at_ns, began_ns = round(number * 1e9 / built.plan.fps), clock.now_ns()
        if began_ns > end_ns and len(spans_ms) >= FEWEST:
            break
        frame = Frame(pixels, at_ns, at_ns)
        try:
            for stage in built.chain.stages:
                frame = stage.process(frame)
        except StageError as error:
            failures.append(str(error))
            continue
        built.chain.label.draw(frame.pixels.copy() if frame.pixels is pixels else frame.pixels)
        if number >= min(FIRST, len(pictures) // 2):
            spans_ms.append((clock.now_ns() - began_ns) / 1e6)
    return spans_ms, failures


def _sound_time(built: _Built) -> Finding:
    limit, voice = read_limits(__package__)["sound_time"], built.chain.voice
    stretch = voice.step if isinstance(voice, Stepped) else BLOCK_SAMPLES
    stretch_ms = stretch * 1000 / RATE_HZ
    wanted = f"at most {limit.passes[1]:.0%} of its length"
    try:
        with Others() as others:
            share, others_percent = _share(built, stretch), others.percent()
    except StageError as error:
        told, cure = told_and_cure(str(error))
        return Finding(SOUND, SOUND_TITLE, Verdict.FAIL, told, wanted, cure or "Take another profile.")
    gauge = Gauge(share * stretch_ms, 0.0, limit.passes[1] * stretch_ms, "ms")
    verdict = limit.verdict(share)
    most = "p99" if isinstance(voice, Joined) else "p95"
    measured = f"{most} {share * stretch_ms:.1f} ms for {stretch_ms:.0f} ms of sound ({share:.0%}), {voice.name}"
    if verdict is not Verdict.PASS and are_in_the_way(others_percent):
        return Finding(SOUND, SOUND_TITLE, *_blaming(others_percent, measured, wanted), gauge)
    slowed = next((remark for remark in built.remarks if "can't make the voice" in remark), "")
    if slowed and verdict is Verdict.PASS:
        told, _, cure = slowed.partition(". ")
        return Finding(SOUND, SOUND_TITLE, Verdict.WARN, f"{measured}; {told}", wanted, cure, gauge)
    remedy = "" if verdict is Verdict.PASS else SLOWER
    return Finding(SOUND, SOUND_TITLE, verdict, measured, wanted, remedy, gauge)


def _share(built: _Built, stretch: int) -> float:
    """What a stretch of the demo actor's speech takes of its own length."""
    voice, clock = built.chain.voice, built.plan.clock
    spans: list[float] = []
    decoder = SoundDecoder(sound_devices.SPEECH)
    with closing(decoder):
        speech = np.concatenate(list(decoder.pieces()))
    count = min(max(int(SPOKEN_S * RATE_HZ) // stretch, 4), len(speech) // stretch)
    end_ns = clock.now_ns() + round(LONGEST_S * 1e9)
    for start in range(0, count * stretch, stretch):
        began_ns = clock.now_ns()
        if began_ns > end_ns and len(spans) >= 2:
            break
        voice.process(Block(speech[start : start + stretch, np.newaxis], RATE_HZ, start * 1_000_000_000 // RATE_HZ))
        spans.append((clock.now_ns() - began_ns) / 1e9 * RATE_HZ / stretch)
    # A voice that works on a thread of its own tells by itself what it takes.
    return voice.load if isinstance(voice, Joined) else float(np.percentile(spans, 95))
