"""A reference is kept beside the profile, and one that can't be read says what to do."""

from pathlib import Path

import pytest

from profiles.errors import ProfileError
from profiles.reference.figures import (
    FILE_NAME,
    LooksReference,
    Reference,
    VoiceReference,
    read_reference,
    write_reference,
)

KNOWN = Reference(
    learned_at="2026-11-22T05:00:00+00:00",
    learned_from={"voice.wav": "0" * 64},
    voice=VoiceReference(spectrum_db=(0.0,) * 22, bandwidth_hz=16_000.0, rate_hz=48_000),
    looks=LooksReference(hair=(22.0, 3.0, 5.0), hair_length="short", glasses=False),
)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_reference(tmp_path) is None
    assert write_reference(tmp_path, KNOWN) == tmp_path / FILE_NAME
    assert read_reference(tmp_path) == KNOWN
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("text", ["", "{", '{"voice": {"rate_hz": "much"}}', '{"unknown": 1}', '{"version": 2}'])
def test_one_that_can_not_be_read_says_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(ProfileError, match="learn-reference"):
        read_reference(tmp_path)


def test_a_folder_that_can_not_be_written_to_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProfileError, match="can't be written"):
        write_reference(tmp_path / "file", KNOWN)
