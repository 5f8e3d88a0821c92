"""The command line: re-make the shipped pictures, or any other frame."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from tools.persona.averaging.shape import mean_head
from tools.persona.averaging.triangulation import face_triangles
from tools.persona.geometry.expression import VISEMES, Expression
from tools.persona.identity import Identity
from tools.persona.motion.actor import frames, write_clip, write_timeline
from tools.persona.personas import PERSONAS
from tools.persona.pose import Pose
from tools.persona.speech.recording import write_sound
from tools.persona.speech.voice import RATE_HZ, speech
from tools.persona.studio import RELAXED, Picture, portrait

app = typer.Typer(add_completion=False, help="Render synthetic people.")


def _identity(name: str) -> Identity:
    if name not in PERSONAS:
        raise typer.BadParameter(f"there is no synthetic person {name!r}; wanted one of {', '.join(PERSONAS)}.")
    return PERSONAS[name]


def _save(path: Path, picture: Picture) -> None:
    if not cv2.imwrite(str(path), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9]):
        raise typer.BadParameter(f"the picture could not be written to {path}; is its folder there and writable?")


@app.command("portrait")
def portrait_command(
    name: str,
    out: Path,
    side: Annotated[int, typer.Option(help="Width and height in pixels.", min=32)] = 1024,
    samples: Annotated[int, typer.Option(help="Samples per pixel along each side.", min=1, max=4)] = 3,
) -> None:
    """Render a persona's portrait: frontal, neutral, evenly lit."""
    _save(out, portrait(_identity(name), Pose(expression=RELAXED), side, samples))


@app.command("frame")
def frame_command(
    name: str,
    out: Path,
    yaw: Annotated[float, typer.Option(help="Degrees, positive to the image's right.")] = 0.0,
    pitch: Annotated[float, typer.Option(help="Degrees, positive up.")] = 0.0,
    roll: Annotated[float, typer.Option(help="Degrees.")] = 0.0,
    viseme: Annotated[str, typer.Option(help=f"One of {', '.join(VISEMES)}.")] = "rest",
    blink: Annotated[float, typer.Option(help="0 open .. 1 closed.", min=0.0, max=1.0)] = 0.0,
    side: Annotated[int, typer.Option(help="Width and height in pixels.", min=32)] = 768,
) -> None:
    """Render one frame of a person in a pose and a mouth shape."""
    if viseme not in VISEMES:
        raise typer.BadParameter(f"there is no viseme {viseme!r}; wanted one of {', '.join(VISEMES)}.")
    face = Expression().blended(VISEMES[viseme], 1.0).blended(Expression(blink=1.0), 0.0)
    parts = {name_: getattr(face, name_) for name_ in Expression.__slots__} | {"blink": blink}
    pose = Pose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, expression=Expression(**parts))
    _save(out, portrait(_identity(name), pose, side, 2))


@app.command("demo-actor")
def demo_actor_command(
    out: Path, samples: Annotated[int, typer.Option(help="Samples per pixel along each side.", min=1, max=4)] = 2
) -> None:
    """Render the demo actor's clip, and its timeline beside it."""
    written = write_clip(out, frames(samples))
    write_timeline(out.with_suffix(".json"))
    typer.echo(f"{out}: {written} frames")


@app.command("demo-speech")
def demo_speech_command(out: Path) -> None:
    """Synthesise the demo actor's speech, in step with the clip's lips, as FLAC."""
    samples = speech()
    write_sound(out, samples)
    typer.echo(f"{out}: {len(samples) / RATE_HZ:.3f} s")


@app.command("mean-face")
def mean_face_command(archive: Path, out: Path) -> None:
    """Make the mean face from an archive that holds one float32 (frames, 468, 3) array of landmarks per person."""
    with np.load(archive) as people:
        points, mirror = mean_head([people[name] for name in people.files])
    triangles = face_triangles(points, mirror)
    np.savez(
        out, points=points.astype(np.float32), mirror=mirror.astype(np.int16), triangles=triangles.astype(np.int16)
    )


def main() -> None:
    """Run the command line."""
    app()
