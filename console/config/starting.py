"""From the user's file to what the console starts with: what the command line names goes before it."""

import os
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from console.commands.options import SessionOptions
from console.config.schema import Config
from console.pictures.picture_pair import SSH_HZ
from console.ports import Folders

OVER_SSH = ("SSH_CONNECTION", "SSH_TTY")
"""Variables that a session over SSH has."""


def with_config(options: SessionOptions, config: Config, named: Collection[str]) -> SessionOptions:
    """The options with what the user has settled where the command line did not name them.

    Args:
        options: what the command line says, with its defaults.
        config: what the user has settled.
        named: the options that the command line names.
    """
    known = {field.name for field in fields(options)}
    settled: dict[str, Any] = config.start.model_dump(exclude_none=True)
    return replace(options, **{name: value for name, value in settled.items() if name in known and name not in named})


def at_this_terminal(config: Config, environment: Mapping[str, str]) -> Config:
    """What the user has settled, with fewer pictures a second where they go over a network."""
    if config.screen.picture_hz is not None or not any(name in environment for name in OVER_SSH):
        return config
    return config.model_copy(update={"screen": config.screen.model_copy(update={"picture_hz": SSH_HZ})})


def folders_of(config: Config) -> Folders:
    """Where recordings and snapshots go."""
    files = config.files
    return Folders(
        _home(files.recordings) or platformdirs.user_videos_path() / "Understudy",
        _home(files.snapshots) or platformdirs.user_pictures_path() / "Understudy",
    )


def _home(path: Path | None) -> Path | None:
    return None if path is None else Path(os.path.expandvars(path)).expanduser()
