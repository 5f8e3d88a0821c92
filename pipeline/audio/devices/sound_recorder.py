"""Sound into a file: wav, flac or opus."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Self, cast

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.errors import DeviceError
from pipeline.inference.file_lock import claimed

ENCODERS = {".wav": ("pcm_s16le", "s16"), ".flac": ("flac", "s16"), ".opus": ("libopus", "s16")}


class SoundRecorder:
    """A sink that writes a file, 48 kHz mono. Every sample handed over is in it."""

    paced, is_file = False, True
    buffered_ns = 0

    def __init__(self, path: Path) -> None:
        """Creates the file, replacing one of that name.

        Raises:
            DeviceError: the file can't be written, or its ending is not known.
        """
        self.name = f"recording {path.name}"
        self.description = f"{path.name} · 48 kHz mono"
        self._path = path
        if path.suffix.lower() not in ENCODERS:
            endings = ", ".join(ENCODERS)
            raise DeviceError(
                f"The sound {path} can't be written as '{path.suffix}'; end its name in one of {endings}."
            )
        codec, self._format = ENCODERS[path.suffix.lower()]
        self._samples = 0
        self._container: OutputContainer | None = None
        self._claim: BinaryIO | None = None
        try:
            self._claim = claimed(path)
            self._container = av.open(f"file:{path.absolute()}", "w")
            self._stream = cast("AudioStream", self._container.add_stream(codec, rate=RATE_HZ))
            self._stream.layout = "mono"
            self._container.start_encoding()
        except FileExistsError as error:
            raise DeviceError(f"The sound {path} is being written already; choose another name.") from error
        except (av.error.FFmpegError, OSError) as error:
            self._abandon()
            raise DeviceError(f"The sound {path} can't be written: {error.strerror}; choose another place.") from error

    def write(self, samples: NDArray[np.float32]) -> None:
        """Appends float32 (n,).

        Raises:
            DeviceError: the disk is full or gone, or the file is closed.
        """
        if self._container is None:
            raise DeviceError(f"The sound {self._path} is closed.")
        whole = np.rint(np.clip(samples, -1.0, 1.0) * np.float32(32767)).astype(np.int16)
        frame = AudioFrame.from_ndarray(whole[np.newaxis], format=self._format, layout="mono")
        frame.sample_rate = RATE_HZ
        frame.pts = self._samples
        frame.time_base = Fraction(1, RATE_HZ)
        self._samples += len(samples)
        try:
            self._container.mux(self._stream.encode(frame))
        except (av.error.FFmpegError, OSError) as error:
            raise DeviceError(self._stopped(error)) from error

    def close(self) -> None:
        """Ends the file; may be called twice.

        Raises:
            DeviceError: what was left could not be written.
        """
        if self._container is None:
            return
        try:
            self._container.mux(self._stream.encode(None))
            self._container.close()
        except (av.error.FFmpegError, OSError) as error:
            raise DeviceError(self._stopped(error)) from error
        finally:
            self._abandon()

    def __enter__(self) -> Self:
        """The recorder itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the file."""
        self.close()

    def _abandon(self) -> None:
        """Lets go of the file as it is."""
        container, self._container = self._container, None
        # Ending a file on a full disk fails again; the reason was told already.
        with suppress(av.error.FFmpegError, OSError):
            if container is not None:
                container.close()
        if self._claim is not None:
            self._claim.close()

    def _stopped(self, error: av.error.FFmpegError | OSError) -> str:
        return (
            f"The sound {self._path} stopped after {self._samples / RATE_HZ:.1f} s: "
            f"{(error.strerror or str(error)).lower()}; a new one needs another place."
        )
