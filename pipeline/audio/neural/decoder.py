"""The voice itself: content and pitch in, sound out."""

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from pipeline.audio.neural.contract import NOISE_CHANNELS, Family, read_contract
from pipeline.audio.neural.pitch.coarse import coarse
from pipeline.audio.stream import RATE_HZ
from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.runtime import Demand, Runtime
from profiles.engines.voice import RvcSettings

FRAMES_A_SECOND = 100
FRAME_SAMPLES = RATE_HZ // FRAMES_A_SECOND
"""Of the result, at 48 kHz."""
SETTLING_FRAMES = 2
"""A voice that skips frames by itself gives so many more before, for the resampler."""
RATES_HZ = range(8_000, 96_001)
SEED = 1

Features = NDArray[np.float32]
Sound = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Span:
    """The frames of 10 ms of one call: `lead` before what is wanted, and all of them."""

    frames: int
    lead: int


class Decoder:
    """Speaks stretches of one length.

    Formants are scaled by speaking the stretch slower or faster, at a pitch lower or higher by as much, and playing it
    at its own pace again: that restores time and pitch, and moves what the voice's own throat has put on.
    """

    def __init__(self, runtime: Runtime, file: ModelFile, span: Span, settings: RvcSettings, budget_ms: float) -> None:
        """Opens the voice.

        Args:
            runtime: where it runs.
            file: its file, of any of the contracts.
            span: the frames of a call.
            settings: the profile's.
            budget_ms: how long one run may take.

        Raises:
            ModelError: it is of another format, or gives another length than its format says.
        """
        self.contract = read_contract(file)
        self._settings, self._span = settings, span
        skips = self.contract.family is Family.SKIPPING
        self._cut = SETTLING_FRAMES if skips else span.lead
        self._given = span.frames - span.lead + SETTLING_FRAMES if skips else span.frames
        """Frames that the network gives sound for."""
        self._spoken = round(self._given * settings.formant_scale)
        """The same at the pace that it speaks them at."""
        taken = span.frames if skips else self._spoken
        places = np.minimum(np.arange(taken) * (span.frames / taken), span.frames - 1)
        self._before = places.astype(np.intp)
        self._after = np.minimum(self._before + 1, span.frames - 1)
        self._share = (places - self._before).astype(np.float32)
        self._random = np.random.default_rng(SEED)
        self._noise = self._fresh_noise(taken)
        self._network = runtime.open(file, Demand(self._layout(taken), budget_ms))
        self._output = file.graph.outputs[0].name
        try:
            self.rate_hz = self._rate(file)
        except ModelError:
            self._network.close()
            raise

    def speak(self, features: Features, pitch_hz: Features, moved: int) -> Sound:
        """The sound of the frames from the lead on, float32 (n,) at 48 kHz.

        Args:
            features: float32 (frames, channels).
            pitch_hz: float32 (frames,), 0 where there is no voice; ignored by a voice without pitch.
            moved: by how many frames the stretch has moved on since the last call, for the chance in the voice.

        Raises:
            StageError: the network failed.
        """
        tensors, inputs = self.contract.tensors, self._network.inputs
        inputs[tensors["features"].name][0] = self._paced(features)
        if self.contract.pitched:
            # Slower speech at a lower pitch: both are undone together.
            slower = 1.0 if self.contract.family is Family.SKIPPING else self._spoken / self._given
            paced = self._held(pitch_hz) / slower
            inputs[tensors["pitch"].name][0] = coarse(paced)
            inputs[tensors["pitchf"].name][0] = paced
        if "noise" in tensors:
            self._roll(moved)
            inputs[tensors["noise"].name][0] = self._noise * self._settings.noise
        self._network.run()
        sound = self._network.outputs[self._output].reshape(-1).astype(np.float32)
        return self._at_lane_rate(sound)

    def reset(self) -> None:
        """Starts the chance anew: the same sound becomes the same voice again."""
        self._random = np.random.default_rng(SEED)
        self._noise = self._fresh_noise(self._noise.shape[1])

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()

    def _layout(self, taken: int) -> Layout:
        sizes: dict[str, tuple[int, ...]] = {
            "features": (1, taken, self.contract.channels),
            "pitch": (1, taken),
            "pitchf": (1, taken),
            "noise": (1, NOISE_CHANNELS, taken),
        }
        values = {"length": taken, "speaker": self._settings.speaker}
        shapes = {"length": (1,), "speaker": (1,)} | sizes
        if self.contract.family is Family.SKIPPING:
            values |= {"skip_head": self._span.frames - self._given, "return_length": self._given}
            values["formant_length"] = self._spoken
            shapes |= dict.fromkeys(("skip_head", "return_length", "formant_length"), ())
        tensors = self.contract.tensors
        return Layout(
            {tensor.name: shapes[key] for key, tensor in tensors.items()},
            values={tensors[key].name: value for key, value in values.items()},
        )

    def _rate(self, file: ModelFile) -> int:
        """The rate of the sound that comes out, from how much comes out.

        Raises:
            ModelError: it is none that a voice can have, or another one than the file says.
        """
        samples = self._network.outputs[self._output].size
        rate, rest = divmod(samples * FRAMES_A_SECOND, self._spoken)
        if rest or rate not in RATES_HZ or rate % FRAMES_A_SECOND:
            raise ModelError(
                f"The voice {file.path} gives {samples} samples for {self._spoken} frames of 10 ms, wanted the same "
                "number for each; export it again with dynamic axes, and without trimming."
            )
        if self.contract.said_rate_hz not in (None, rate):
            raise ModelError(
                f"The voice {file.path} gives {rate // FRAMES_A_SECOND} samples for a frame of 10 ms, wanted "
                f"{(self.contract.said_rate_hz or 0) / FRAMES_A_SECOND:g} by its own metadata; export it again."
            )
        return rate

    def _paced(self, features: Features) -> Features:
        """As many frames as are spoken, between those that there are."""
        if len(self._before) == len(features):
            return features
        share = self._share[:, np.newaxis]
        return np.asarray(features[self._before] * (1 - share) + features[self._after] * share)

    def _held(self, pitch_hz: Features) -> Features:
        """The pitch at the same places: nothing lies between a pitch and none."""
        if len(self._before) == len(pitch_hz):
            return pitch_hz
        return np.asarray(pitch_hz[np.where(self._share < 0.5, self._before, self._after)])

    def _at_lane_rate(self, sound: Sound) -> Sound:
        """Samples at 48 kHz, without the lead; exactly as many as there are frames for."""
        count = (self._given - self._cut) * FRAME_SAMPLES
        pace = self.rate_hz * self._spoken / self._given
        if pace != RATE_HZ:
            sound = np.asarray(soxr.resample(sound, pace, RATE_HZ), np.float32)
        sound = sound[self._cut * FRAME_SAMPLES :][:count]
        return np.pad(sound, (0, count - len(sound)))

    def _fresh_noise(self, frames: int) -> Features:
        return self._random.standard_normal((NOISE_CHANNELS, frames), np.float32)

    def _roll(self, moved: int) -> None:
        """Moves the noise along with the sound: what is spoken twice, at a joint, is spoken alike."""
        fresh = min(round(moved * self._noise.shape[1] / self._span.frames), self._noise.shape[1])
        self._noise = np.concatenate([self._noise[:, fresh:], self._fresh_noise(fresh)], axis=1)
