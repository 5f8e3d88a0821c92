"""Whether the actor fits into the profile's room, and can be cut out of his own."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.media import Pixels
from pipeline.preflight.camera.background import background_findings
from pipeline.preflight.evidence import Seen
from pipeline.preflight.finding import Area, Verdict
from pipeline.video.codecs.pictures import read_picture
from profiles.store import BUILTIN
from tests.footage import CLIPS, DEMO, clips
from tests.pipeline.preflight.camera.scenes import clean, named

KINDS = ("image", "video", "colour", "blur", "none")


def room(who: str = "anselm") -> Pixels:
    """A built-in persona's room."""
    return read_picture(BUILTIN / who / "room.jpg", "background")


@pytest.mark.parametrize("name", clips(DEMO, *CLIPS))
def test_people_before_plain_walls_and_in_an_office_can_be_cut_out(name: str) -> None:
    found = named(background_findings(clean(name), room(), "image"))
    assert found["edges"].verdict is found["behind"].verdict is Verdict.PASS


def test_light_from_the_rooms_other_side_is_told() -> None:
    """The demo actor's lamp is on the picture's left, as the window of one room is; the other's is on the right."""
    found = {who: named(background_findings(clean(DEMO), room(who), "image"))["light"] for who in ("anselm", "mara")}
    assert found["anselm"].verdict is Verdict.PASS
    assert found["mara"].verdict is Verdict.WARN
    assert "right" in found["mara"].remedy
    mirrored = background_findings(clean(DEMO), np.ascontiguousarray(room("mara")[:, ::-1]), "image")
    assert named(mirrored)["light"].verdict is Verdict.PASS


@pytest.mark.parametrize(("gain", "lamps"), [((0.25, 0.8, 1.3), "warmer"), ((1.3, 0.8, 0.4), "colder")])
def test_a_room_in_light_of_another_colour_is_told(gain: tuple[float, float, float], lamps: str) -> None:
    warm = np.clip(room().astype(np.float32) * gain, 0, 255).astype(np.uint8)
    found = named(background_findings(clean(DEMO), warm, "image"))["light"]
    assert found.verdict in (Verdict.WARN, Verdict.FAIL)
    assert lamps in found.remedy


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_room_the_reason_is_told(kind: str) -> None:
    findings = background_findings(clean(DEMO), None, kind)
    assert [finding.area for finding in findings] == [Area.BACKGROUND] * 3
    assert named(findings)["light"].verdict is Verdict.SKIP
    assert named(findings)["light"].measured
    assert (named(findings)["edges"].verdict is Verdict.SKIP) == (kind == "none")


def test_nothing_seen_and_no_matte_are_skipped() -> None:
    bare = Seen(tuple(replace(frame, matte=None) for frame in clean(DEMO).frames[:10]))
    for seen in (bare, Seen(())):
        found = named(background_findings(seen, room(), "image"))
        assert found["edges"].verdict is found["behind"].verdict is Verdict.SKIP


def test_a_matte_that_misses_the_person_is_told() -> None:
    frames = clean(DEMO).frames[::20]
    mattes = [None if frame.matte is None else np.roll(frame.matte, 22, axis=1) for frame in frames]
    off = Seen(tuple(replace(frame, matte=matte) for frame, matte in zip(frames, mattes, strict=True)))
    right, wrong = (named(background_findings(seen, room(), "image"))["edges"] for seen in (Seen(frames), off))
    assert right.gauge is not None
    assert wrong.gauge is not None
    assert wrong.verdict in (Verdict.WARN, Verdict.FAIL)
    assert wrong.gauge.value < right.gauge.value - 20


def behind(pixels: Pixels, matte: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], wall: Pixels) -> Pixels:
    """The person before another wall."""
    alpha = cv2.resize(matte, pixels.shape[1::-1])[..., np.newaxis] / 255.0
    return np.asarray(np.rint(alpha * pixels + (1.0 - alpha) * wall), np.uint8)


@pytest.mark.parametrize("wall", ["alike", "busy"])
def test_a_wall_in_the_actors_colours_and_a_crowded_one_are_told(wall: str) -> None:
    random = np.random.default_rng(1)
    frames = []
    for frame in clean(DEMO).frames[::30]:
        assert frame.matte is not None
        height, width = frame.pixels.shape[:2]
        tiles = random.integers(0, 255, (height // 10, width // 10, 3)).astype(np.uint8)
        jumper = np.median(frame.pixels[height * 9 // 10 :, width * 2 // 5 : width * 3 // 5].reshape(-1, 3), axis=0)
        other = np.full_like(frame.pixels, jumper.astype(np.uint8))
        if wall == "busy":
            other = np.asarray(cv2.resize(tiles, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
        frames.append(replace(frame, pixels=behind(frame.pixels, frame.matte, other)))
    found = named(background_findings(Seen(tuple(frames)), room(), "image"))["behind"]
    assert found.verdict in (Verdict.WARN, Verdict.FAIL)
    assert ("wall of another colour" if wall == "alike" else "plain") in found.remedy
