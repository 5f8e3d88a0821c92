"""What a model that is added may be called, and what it is."""

import os
import re
import urllib.parse
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pipeline.errors import ModelError
from pipeline.inference.catalogue import read_catalogue
from pipeline.inference.formats import recognise
from pipeline.inference.kinds.foreign import START_BYTES, is_index
from pipeline.inference.onnx.model_file import BESIDE, read_model
from profiles.member_names import name_problem

DIGITS = frozenset("0123456789abcdef")
NAME = re.compile(r"\w[\w.+-]*")
TAKEN = (".json", ".part", ".half", ".lock", ".moving")
"""How the names end of what lies beside models."""


def digest_of(text: str) -> str:
    """A SHA-256 as it is compared.

    Raises:
        ModelError: it is none.
    """
    digest = text.strip().lower()
    if len(digest) != 64 or not set(digest) <= DIGITS:
        raise ModelError(f"The SHA-256 {text} is none; wanted 64 digits from 0 to f, as whoever offers the model says.")
    return digest


def name_of(address: str, name: str | None) -> str:
    """What a model is to be called; by default what its address calls it.

    Raises:
        ModelError: no model can be called so.
    """
    name = name or PurePosixPath(urllib.parse.unquote(urllib.parse.urlsplit(address).path)).name
    fault = name_problem(name)
    why = fault.text if fault is not None else ""
    if name in shipped_names():
        why = "is that of a network which comes with the program"
    elif not NAME.fullmatch(name) or name.endswith(TAKEN):
        why = why or "is no name of a model, which has letters, digits, dots, dashes and underscores"
    if why:
        raise ModelError(f"The name {name!r} can't be taken: it {why}; choose another with --name.")
    return name


def shipped_names() -> frozenset[str]:
    """What the networks are called that come with the program."""
    return frozenset(name for entry in read_catalogue().models for name in (entry.name, entry.file))


def looked_into(part: Path, path: Path) -> str:
    """What a file is that came whole, to become the file `path`; it is deleted where it is none that can be used.

    Raises:
        ModelError: it is no ONNX model.
    """
    try:
        return title_of(part, path)
    except ModelError as error:
        part.unlink()
        told = str(error).replace(str(part), path.name).replace(f"{part.parent}{os.sep}", "").rstrip(".")
        told = told.replace(BESIDE, "put both into a folder of your own, and name the model's file there")
        raise ModelError(f"{told}; nothing is kept.") from error


def title_of(file: Path, path: Path | None = None) -> str:
    """What a file is, for people; files of some formats are told by what they are called.

    Raises:
        ModelError: it is no ONNX model.
    """
    with file.open("rb") as start:
        if is_index(start.read(START_BYTES)):
            return "retrieval index"
    found = recognise(replace(read_model(file), path=path or file))
    return found.title if found is not None else "ONNX model of no known format"
