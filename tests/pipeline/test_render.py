"""A file rendered into another: every frame, its times, its sound, and never the actor's own face."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline.errors import ConsentError, DeviceError, MediaError, ModelError
from pipeline.inference.store import ModelStore
from pipeline.render import Render, RenderJob
from profiles.profile import BackgroundSettings, ConsentSettings, FaceSettings, Kind, Profile
from tests.films import film_of, make_film
from tests.footage import DEMO, MEDIA, SORRY, clip, clips

ROOT = Path(__file__).parents[2]
PORTRAIT = ROOT / "profiles" / "builtin" / "mara" / "portrait.png"

pytestmark = pytest.mark.skipif(
    bool(ModelStore().missing()), reason="the networks are not in the cache; understudy models pull"
)


def persona(kind: Kind = Kind.PERSONA) -> Profile:
    """A target with a shipped portrait and the actor's own room."""
    return Profile(
        name="mara",
        folder=PORTRAIT.parent,
        title="Mara",
        kind=kind,
        face=FaceSettings(portrait=PORTRAIT),
        background=BackgroundSettings(kind="none"),
        consent=ConsentSettings(declaration="Synthetic."),
    )


def render(source: Path, target: Path) -> Render:
    """A whole render, finished."""
    with Render(RenderJob(source, target, persona()), ModelStore()) as job:
        while job.step():
            pass
    return job


def times_s(path: Path) -> list[float]:
    """When each picture of a file is shown."""
    with av.open(str(path)) as container:
        return [round(float(frame.time or 0.0), 3) for frame in container.decode(video=0)]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_every_frame_comes_out_at_its_time(tmp_path: Path, suffix: str) -> None:
    film = make_film(tmp_path / "in.mp4", count=12, size=(160, 96))
    job = render(film, tmp_path / f"out{suffix}")
    assert times_s(tmp_path / f"out{suffix}") == pytest.approx(times_s(film), abs=0.002)
    progress = job.progress()
    assert (progress.frames, progress.faces_found) == (12, 0)
    assert progress.total_s == pytest.approx(1.2, abs=0.05)
    assert progress.done_s == pytest.approx(1.1, abs=0.01)


def test_the_sound_is_kept(tmp_path: Path) -> None:
    film = make_film(tmp_path / "in.mp4", count=20, size=(160, 96), beep_s=1.0)
    render(film, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        loud = [
            float(frame.time or 0.0)
            for frame in container.decode(audio=0)
            if float(np.abs(frame.to_ndarray()).max()) > 0.1
        ]
    assert min(loud) == pytest.approx(1.0, abs=0.05)


def test_a_film_without_sound_is_no_trouble(tmp_path: Path) -> None:
    render(make_film(tmp_path / "in.mp4", size=(160, 96)), tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert len(container.streams.audio) == 0


def test_a_picture_becomes_a_film_of_one_frame(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "in.png"), np.full((96, 160, 3), 90, np.uint8))
    assert render(tmp_path / "in.png", tmp_path / "out.mp4").progress().frames == 1


def test_what_was_done_before_an_interruption_plays(tmp_path: Path) -> None:
    film = make_film(tmp_path / "in.mp4", count=40, size=(160, 96))
    with Render(RenderJob(film, tmp_path / "out.mp4", persona()), ModelStore()) as job:
        for _ in range(7):
            job.step()
    assert len(times_s(tmp_path / "out.mp4")) == 7


@pytest.mark.parametrize("name", clips(DEMO, SORRY))
def test_a_face_is_followed_on_every_frame(tmp_path: Path, name: str) -> None:
    pictures = (frame.pixels for frame in clip(DEMO)[:60])
    film = film_of(tmp_path / "in.mp4", pictures, 15) if name == DEMO else MEDIA / name
    progress = render(film, tmp_path / "out.mp4").progress()
    assert progress.faces_found == progress.frames == len(times_s(film)) == len(times_s(tmp_path / "out.mp4"))
    assert progress.policy_frames == 0


def test_a_person_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    film = make_film(tmp_path / "in.mp4")
    with pytest.raises(ConsentError):
        Render(RenderJob(film, tmp_path / "out.mp4", persona(Kind.PERSON)), ModelStore())
    assert not (tmp_path / "out.mp4").exists()


def test_a_file_is_never_rendered_into_itself(tmp_path: Path) -> None:
    film = make_film(tmp_path / "in.mp4")
    before = film.read_bytes()
    (tmp_path / "link.mp4").symlink_to(film)
    for target in (film, tmp_path / "link.mp4"):
        with pytest.raises(MediaError, match="into itself"):
            Render(RenderJob(film, target, persona()), ModelStore())
    assert film.read_bytes() == before


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"The output .*: got the ending '\.avi', wanted \.mp4 or \.mkv"):
        Render(RenderJob(make_film(tmp_path / "in.mp4"), tmp_path / "out.avi", persona()), ModelStore())


def test_a_text_file_is_no_film(tmp_path: Path) -> None:
    (tmp_path / "in.mp4").write_text("hello")
    with pytest.raises(MediaError):
        Render(RenderJob(tmp_path / "in.mp4", tmp_path / "out.mp4", persona()), ModelStore())
    assert not (tmp_path / "out.mp4").exists()


def test_a_missing_network_is_told(tmp_path: Path) -> None:
    film = make_film(tmp_path / "in.mp4")
    with pytest.raises(ModelError, match="understudy models pull"):
        Render(RenderJob(film, tmp_path / "out.mp4", persona()), ModelStore(tmp_path / "empty"))
    assert not (tmp_path / "out.mp4").exists()


def test_a_target_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    film = make_film(tmp_path / "in.mp4")
    with pytest.raises(DeviceError):
        Render(RenderJob(film, tmp_path / "no" / "such" / "out.mp4", persona()), ModelStore())
