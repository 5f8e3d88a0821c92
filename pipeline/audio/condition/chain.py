"""The way from the microphone to the voice engine."""

from pipeline.audio.condition.gate import Gate
from pipeline.audio.condition.high_pass import HighPass
from pipeline.audio.condition.leveller import Leveller
from pipeline.audio.condition.limiter import Limiter
from pipeline.audio.condition.sanity import Sanity
from pipeline.audio.condition.settings import ConditionSettings
from pipeline.audio.condition.suppressor import Suppressor
from pipeline.stage import AudioStage


def conditioner(settings: ConditionSettings) -> tuple[AudioStage, ...]:
    """The stages that `settings` ask for, in their order, ready to run.

    Rumble goes first, as it would hide the room from the gate; the level is found on what the gate lets through; the
    limiter catches what the leveller raised too far.
    """
    stages: list[AudioStage] = [Sanity()]
    if settings.high_pass:
        stages.append(HighPass(settings.high_pass_hz))
    if settings.suppression:
        stages.append(Suppressor(settings.suppression_db))
    if settings.gate:
        stages.append(Gate(settings.gate_depth_db, settings.gate_hold_ms / 1000.0, settings.gate_release_ms / 1000.0))
    if settings.leveller:
        stages.append(Leveller(settings.target_lufs, settings.level_range_db))
    return (*stages, Limiter(settings.ceiling_dbfs))
