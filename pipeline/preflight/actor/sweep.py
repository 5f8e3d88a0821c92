"""The guided sweep: the actor turns the head and opens the mouth, and sees how far it is."""

from dataclasses import replace

import numpy as np

from pipeline.media import Face, Pose
from pipeline.preflight.actor.reach import Coverage, Step, SweepResult, Taken, sweep_findings
from pipeline.video.tracking.mesh import eye_distance_px

__all__ = ["Step", "Sweep", "SweepResult", "sweep_findings"]

INSTRUCTIONS = {
    Step.LEFT: "Turn your head slowly to your left, as far as is comfortable.",
    Step.RIGHT: "Turn your head slowly to your right, as far as is comfortable.",
    Step.UP: "Lift your chin slowly and look up.",
    Step.DOWN: "Lower your chin slowly and look down.",
    Step.MOUTH: "Look at the camera and open your mouth wide.",
}
BACK = "Good. Come back and look at the camera."
UNSEEN = "Look at the camera: your face is not seen."
OTHER_WAY = "The other way: "
THANKS = "Thank you, that is all. Look at the camera."
GOALS = {Step.LEFT: 35.0, Step.RIGHT: 35.0, Step.UP: 15.0, Step.DOWN: 15.0, Step.MOUTH: 0.3}
"""How far a step is to go from where the actor sat: degrees, or the lips' distance over that of the eyes."""
BACK_SHARE = 0.5
"""A step ends when the head has come back by this share of its way."""
OTHER_WAY_SHARE = -0.4
"""Who has gone so far the wrong way is told."""
GOOD_SCORE = 0.8
"""From here on the landmarks are believed."""
LOST_AFTER_NS = 300_000_000
"""A face that is not seen for so long is lost: a single bad frame is not."""
AWAY_SHARE = 0.25
"""Only who had gone so far of the way was lost by the turn."""
UPPER_LIP, LOWER_LIP = 13, 14


class Sweep:
    """Leads through the steps: it is told what is seen, and says what to do. It reads no clock. One thread.

    A step ends when the head went out and came back, or when its time is over; what it leaves of its time goes to the
    later ones.
    """

    def __init__(self, start_ns: int, seconds: float) -> None:
        """Begins with the first step.

        Args:
            start_ns: now, on the clock of what it will be told.
            seconds: how long all steps may take together.
        """
        self._end_ns = start_ns + round(seconds * 1e9)
        self._step_ns = start_ns
        self._taken = [Taken(Step.LEFT)]
        self._rest: Pose | None = None
        self._last: tuple[int, float] | None = None
        self._went = self._now_at = 0.0
        self._good: list[Pose] = []
        self._poor: list[Pose] = []
        self._is_seen, self._is_done = True, False

    @property
    def step(self) -> Step | None:
        """What the actor is to do; None when all is done."""
        return None if self._is_done else self._taken[-1].step

    @property
    def is_done(self) -> bool:
        """Whether every step was gone through."""
        return self._is_done

    @property
    def instruction(self) -> str:
        """What to tell the actor, who sits before the camera: left is his own."""
        if self._is_done:
            return THANKS
        if self._went >= 1.0:
            return BACK
        if not self._is_seen:
            return UNSEEN
        text = INSTRUCTIONS[self._taken[-1].step]
        return OTHER_WAY + text[0].lower() + text[1:] if self._now_at < OTHER_WAY_SHARE else text

    @property
    def step_progress(self) -> float:
        """How much of the present step's way was gone, 0..1."""
        return 1.0 if self._is_done else float(np.clip(self._went, 0.0, 1.0))

    @property
    def progress(self) -> float:
        """How much of the whole was gone, 0..1; it never goes back."""
        return 1.0 if self._is_done else (len(self._taken) - 1 + self.step_progress) / len(Step)

    @property
    def greatest(self) -> float:
        """The greatest angle of the present or last step in degrees, or for the mouth its opening."""
        return self._taken[-1].greatest or 0.0

    @property
    def result(self) -> SweepResult:
        """What it came to so far."""
        return SweepResult(tuple(self._taken), self.coverage)

    @property
    def coverage(self) -> Coverage:
        """Which turns of the head were seen so far."""
        return Coverage.of(self._good, self._poor)

    def see(self, face: Face | None, now_ns: int) -> None:
        """Takes what is seen now.

        Args:
            face: the actor's; None where it is not seen.
            now_ns: when; it never goes back.
        """
        if self._is_done:
            return
        is_good = face is not None and face.is_followed and face.score >= GOOD_SCORE
        if face is not None and is_good:
            self._follow(face, now_ns)
        else:
            if face is not None and face.score > 0.0:
                self._poor.append(face.pose)
            self._miss(now_ns)
        came_back = self._went >= 1.0 and self._is_seen and self._now_at < self._went * BACK_SHARE
        if came_back or now_ns >= self._due_ns():
            self._next(now_ns)

    def _follow(self, face: Face, now_ns: int) -> None:
        """Takes a face that is followed well."""
        lips = float(np.linalg.norm(face.landmarks[UPPER_LIP] - face.landmarks[LOWER_LIP]))
        opening = lips / max(eye_distance_px(face.landmarks), 1e-6)
        self._rest = self._rest or face.pose
        self._good.append(face.pose)
        self._is_seen = True
        taken = self._taken[-1]
        amount = taken.step.amount(face.pose, opening)
        self._now_at = (amount - taken.step.amount(self._rest, 0.0)) / GOALS[taken.step]
        self._went = max(self._went, self._now_at)
        self._last = (now_ns, amount)
        self._taken[-1] = replace(taken, greatest=amount if taken.greatest is None else max(taken.greatest, amount))

    def _miss(self, now_ns: int) -> None:
        """Takes a moment without a face that could be believed."""
        if self._last is None:
            self._is_seen = self._is_seen and now_ns - self._step_ns < LOST_AFTER_NS
            return
        seen_ns, amount = self._last
        if now_ns - seen_ns < LOST_AFTER_NS:
            return
        self._is_seen = False
        if self._now_at < AWAY_SHARE:
            return
        taken, self._went = self._taken[-1], max(1.0, self._went)
        self._taken[-1] = replace(taken, lost_at=amount if taken.lost_at is None else min(taken.lost_at, amount))

    def _due_ns(self) -> int:
        """When the present step's time is over."""
        left = len(Step) - len(self._taken) + 1
        return self._step_ns + (self._end_ns - self._step_ns) // left

    def _next(self, now_ns: int) -> None:
        """Goes on to the next step, or ends."""
        self._is_done = len(self._taken) == len(Step)
        if self._is_done:
            return
        self._taken.append(Taken(list(Step)[len(self._taken)]))
        self._step_ns, self._last = now_ns, None
        self._went = self._now_at = 0.0
