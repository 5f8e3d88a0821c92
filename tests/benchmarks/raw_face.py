"""The command line with every profile's face left out: the actor's own face through the same chain, label and coding.

.venv/bin/python tests/benchmarks/raw_face.py run --headless --camera CLIP --virtual-camera OUT.mp4 --profile NAME

A profile's file can't ask for it: the schema has a floor under the opacity.
"""

import sys
from pathlib import Path
from unittest.mock import patch

from console.cli import main
from profiles.profile import Profile
from profiles.store import ProfileStore


def bared(profile: Profile) -> Profile:
    """The profile with neither the target's face nor its proportions."""
    return profile.model_copy(update={"face": profile.face.model_copy(update={"opacity": 0.0, "warp": 0.0})})


def run_bared() -> int:
    """Runs the command line over bared profiles and tells its exit status."""
    load = ProfileStore.load

    def load_bared(store: ProfileStore, name_or_path: str | Path) -> Profile:
        return bared(load(store, name_or_path))

    with patch.object(ProfileStore, "load", load_bared):
        return main()


if __name__ == "__main__":
    sys.exit(run_bared())
