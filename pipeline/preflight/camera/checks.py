"""The camera's lines of the checklist."""

from pipeline.preflight.camera.closeups import View
from pipeline.preflight.camera.colour import white_balance_finding
from pipeline.preflight.camera.covering import occluded_finding
from pipeline.preflight.camera.detail import detail_findings
from pipeline.preflight.camera.lighting import lighting_findings
from pipeline.preflight.camera.placing import placing_findings
from pipeline.preflight.camera.timing import timing_findings
from pipeline.preflight.evidence import Seen
from pipeline.preflight.finding import Finding
from profiles.reference.figures import PictureReference


def camera_findings(seen: Seen, reference: PictureReference) -> tuple[Finding, ...]:
    """What a camera gave, held against how the target was filmed, or where that is not known against what is usual.

    Args:
        seen: a stretch of tracked frames; what they can't tell is a SKIP with the reason.
        reference: how the target was filmed.
    """
    view = View.of(seen)
    return (
        *timing_findings(view, reference),
        *detail_findings(view, reference),
        *lighting_findings(view, reference),
        white_balance_finding(view, reference),
        *placing_findings(view, reference),
        occluded_finding(view),
    )
