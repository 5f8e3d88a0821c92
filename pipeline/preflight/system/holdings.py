"""What has to be on this computer: the networks' files, room on the disk, memory."""

import os
import shutil
from collections.abc import Iterator
from functools import partial

import psutil

from pipeline.live.recordings import LEAST_FREE_MB
from pipeline.machine import MEGABYTE
from pipeline.preflight.finding import Finding, Verdict
from pipeline.preflight.limits import read_limits
from pipeline.preflight.system.plan import SystemPlan, guarded, told_and_cure
from profiles.model_files import changed_files, named_models, unrecorded_models

MODELS, DISK, MEMORY = "system.models", "system.disk", "system.memory"
BITS_A_PIXEL = 0.3
"""Of a recording: the demo actor takes 0.10 to 0.15 at 640x360 to 1920x1080; a camera's noise as much again."""
GIGABYTE = 1e9


def models_finding(plan: SystemPlan) -> Finding:
    """Whether every network is there and is what it was: the program's own, and those that the profile names."""
    return guarded(MODELS, "networks", partial(_models, plan))


def _models(plan: SystemPlan) -> Finding:
    own = [problem for name in needed_networks(plan) if (problem := plan.models.problem(name)) is not None]
    brought = list(_brought_faults(plan))
    count = len(needed_networks(plan)) + len(named_models(plan.profile))
    wanted = f"{count} files by their SHA-256"
    faults = own + brought
    if faults:
        told, cure = told_and_cure(faults[0])
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        return Finding(MODELS, "networks", Verdict.FAIL, told + more, wanted, cure or "Bring the file in again.")
    unknown = [problem for each in (plan.profile, *plan.profile.cast_profiles) for problem in unrecorded_models(each)]
    if unknown:
        measured = f"{count} files are there; of {len(unknown)} no SHA-256 is recorded, so a change would not be seen"
        cure = f"Record it: understudy profiles record {plan.profile.name}."
        return Finding(MODELS, "networks", Verdict.WARN, measured, wanted, cure)
    return Finding(MODELS, "networks", Verdict.PASS, f"{count} files are there and unchanged", wanted)


def needed_networks(plan: SystemPlan) -> tuple[str, ...]:
    """Names of the program's own networks that the profile can't do without."""
    finds_pitch = plan.profile.voice.engine == "rvc" and plan.profile.rvc.pitch is None
    return tuple(
        entry.name for entry in plan.models.entries() if entry.required or (finds_pitch and "pitch" in entry.name)
    )


def _brought_faults(plan: SystemPlan) -> Iterator[str]:
    """What is wrong with the files of the profile and its cast: gone, or changed."""
    for profile in (plan.profile, *plan.profile.cast_profiles):
        for problem in changed_files(profile):
            yield f"{problem.key.removeprefix('hashes.')}: {problem.text}"
        for key, path in named_models(profile).items():
            if path.as_posix() not in profile.hashes and not profile.resolve(path).is_file():
                yield f"{key} names {path}, and there is no such file; put it there or name another"


def disk_finding(plan: SystemPlan) -> Finding:
    """How long could be recorded."""
    return guarded(DISK, "disk", partial(_disk, plan))


def _disk(plan: SystemPlan) -> Finding:
    width, height = plan.size
    an_hour = width * height * plan.fps * BITS_A_PIXEL / 8 * 3600
    limit = read_limits(__package__)["free_hours"]
    wanted = f"{limit.passes[0]:g} h of {width}x{height} takes {an_hour / GIGABYTE:.1f} GB"
    folder = plan.folder.absolute()
    existing = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        measured, cure = (
            f"{folder} can't be written to",
            f"Give yourself the rights to {existing}, or record elsewhere.",
        )
        return Finding(DISK, "disk", Verdict.FAIL, measured, wanted, cure)
    free = shutil.disk_usage(existing).free
    hours = free / an_hour
    verdict = Verdict.FAIL if free < LEAST_FREE_MB * MEGABYTE else limit.verdict(hours)
    measured = f"{free / GIGABYTE:.1f} GB free in {folder}, enough for {_told_hours(hours)}"
    remedy = "" if verdict is Verdict.PASS else "Make room on the disk, or record to another one."
    return Finding(DISK, "disk", verdict, measured, wanted, remedy, limit.gauge(hours))


def memory_finding() -> Finding:
    """How much memory other programs leave."""
    return guarded(MEMORY, "memory", _memory)


def _memory() -> Finding:
    memory, limit = psutil.virtual_memory(), read_limits(__package__)["free_memory"]
    free_mb = memory.available / MEGABYTE
    verdict = limit.verdict(free_mb)
    measured = f"{free_mb:.0f} of {memory.total / MEGABYTE:.0f} MB are free"
    remedy = "" if verdict is Verdict.PASS else "End programs that are not needed for the call."
    wanted = f"at least {limit.passes[0]:.0f} MB"
    return Finding(MEMORY, "memory", verdict, measured, wanted, remedy, limit.gauge(free_mb))


def _told_hours(hours: float) -> str:
    return f"{hours * 60:.0f} min" if hours < 1 else f"{hours:.0f} h"
