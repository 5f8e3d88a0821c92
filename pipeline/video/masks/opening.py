"""The masks that a profile asks for."""

from contextlib import ExitStack

from pipeline.inference.named_model import read_named
from pipeline.inference.onnx.runtime import Runtime
from pipeline.video.masks.bisenet import BiSeNet
from pipeline.video.masks.face_mask import FaceMask, FaceMasks
from pipeline.video.masks.xseg import XSeg
from profiles.profile import Profile


def open_masks(runtime: Runtime, profile: Profile) -> FaceMasks | None:
    """The networks in [masks], warm; None where there are none.

    Raises:
        ModelError: a file is missing, changed or of another format, or can't be run.
    """
    settings = profile.masks
    with ExitStack() as unfinished:
        masks: list[FaceMask] = []
        if settings.occluder is not None:
            masks.append(XSeg(runtime, read_named(profile, settings.occluder)))
            unfinished.callback(masks[-1].close)
        if settings.parser is not None:
            masks.append(BiSeNet(runtime, read_named(profile, settings.parser), settings.parts))
            unfinished.callback(masks[-1].close)
        unfinished.pop_all()
    return FaceMasks(masks) if masks else None
