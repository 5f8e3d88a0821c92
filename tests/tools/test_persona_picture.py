"""Light, skin and strands behave, portraits repeat to the last bit, and the demo actor's loop has no seam."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba", reason="the people's renderer needs numba, which the optional group 'studio' installs")

import cv2
from typer.testing import CliRunner

from tools.persona.cli import app
from tools.persona.geometry.expression import VISEMES
from tools.persona.motion.performance import FPS, LOOP_S, pose_at
from tools.persona.motion.timeline import cues, mouth_at
from tools.persona.personas import INES, PERSONAS
from tools.persona.pose import Pose
from tools.persona.render.camera import Camera
from tools.persona.render.film import developed
from tools.persona.render.light import Casters, Lamp, arriving
from tools.persona.render.raster import Buffer
from tools.persona.studio import portrait
from tools.persona.surface.noise import fbm

BUILTIN = Path(__file__).parents[2] / "profiles" / "builtin"
SHIPPED = [name for name in PERSONAS if name != "actor"]
PLATE = np.array([[-9.0, -9, 5], [9, -9, 5], [9, 9, 5], [-9, 9, 5]])
SQUARE = np.array([[0, 1, 2], [0, 2, 3]])


def test_the_nearer_triangle_hides_the_farther() -> None:
    camera = Camera(16, 16, 1, 50.0, 1.0)
    buffer = Buffer.empty(16, 16)
    near, far = PLATE + [0, 0, 5], PLATE
    buffer.draw(camera.project(far), SQUARE, 0)
    buffer.draw(camera.project(near), SQUARE, 2)
    assert (buffer.label[4:12, 4:12] >= 2).all()
    np.testing.assert_allclose(buffer.depth[8, 8], 40.0, rtol=1e-5)


def test_values_are_interpolated_in_perspective() -> None:
    camera = Camera(64, 64, 1, 30.0, 3.0)
    slanted = PLATE + np.array([[0, 0, -12], [0, 0, 6], [0, 0, 6], [0, 0, -12]])
    buffer = Buffer.empty(64, 64)
    buffer.draw(camera.project(slanted), SQUARE, 0)
    place = buffer.seen(0, 2)
    points = buffer.sample(place, SQUARE, 0, slanted)
    back = camera.project(points.astype(np.float64))
    np.testing.assert_allclose(back[:, 0], place[1] + 0.5, atol=1e-3)
    np.testing.assert_allclose(back[:, 1], place[0] + 0.5, atol=1e-3)


def test_a_plate_in_front_takes_the_lamp_away() -> None:
    lamp = Lamp((0, 0, 1), 20.0, (1, 1, 1))
    spot, up = np.array([[0.0, 0, 0], [20.0, 0, 0]]), np.array([[0.0, 0, 1], [0, 0, 1]])
    light = arriving(spot, up, Casters(PLATE, SQUARE), (lamp,), (96, 128))
    assert light.lamps[0, 0] < 0.05
    assert light.lamps[1, 0] > 0.95
    assert light.harmonics[1, 0] > 5 * light.harmonics[0, 0]


def test_noise_sticks_to_its_place_and_averages_out() -> None:
    points = np.random.default_rng(1).uniform(-9, 9, (20000, 3)).astype(np.float32)
    first = fbm(points, 1.3, 3, 5)
    np.testing.assert_array_equal(first, fbm(points, 1.3, 3, 5))
    assert abs(float(first.mean())) < 0.03
    assert 0.1 < float(first.std()) < 0.6
    assert np.abs(first - fbm(points + 1e-4, 1.3, 3, 5)).max() < 0.01


def test_film_keeps_black_black_and_bends_before_white() -> None:
    light = np.zeros((8, 8, 3), np.float32)
    assert developed(light, 0.0, 1).max() == 0
    bright = developed(light + 1.0, 0.0, 1)
    assert 225 < bright.min() <= bright.max() < 255


def test_a_portrait_repeats_to_the_last_bit_and_shows_a_person() -> None:
    sparse = replace(INES, hair=replace(INES.hair, strands=1500))
    first, again = (portrait(sparse, Pose(), 96, 1) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (96, 96, 3)
    wall, cheek = first[10, 8].astype(int), first[52, 38].astype(int)
    assert np.abs(wall - cheek).max() > 25


def test_the_loop_has_no_seam_and_no_jump() -> None:
    timeline = cues()
    poses = [pose_at(k / FPS, timeline) for k in range(int(LOOP_S * FPS) + 1)]
    head = np.array([(p.yaw_deg, p.pitch_deg, p.roll_deg) for p in poses])
    np.testing.assert_allclose(head[0], head[-1], atol=1e-6)
    assert np.abs(np.diff(head, axis=0)).max() < 2.5
    assert head[:, 0].min() < -25 and head[:, 0].max() > 25
    assert poses[0].expression.blink == pytest.approx(poses[-1].expression.blink)


def test_the_actor_speaks_two_to_five_syllables_a_second_and_rests_between() -> None:
    timeline = cues()
    times = [cue.t_s for cue in timeline]
    assert times == sorted(times) and times[-1] < LOOP_S
    assert {cue.viseme for cue in timeline} <= set(VISEMES)
    vowels = np.array([cue.t_s for cue in timeline if cue.viseme in "AEIOU"])
    gaps = np.diff(vowels)
    assert 0.2 < float(np.median(gaps)) < 0.5
    assert not mouth_at(0.0, timeline).opens()
    assert max(mouth_at(t, timeline).jaw_deg for t in np.arange(0, LOOP_S, 0.05)) > 5


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_portrait_is_square_light_enough_and_evenly_lit(name: str) -> None:
    path = BUILTIN / name / "portrait.png"
    picture = cv2.imread(str(path))
    assert picture is not None and picture.shape == (1024, 1024, 3)
    assert path.stat().st_size < 1_200_000
    face = picture[330:760, 330:694].astype(float).mean(axis=2)
    assert face[:, :182].mean() == pytest.approx(face[:, 182:].mean(), rel=0.1)


def test_an_unknown_person_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["portrait", "nobody", str(tmp_path / "x.png")])
    assert result.exit_code == 2
    assert "mara" in result.output
