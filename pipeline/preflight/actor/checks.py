"""An actor's looks held against a target's: what a make-up artist would say before the call."""

from pipeline.preflight.actor.difference import delta_e_2000
from pipeline.preflight.actor.wording import BEARD_REMEDIES, LENGTH_REMEDIES, PROPORTIONS, hair_remedy, skin_remedy
from pipeline.preflight.finding import Finding, Verdict, skipped
from pipeline.preflight.limits import Limit, read_limits
from profiles.reference.figures import Colour, LooksReference

BEARDS = ("none", "stubble", "beard")
SHOW_FACE = "Look at the camera with the whole head in the picture, and run this check again."
LEARN = "Learn it from the target's material with `understudy profiles learn-reference`."


def actor_findings(actor: LooksReference, target: LooksReference, face_engine: str) -> tuple[Finding, ...]:
    """How well the actor's looks fit the target's; what is not known of one of them is skipped.

    Args:
        actor: read from the camera.
        target: learned, or read from the portrait.
        face_engine: `photo`, `dfm` or `embedding`: what it brings of itself need not be matched as closely.
    """
    limits = read_limits("pipeline.preflight.actor")
    return (
        *(_proportion(name, actor, target, limits[name], face_engine) for name in PROPORTIONS),
        _hair_colour(actor, target, limits["hair_colour"]),
        _hair_length(actor, target),
        _facial_hair(actor, target, face_engine),
        _glasses(actor, target),
        _skin(actor, target, limits.get(f"skin_{face_engine}", limits["skin"])),
    )


def _proportion(name: str, actor: LooksReference, target: LooksReference, limit: Limit, face_engine: str) -> Finding:
    """One length over the face's width against the target's."""
    check, words = f"actor.{name}", PROPORTIONS[name]
    mine, wanted = getattr(actor, name), getattr(target, name)
    if mine is None or wanted is None:
        return _unknown(check, words.title, "from the front ", mine is None)
    percent = 100.0 * (mine / wanted - 1.0) if wanted > 0 else float("nan")
    verdict = limit.verdict(percent)
    remedy = words.larger if percent > 0 else words.smaller
    remedy += ", or raise `warp` in [face] of the profile." if face_engine == "photo" else "."
    return Finding(
        check,
        words.title,
        verdict,
        f"{mine:.3f} of the face's width ({percent:+.1f} %)",
        f"{wanted:.3f} of the face's width",
        "" if verdict is Verdict.PASS else remedy,
        limit.gauge(percent),
    )


def _hair_colour(actor: LooksReference, target: LooksReference, limit: Limit) -> Finding:
    """The hair's colour."""
    check, title = "actor.hair_colour", "hair colour"
    if target.hair_length == "none" or actor.hair_length == "none":
        return skipped(check, title, f"{'the target' if target.hair_length == 'none' else 'the actor'} has no hair")
    if actor.hair is None or target.hair is None:
        return _unknown(check, title, "with all of the hair ", actor.hair is None)
    return _colours((check, title), actor.hair, target.hair, limit, hair_remedy(actor.hair, target.hair))


def _skin(actor: LooksReference, target: LooksReference, limit: Limit) -> Finding:
    """The skin's tone."""
    check, title = "actor.skin", "skin tone"
    if actor.skin is None or target.skin is None:
        return _unknown(check, title, "", actor.skin is None)
    return _colours((check, title), actor.skin, target.skin, limit, skin_remedy(actor.skin, target.skin))


def _colours(name: tuple[str, str], actor: Colour, target: Colour, limit: Limit, remedy: str) -> Finding:
    """One colour against another; the name is the check's id and title."""
    difference = delta_e_2000(actor, target)
    verdict = limit.verdict(difference)
    measured = f"{_told(actor)} (ΔE2000 {difference:.1f})"
    return Finding(
        *name, verdict, measured, _told(target), "" if verdict is Verdict.PASS else remedy, limit.gauge(difference)
    )


def _told(colour: Colour) -> str:
    """A colour in figures."""
    return f"L* {colour[0]:.0f}, a* {colour[1]:.0f}, b* {colour[2]:.0f}"


def _hair_length(actor: LooksReference, target: LooksReference) -> Finding:
    """The class of the hair's length: hair against a bald head fails, for no engine gives or takes hair."""
    check, title, mine, wanted = "actor.hair_length", "hair length", actor.hair_length, target.hair_length
    if mine is None or wanted is None:
        return _unknown(check, title, "with all of the hair ", mine is None)
    if mine == wanted:
        return Finding(check, title, Verdict.PASS, mine, wanted)
    verdict = Verdict.FAIL if "none" in (mine, wanted) else Verdict.WARN
    return Finding(check, title, verdict, mine, wanted, LENGTH_REMEDIES[mine, wanted])


def _facial_hair(actor: LooksReference, target: LooksReference, face_engine: str) -> Finding:
    """The beard: the actor's own shows beyond the jaw; the target's comes with a portrait or a trained face only."""
    check, title, mine, wanted = "actor.facial_hair", "facial hair", actor.facial_hair, target.facial_hair
    if mine is None or wanted is None:
        return _unknown(check, title, "large enough ", mine is None)
    if mine == wanted:
        return Finding(check, title, Verdict.PASS, mine, wanted)
    step = BEARDS.index(mine) - BEARDS.index(wanted)
    is_missed = step == 2 or (step == -2 and face_engine == "embedding")
    return Finding(
        check, title, Verdict.FAIL if is_missed else Verdict.WARN, mine, wanted, BEARD_REMEDIES[mine, wanted]
    )


def _glasses(actor: LooksReference, target: LooksReference) -> Finding:
    """Whether both wear glasses or neither does."""
    check, title = "actor.glasses", "glasses"
    if actor.glasses is None or target.glasses is None:
        return _unknown(check, title, "large enough ", actor.glasses is None)
    mine, wanted = ("glasses" if looks.glasses else "no glasses" for looks in (actor, target))
    if actor.glasses == target.glasses:
        return Finding(check, title, Verdict.PASS, mine, wanted)
    remedy = (
        "Take your glasses off: the swapped face covers parts of them, and they flicker."
        if actor.glasses
        else "Put on a frame like the target's, best without lenses: the one in the picture does not follow the head."
    )
    return Finding(check, title, Verdict.WARN, mine, wanted, remedy)


def _unknown(check: str, title: str, how: str, is_actor: bool) -> Finding:
    """The finding of what is not known of the actor, or else of the target."""
    if is_actor:
        return skipped(check, title, f"the actor's face was not seen {how}on any frame", SHOW_FACE)
    return skipped(check, title, "it is not known of the target", LEARN)
