"""A figure held against its limit becomes a finding."""

from functools import cache
from math import isfinite
from typing import NamedTuple

from pipeline.preflight.finding import Finding, Verdict, skipped
from pipeline.preflight.limits import Limit, read_limits

PACKAGE = "pipeline.preflight.camera"


class Check(NamedTuple):
    """What a finding is about."""

    id: str
    title: str

    def skip(self, why: str, remedy: str = "") -> Finding:
        """The finding where nothing could be measured."""
        return skipped(self.id, self.title, why, remedy)


class Texts(NamedTuple):
    """What a finding says."""

    measured: str
    reference: str = ""
    remedy: str = ""


@cache
def limits() -> dict[str, Limit]:
    """The limits of camera and background."""
    return read_limits(PACKAGE)


def judged(check: Check, value: float, limit: Limit, texts: Texts, *others: Verdict) -> Finding:
    """The finding for a figure; other verdicts can only make it worse."""
    if not isfinite(value):
        return check.skip("the pictures gave no figure")
    verdict = graver(limit.verdict(value), *others)
    remedy = "" if verdict is Verdict.PASS else texts.remedy
    return Finding(check.id, check.title, verdict, texts.measured, texts.reference, remedy, limit.gauge(value))


def graver(*verdicts: Verdict) -> Verdict:
    """The worst of some verdicts."""
    order = (Verdict.PASS, Verdict.SKIP, Verdict.WARN, Verdict.FAIL)
    return max(verdicts, key=order.index)


def shifted(limit: Limit, by: float) -> Limit:
    """A limit on a difference, as one on the figure itself."""
    borne = None if limit.borne is None else (limit.borne[0] + by, limit.borne[1] + by)
    return limit.model_copy(update={"passes": (limit.passes[0] + by, limit.passes[1] + by), "borne": borne})


def stretched(limit: Limit, low: float, high: float) -> Limit:
    """A limit on a ratio to a range's ends, as one on the figure itself."""
    borne = None if limit.borne is None else (limit.borne[0] * low, limit.borne[1] * high)
    return limit.model_copy(update={"passes": (limit.passes[0] * low, limit.passes[1] * high), "borne": borne})
