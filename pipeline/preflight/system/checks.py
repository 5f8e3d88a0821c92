"""What is looked at of the computer and of the profile's papers before a call, the quick checks first."""

from collections.abc import Iterator

from pipeline.preflight.finding import Finding
from pipeline.preflight.system.av import av_finding
from pipeline.preflight.system.clearance import consent_finding, disclosure_finding
from pipeline.preflight.system.holdings import disk_finding, memory_finding, models_finding
from pipeline.preflight.system.outlets import camera_finding, microphone_finding
from pipeline.preflight.system.plan import SystemPlan
from pipeline.preflight.system.speed import speed_findings

__all__ = ["SystemPlan", "measured_findings", "quick_findings", "system_findings"]


def quick_findings(plan: SystemPlan) -> Iterator[Finding]:
    """What is known at once: papers, files, room, devices."""
    yield consent_finding(plan)
    yield disclosure_finding(plan)
    yield models_finding(plan)
    yield disk_finding(plan)
    yield memory_finding()
    yield camera_finding(plan)
    yield microphone_finding(plan)


def measured_findings(plan: SystemPlan) -> Iterator[Finding]:
    """What has to be run to be known; the last takes eight seconds, in real time."""
    yield from speed_findings(plan)
    yield av_finding(plan)


def system_findings(plan: SystemPlan) -> Iterator[Finding]:
    """Every check, each as it is known.

    What can't be looked at is left out with the reason: nothing that a computer lacks raises anything.
    """
    yield from quick_findings(plan)
    yield from measured_findings(plan)
