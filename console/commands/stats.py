"""The figures that `--stats` writes: a contract that scripts rely on."""

from dataclasses import dataclass, replace
from typing import Any

from console.commands.options import SessionOptions
from console.life.computer import GpuPort, ProcessPort
from pipeline.errors import UnderstudyError
from pipeline.telemetry import AudioReadings, Percentiles, Readings, SyncReadings, VideoReadings
from profiles.profile import Profile


def run_of(
    asked: SessionOptions, profile: Profile, readings: Readings, error: UnderstudyError | None
) -> dict[str, Any]:
    """What was run, as asked for; `profile` is the first one."""
    width, height = readings.video.size
    return {
        "profile": asked.profile,
        "camera": asked.camera,
        "virtual_camera": asked.virtual_camera,
        "record": None if asked.record is None else str(asked.record),
        "size": [width, height],
        "microphone": asked.microphone,
        "virtual_microphone": asked.virtual_microphone,
        "monitor": asked.monitor,
        "voice_latency_ms": profile.voice.latency_ms,
        "pace": asked.pace,
        "seconds": round(readings.elapsed_s, 3),
        "error": None if error is None else str(error),
    }


def stats_of(readings: Readings, gpu: GpuPort | None, process: ProcessPort) -> dict[str, Any]:
    """Everything that was measured, as the JSON object of the contract."""
    return {
        "video": _video(readings.video),
        "switches": [
            {
                "from": switch.source,
                "to": switch.target,
                "prepare_ms": round(switch.prepare_ms, 3),
                "gap_ms": round(switch.gap_ms, 3),
                "dropped": switch.dropped,
            }
            for switch in readings.switches
        ],
        "audio": None if readings.audio is None else _audio(readings.audio),
        "sync": _sync(readings.sync),
        "gpu": _gpu(gpu),
        "process": {"cpu_percent": round(process.cpu_percent, 1), "rss_mb": round(process.rss_mb, 1)},
        "providers": dict(readings.providers),
    }


def status_of(readings: Readings, gpu: GpuPort | None, process: ProcessPort | None) -> dict[str, Any]:
    """What goes out at this instant, and everything that was measured until then."""
    figures = stats_of(readings, gpu, process or _Unknown())
    return {
        "state": readings.state.value,
        "profile": readings.profile,
        "title": readings.title,
        "loading": readings.loading,
        "ready": list(readings.ready),
        "muted": None if readings.audio is None else readings.audio.muted,
        "source": readings.video.source,
        "sinks": list(readings.video.sinks),
        "seconds": round(readings.elapsed_s, 3),
    } | figures


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A process that nobody has looked at."""

    cpu_percent: float = 0.0
    rss_mb: float = 0.0


def _video(video: VideoReadings) -> dict[str, Any]:
    latency = video.latency_overall
    return {
        "frames_in": video.frames_in,
        "frames_out": video.frames_out,
        "dropped": dropped(video),
        "fps_in": round(video.fps_in, 3),
        "fps_out": round(video.fps_out, 3),
        "latency_ms": {
            "p50": round(latency.p50_ms, 3),
            "p95": round(latency.p95_ms, 3),
            "p99": round(latency.p99_ms, 3),
        },
        "stages": {
            name: {"p50_ms": round(times.p50_ms, 3), "p95_ms": round(times.p95_ms, 3)}
            for name, times in video.stages_overall.items()
        },
        "faces_found": video.faces_found,
        "faces": [{"id": face.track_id, "part": face.part, "wears": face.wears} for face in video.faces],
        "policy_frames": video.policy_frames,
        "covered": video.covered,
    }


def _audio(audio: AudioReadings) -> dict[str, Any]:
    total = audio.latency_overall
    measured = total != Percentiles()
    known_ms = audio.engine_ms + audio.device_ms + audio.compute.p50_ms
    return {
        "latency_ms": {
            "capture": round(max(0.0, total.p50_ms - known_ms), 3) if measured else None,
            "compute": {"p50": round(audio.compute.p50_ms, 3), "p99": round(audio.compute.p99_ms, 3)},
            "join": round(audio.engine_ms, 3),
            "device": round(audio.device_ms, 3),
            "total": {
                "p50": round(total.p50_ms, 3) if measured else None,
                "p95": round(total.p95_ms, 3) if measured else None,
                "p99": round(total.p99_ms, 3) if measured else None,
            },
        },
        "underruns": audio.underruns,
        "overruns": audio.overruns,
        "blocks": audio.blocks,
        "failed": audio.failed,
        "drift_ppm": round(audio.drift_ppm, 1),
        "engine": audio.engine,
        "load": None if audio.load is None else round(audio.load, 3),
    }


def _sync(sync: SyncReadings) -> dict[str, Any]:
    measured = sync.pictures > 0
    return {
        "av_offset_ms": {
            "p50": round(sync.offset.p50_ms, 3) if measured else None,
            "p95": round(sync.offset.p95_ms, 3) if measured else None,
            "max_abs": round(sync.worst_ms, 3) if measured else None,
        },
        "delay_ms": round(sync.delay_ms, 3),
        "trim_ms": round(sync.trim_ms, 3),
    }


def _gpu(gpu: GpuPort | None) -> dict[str, Any] | None:
    if gpu is None:
        return None
    return {
        "name": gpu.name,
        "load_percent": None if gpu.load_percent is None else round(gpu.load_percent, 1),
        "memory_mb": None if gpu.memory_mb is None else round(gpu.memory_mb, 1),
    }


def dropped(video: VideoReadings) -> int:
    """Frames that never went out; those that the fail-safe policy stood in for did."""
    return video.drops.capture + video.drops.output


def with_mean_rates(first: Readings, last: Readings, final: Readings) -> Readings:
    """`final` with the mean rates between two readings of the running session in place of the last second's.

    Below half a second between them the rates of `last` stand.
    """
    seconds = (last.at_ns - first.at_ns) / 1e9
    fps_in, fps_out = last.video.fps_in, last.video.fps_out
    if seconds >= 0.5:
        fps_in = (last.video.frames_in - first.video.frames_in) / seconds
        fps_out = (last.video.frames_out - first.video.frames_out) / seconds
    return replace(final, video=replace(final.video, fps_in=fps_in, fps_out=fps_out))
