"""Drawings of a preflight's figures, as SVG that stands in the page itself."""

from collections.abc import Sequence
from math import log10

from pipeline.audio.voice.statistics import BANDS_HZ
from pipeline.preflight.finding import Gauge

WIDTH, HEIGHT, MARGIN = 640, 240, 34
SPAN_DB = 60.0
LEVELLED_HZ = (300.0, 3_500.0)
"""Levels are compared after both were brought to the same mean between these."""
GAUGE_WIDTH, GAUGE_HEIGHT = 160, 14
POSE_LIMIT_DEG = (75.0, 50.0)
"""The outermost yaw and pitch that are drawn."""


def levelled(spectrum_db: Sequence[float]) -> list[float]:
    """Third-octave levels against their mean over the middle of speech."""
    middle = [
        level
        for level, band_hz in zip(spectrum_db, BANDS_HZ, strict=True)
        if LEVELLED_HZ[0] <= band_hz <= LEVELLED_HZ[1]
    ]
    mean = sum(middle) / len(middle)
    return [level - mean for level in spectrum_db]


def spectrum_chart(live_db: Sequence[float], reference_db: Sequence[float]) -> str:
    """The microphone's long-term spectrum over the reference's; either may be empty."""
    lines = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="spectrum of the microphone and the reference">'
    ]
    for level in range(-40, 21, 10):
        y = _y(level)
        lines.append(f'<line class="grid" x1="{MARGIN}" y1="{y:.1f}" x2="{WIDTH - 8}" y2="{y:.1f}"/>')
        lines.append(f'<text x="{MARGIN - 4}" y="{y + 4:.1f}" text-anchor="end">{level:+d}</text>')
    for mark_hz in (100, 200, 500, 1000, 2000, 5000, 10000):
        x = _x(mark_hz)
        name = f"{mark_hz // 1000}k" if mark_hz >= 1000 else str(mark_hz)
        lines.append(f'<line class="grid" x1="{x:.1f}" y1="8" x2="{x:.1f}" y2="{HEIGHT - 22}"/>')
        lines.append(f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{name}</text>')
    for name, spectrum_db in (("reference", reference_db), ("live", live_db)):
        if spectrum_db:
            levels = levelled(spectrum_db)
            points = " ".join(f"{_x(band):.1f},{_y(level):.1f}" for band, level in zip(BANDS_HZ, levels, strict=True))
            lines.append(f'<polyline class="{name}" points="{points}"/>')
    return "\n".join([*lines, "</svg>"])


def gauge_chart(gauge: Gauge) -> str:
    """A figure on a bar whose accepted range is drawn in."""
    if gauge.span is None:
        return ""
    low, high = gauge.span

    def x(value: float) -> float:
        return GAUGE_WIDTH * (value - low) / (high - low)

    left = x(low if gauge.least is None else gauge.least)
    right = x(high if gauge.most is None else gauge.most)
    return (
        f'<svg class="gauge" viewBox="0 0 {GAUGE_WIDTH} {GAUGE_HEIGHT}" role="img" aria-label="{gauge.value:g}">'
        f'<rect class="bar" x="0" y="4" width="{GAUGE_WIDTH}" height="6"/>'
        f'<rect class="range" x="{left:.1f}" y="4" width="{right - left:.1f}" height="6"/>'
        f'<rect class="value" x="{x(gauge.value) - 1.5:.1f}" y="0" width="3" height="{GAUGE_HEIGHT}"/></svg>'
    )


def pose_chart(poses: Sequence[tuple[float, float, bool]], most_yaw_deg: float) -> str:
    """Where the head was turned to, and where the face was lost.

    Args:
        poses: yaw and pitch in degrees, and whether the face was followed well.
        most_yaw_deg: beyond this turn the profile's face fades.
    """
    side = HEIGHT
    lines = [f'<svg viewBox="0 0 {WIDTH // 2} {side}" role="img" aria-label="angles of the head">']
    across, down = WIDTH / 2, side

    def place(yaw_deg: float, pitch_deg: float) -> tuple[float, float]:
        yaw = max(-1.0, min(1.0, yaw_deg / POSE_LIMIT_DEG[0]))
        pitch = max(-1.0, min(1.0, pitch_deg / POSE_LIMIT_DEG[1]))
        return across / 2 * (1 + 0.95 * yaw), down / 2 * (1 - 0.95 * pitch)

    left, right = place(-most_yaw_deg, 0.0)[0], place(most_yaw_deg, 0.0)[0]
    lines.append(f'<rect class="range" x="{left:.1f}" y="0" width="{right - left:.1f}" height="{down}"/>')
    lines.append(f'<line class="grid" x1="{across / 2}" y1="0" x2="{across / 2}" y2="{down}"/>')
    lines.append(f'<line class="grid" x1="0" y1="{down / 2}" x2="{across}" y2="{down / 2}"/>')
    for yaw_deg, pitch_deg, good in poses:
        x, y = place(yaw_deg, pitch_deg)
        lines.append(f'<circle class="{"good" if good else "lost"}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
    return "\n".join([*lines, "</svg>"])


def _x(band_hz: float) -> float:
    share = (log10(band_hz) - log10(BANDS_HZ[0])) / (log10(BANDS_HZ[-1]) - log10(BANDS_HZ[0]))
    return MARGIN + 8 + (WIDTH - MARGIN - 24) * share


def _y(level_db: float) -> float:
    share = (20.0 - max(-40.0, min(20.0, level_db))) / SPAN_DB
    return 10 + (HEIGHT - 36) * share
