"""`python -m tools.room render NAME OUT.jpg`: photograph a room."""

import time
from pathlib import Path
from typing import Annotated

import cv2
import typer

from tools.room.rooms.catalog import ROOMS

app = typer.Typer(add_completion=False, help="Photograph the rooms of the shipped personas.")


@app.callback()
def main() -> None:
    """Photograph the rooms of the shipped personas."""


def _size(text: str) -> tuple[int, int]:
    """Width and height out of WIDTHxHEIGHT."""
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise typer.BadParameter(f"cannot read the size {text!r}: wanted WIDTHxHEIGHT in pixels, such as 1920x1080")
    return int(parts[0]), int(parts[1])


@app.command()
def render(
    name: Annotated[str, typer.Argument(help="The room: " + ", ".join(ROOMS))],
    out: Annotated[Path, typer.Argument(help="The picture to write (.jpg or .png)")],
    size: Annotated[str, typer.Option(help="WIDTHxHEIGHT in pixels")] = "1920x1080",
    samples: Annotated[int, typer.Option(min=1, help="Light paths per pixel")] = 32,
) -> None:
    """Write the picture of one room."""
    if name not in ROOMS:
        raise typer.BadParameter(f"cannot render the room {name!r}: wanted one of {', '.join(ROOMS)}")
    begin = time.monotonic()
    picture = ROOMS[name]().photograph(_size(size), samples)
    if not cv2.imwrite(str(out), picture, [cv2.IMWRITE_JPEG_QUALITY, 90]):
        raise typer.BadParameter(f"cannot write {out}: wanted a .jpg or .png in a folder that exists")
    typer.echo(f"{out}: {size}, {samples} paths per pixel, {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    app()
