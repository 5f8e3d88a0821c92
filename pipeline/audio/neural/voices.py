"""The voices of one session that are networks, and the dial between their latency and this computer."""

from collections.abc import Callable, Hashable
from contextlib import closing
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np

from pipeline.audio.neural.cut import LEAST_MS, cut_for
from pipeline.audio.neural.rvc import BUDGET, Rvc, Tools
from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.actor import Actor
from pipeline.audio.voice.chunks import Joined, Plan
from pipeline.errors import VoiceError
from profiles.profile import Profile

STEPS_MS = (
    *(100.0, 120.0, 150.0, 200.0, 250.0, 300.0, 400.0, 500.0, 600.0, 800.0),
    *(1_000.0, 1_250.0, 1_500.0, 2_000.0, 2_500.0, 3_000.0, 4_000.0, 5_000.0),
)
"""Tried where the wanted latency can't be kept: the smallest that can is what the dial offers."""
TRIALS = 8
TRIED_S = 2.0
"""No more trials are begun after this, but two are made."""

Shares = Callable[[Profile, Plan], float]
"""What a chunk takes of its time, by profile and plan."""


class RvcVoices:
    """Builds voices, and remembers which latencies this computer keeps."""

    def __init__(self, tools: Tools, actor: Actor | None = None, share_of: Shares | None = None) -> None:
        """Nothing is opened yet.

        Args:
            tools: what voices are built with.
            actor: what the session knows of the actor's voice.
            share_of: measures a voice; by default on this computer, now.
        """
        self._tools, self._actor = tools, actor
        self._share_of = share_of or self._measured
        self._shares: dict[Hashable, float] = {}

    def stage(self, profile: Profile, latency_ms: float) -> Joined:
        """The profile's voice as a stage of the lane, lagging by as much as it may.

        Raises:
            ModelError: a file is missing, changed or of another format.
        """
        plan = cut_for(latency_ms)
        return Joined(Rvc(profile, plan, self._tools, self._actor), plan)

    def least_ms(self, profile: Profile, wanted_ms: float) -> float:
        """The smallest latency from the wanted one upward that this computer keeps.

        Raises:
            ModelError: a file is missing, changed or of another format.
            VoiceError: it keeps none.
        """
        wanted_ms = max(wanted_ms, LEAST_MS)
        if self._share(profile, wanted_ms) < BUDGET:
            return wanted_ms
        steps = [step for step in STEPS_MS if step > wanted_ms]
        missed, kept = -1, len(steps)
        # The longer the chunk, the smaller the share of what is heard before it: halving finds the first that is kept.
        while kept - missed > 1:
            middle = (missed + kept) // 2
            if self._share(profile, steps[middle]) < BUDGET:
                kept = middle
            else:
                missed = middle
        if kept == len(steps):
            share = self._share(profile, steps[-1]) if steps else self._share(profile, wanted_ms)
            # What keeps the computer busy now may be over when the voice is asked for again.
            self._shares = {key: kept_share for key, kept_share in self._shares.items() if kept_share < BUDGET}
            raise VoiceError(
                f"The voice of {profile.title} can't be made on this computer in real time: with {STEPS_MS[-1]:.0f} ms "
                f"it takes {share:.0%} of the time that there is, wanted less than {BUDGET:.0%}; run it on a GPU, "
                "or take a lighter pitch network."
            )
        return steps[kept]

    def _share(self, profile: Profile, latency_ms: float) -> float:
        """Measured once for each voice and way to cut it."""
        settings, plan = profile.rvc, cut_for(latency_ms)
        files = (settings.model, settings.encoder, settings.pitch, settings.index)
        stamps = tuple(_stamp(profile.resolve(file)) for file in files if file is not None)
        key = (stamps, settings.formant_scale, settings.index_rate > 0, plan)
        if key not in self._shares:
            self._shares[key] = self._share_of(profile, plan)
        return self._shares[key]

    def _measured(self, profile: Profile, plan: Plan) -> float:
        """The 99th percentile of some chunks, 1 is all of the time that there is.

        Raises:
            HaltError: the session has ended meanwhile.
        """
        tools = self._tools
        with closing(tools.runtime.apart()) as runtime:
            engine = Rvc(profile, plan, replace(tools, runtime=runtime))
            with closing(engine), runtime.halt.cutting(runtime.cut):
                return measured(engine, plan, tools.clock.now_ns)


def _stamp(path: Path) -> Hashable:
    """A file as it is now."""
    return (path, path.stat().st_mtime_ns) if path.exists() else path


def measured(engine: Rvc, plan: Plan, now_ns: Callable[[], int]) -> float:
    """What a chunk takes of its time: the 99th percentile of a few trials, by the clock, for other devices work too."""
    voice = np.zeros(plan.context + plan.reach, np.float32)
    voice[:: RATE_HZ // 150] = 0.5
    began_ns, slowest_ns = now_ns(), -inf
    for trial in range(TRIALS):
        start_ns = now_ns()
        if trial >= 2 and start_ns - began_ns > TRIED_S * 1e9:
            break
        engine.convert(voice)
        slowest_ns = max(slowest_ns, now_ns() - start_ns)
    return slowest_ns / (plan.chunk * 1e9 / RATE_HZ)
