"""The figures that `--stats` writes: a contract that scripts rely on."""

from dataclasses import replace
from typing import Any

from pipeline.machine import GpuReading, ProcessReading
from pipeline.telemetry import Readings, VideoReadings


def stats_of(readings: Readings, gpu: GpuReading | None, process: ProcessReading) -> dict[str, Any]:
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
        "gpu": _gpu(gpu),
        "process": {"cpu_percent": round(process.cpu_percent, 1), "rss_mb": round(process.rss_mb, 1)},
        "providers": dict(readings.providers),
    }


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
        "policy_frames": video.policy_frames,
    }


def _gpu(gpu: GpuReading | None) -> dict[str, Any] | None:
    if gpu is None:
        return None
    return {
        "name": gpu.name,
        "load_percent": round(gpu.load_percent, 1),
        "memory_mb": round(gpu.memory_mb, 1),
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
