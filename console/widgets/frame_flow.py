"""Frames in and out against the target, the way from capture to sink, and what was lost on it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import attrgetter

from console.view import Losses, View
from console.widgets.panel import BLANK, Line, Role, ViewPanel, figure_ms, greyed, heading, line_width, spread
from pipeline.media import FaceReading
from pipeline.telemetry import VideoReadings

FPS_WARNING, FPS_ERROR = 0.95, 0.80
"""Shares of the target rate below which the rate is coloured. Source: OBS Studio's statistics window."""
LOSS_WARNING, LOSS_ERROR = 0.01, 0.05
"""Shares of the frames above which a loss is coloured. Source: OBS Studio's statistics window."""
PLACES: tuple[tuple[str, Callable[[Losses], int]], ...] = (
    ("capture", attrgetter("capture")),
    ("processing", attrgetter("processing")),
    ("output", attrgetter("output")),
)
SUMMARY_FORMS = (("LOST 60 s", 4), ("LOST", 4), ("LOST", 3), ("LOST", 1))
"""A title and how many letters a place gets, from the clearest to the shortest."""
LOSS_ROWS = 7
"""A heading, three places, what stood in for frames, and the faces."""
POLICY: tuple[str, Callable[[Losses], int]] = ("by fail-safe", attrgetter("policy"))


def rate_role(fps: float, target: float) -> Role:
    """Good at the target, a warning below 95 %, an error below 80 %."""
    if target <= 0:
        return Role.TEXT
    if fps < target * FPS_ERROR:
        return Role.ERROR
    return Role.WARNING if fps < target * FPS_WARNING else Role.GOOD


def loss_role(lost: int, frames: int) -> Role:
    """Quiet at none, a warning above 1 %, an error above 5 %."""
    share = lost / frames if frames > 0 else float(lost > 0)
    if share > LOSS_ERROR:
        return Role.ERROR
    if share > LOSS_WARNING:
        return Role.WARNING
    return Role.TEXT if lost else Role.MUTED


def rate_lines(view: View, width: int) -> list[Line]:
    """Rates and latency."""
    video = view.video
    p50, p95 = (figure_ms(value) if value else "–" for value in (video.latency.p50_ms, video.latency.p95_ms))
    latency: Line = ((f"{p50:>7}", Role.TEXT), (" p95", Role.MUTED), (f" {p95:>5} ms", Role.TEXT))
    rows = [
        spread((("in", Role.MUTED), *_rate(video.fps_in, video)), _out(video), width),
        spread((("capture → sink" if width > 34 else "latency", Role.MUTED),), latency, width),
    ]
    if view.stale:
        return [heading("FRAMES", width, view.age, Role.WARNING), *greyed(rows)]
    return [heading("FRAMES", width, f"target {video.fps_target:.4g} fps"), *rows]


def _rate(fps: float, video: VideoReadings) -> Line:
    return (f"{fps:7.1f}", rate_role(fps, video.fps_target)), (" fps", Role.MUTED)


def _out(video: VideoReadings) -> Line:
    return ("out", Role.MUTED), *_rate(video.fps_out, video)


def loss_lines(view: View, width: int, height: int = LOSS_ROWS) -> list[Line]:
    """Losses by place and what stood in for frames, over the last minute and in all.

    In fewer rows what stood in for frames gives way to the faces where it matters whose they are.
    """
    total = view.losses
    rows = [
        spread(((name, Role.MUTED),), _counts(count(view.recent), count(total), view.recent.frames), width)
        for name, count in (*PLACES, POLICY)
    ]
    repeats: Line = ((f"{view.recent.repeats:6d}", Role.MUTED), (f"{total.repeats:9d}", Role.MUTED))
    rows = [heading("LOST", width, "60 s    total"), *rows, spread((("repeated", Role.MUTED),), repeats, width)]
    return [*(rows[: height - 1] if view.tells_faces else rows), _faces(view, width)][:height]


def _counts(recent: int, total: int, frames: int) -> Line:
    """Only the last minute is coloured: what is over is a fact and no alarm."""
    return (f"{recent:6d}", loss_role(recent, frames)), (f"{total:9d}", Role.TEXT if total else Role.MUTED)


def _faces(view: View, width: int) -> Line:
    """How many are followed, their numbers, what they wear, and on how many frames the actor was seen, as far as it
    fits: the numbers are what nobody could know otherwise."""
    video = view.video
    share = 100.0 * video.faces_found / video.frames_in if video.frames_in else 0.0
    now: Line = (("faces", Role.MUTED), (f" {len(video.faces)} ", Role.TEXT if video.faces else Role.WARNING))
    part: Line = ((f"{share:5.0f} %", Role.MUTED),)
    told, short = (", ".join(map(str, faces)) for faces in (video.faces, map(_in_short, video.faces)))
    forms = ((told, part), (told, BLANK), (short, part), (short, BLANK))
    fitting = (form for form in forms if line_width(now) + len(form[0]) + line_width(form[1]) <= width)
    text, end = next(fitting, (short, BLANK))
    return spread((*now, (text, Role.TEXT)), end, width)


def _in_short(face: FaceReading) -> str:
    """A face without what it wears."""
    return str(replace(face, wears=""))


def loss_summary(view: View, width: int, height: int = 1) -> list[Line]:
    """The last minute's losses on one line, for small screens; with larger counts the words get shorter.

    Another line tells the faces' numbers where it matters whose they are, and a further one what stood in for frames.
    """
    forms = ((title, _lost_by_place(view.recent, letters)) for title, letters in SUMMARY_FORMS)
    fitting = ((title, counts) for title, counts in forms if len(title) + line_width(counts) <= width)
    title, counts = next(fitting, ("", _lost_by_place(view.recent, 1)))
    line = spread(((title, Role.TITLE),), counts, width)
    if view.tells_faces:
        return [line, _faces(view, width), _stood_in(view, width)][: max(2, height)]
    return [line, _stood_in(view, width), _faces(view, width)][:height]


def _stood_in(view: View, width: int) -> Line:
    """The last minute's frames that the fail-safe made, and those that were shown again."""
    name, count = POLICY
    made: Line = (
        (f"{name} ", Role.MUTED),
        (f"{count(view.recent)}", loss_role(count(view.recent), view.recent.frames)),
    )
    return spread(made, ((f"repeated {view.recent.repeats}", Role.MUTED),), width)


def _lost_by_place(recent: Losses, letters: int) -> Line:
    """Each place, by its first letters, with its count."""
    spans: list[Line] = [
        ((f" {name[:letters]}", Role.MUTED), (f" {count(recent)}", loss_role(count(recent), recent.frames)))
        for name, count in PLACES
    ]
    return sum(spans, BLANK)


class RatePanel(ViewPanel):
    """Frames in and out, and latency."""

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's rates."""
        return rate_lines(view, self.size.width)


class LossPanel(ViewPanel):
    """What was lost, in as many rows as there is room."""

    AGES = True

    def present(self, view: View) -> None:
        """Shows the view's losses, in two rows at least where it matters whose the faces are."""
        self.set_class(view.tells_faces, "-faces")
        super().present(view)

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's losses."""
        height = 1 if self.styles.is_auto_height else self.size.height
        whole = height > len(PLACES) + view.tells_faces
        return (loss_lines if whole else loss_summary)(view, self.size.width, height)
