"""What a file is that is no ONNX model, and what helps with it."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

START_BYTES = 512
"""So much of a file tells what it is."""
INDEXES = (b"IwFl", b"IxF2", b"IxFI", b"IxFl")
"""How faiss's files of plain vectors start, with and without lists."""
ZIP, LFS = b"PK\x03\x04", b"version https://git-lfs"
FOREIGN: Mapping[bytes, str] = MappingProxyType(
    {
        ZIP: "a zip archive or a PyTorch checkpoint",
        **{b"\x80" + version: "a Python pickle" for version in (b"\x02", b"\x03", b"\x04", b"\x05")},
        b"\x89HDF": "an HDF5 file",
        LFS: "a text that stands for the file in Git LFS",
        b"<": "a web page",
    }
)
"""What files are that start so."""
MODELS = (".onnx", ".dfm")
EXPORT = "only ONNX files are loaded; export the model to ONNX with the program that trained it"
AGAIN = "it is cut off or damaged; copy, download or export it again"
SUFFIXES = frozenset({".pth", ".pt", ".ckpt", ".pkl", ".bin", ".safetensors", ".h5", ".npy"})
"""Of files that hold models for other programs."""


def is_index(start: bytes) -> bool:
    """Whether a file that starts so is a retrieval index."""
    return start.startswith(INDEXES)


def reason(path: Path, start: bytes) -> str:
    """Why a file is no whole ONNX model, and what helps.

    Args:
        path: the file.
        start: its first `START_BYTES`.
    """
    if not start:
        return "the file is empty; copy or download it again"
    if start.startswith(ZIP):
        return _zip(path)
    if is_index(start) or path.suffix.lower() == ".index":
        return "it is a retrieval index, which goes under rvc.index (--voice-index); name the voice's ONNX file here"
    if start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 1 << 27:
        return f"it looks like a file of safetensors; {EXPORT}"
    text = _text(start)
    if text:
        return text
    foreign = next((what for magic, what in FOREIGN.items() if start.startswith(magic)), "")
    if foreign:
        return f"it looks like {foreign}; {EXPORT}"
    return EXPORT if path.suffix.lower() in SUFFIXES else AGAIN


def _zip(path: Path) -> str:
    """What a zip archive is."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return f"it looks like {FOREIGN[ZIP]}; {EXPORT}"
    inside = next((name for name in names if name.lower().endswith(MODELS)), None)
    if inside is not None:
        return f"it is a zip archive that holds {inside}; unpack it, and name that file"
    if any(name.rpartition("/")[2] == "data.pkl" for name in names):
        return f"it looks like {FOREIGN[ZIP]}; {EXPORT}"
    return "it is a zip archive without an ONNX file; only ONNX files are loaded, so look for one where it comes from"


def _text(start: bytes) -> str:
    """What a text is; empty where it is none."""
    if start.startswith(LFS):
        return (
            "it is the pointer that Git LFS keeps in the file's place; run `git lfs pull` where it comes from, "
            "or download the file itself"
        )
    if start.lstrip()[:1] == b"<":
        return "it looks like a web page; download the file again, logged in or with the terms agreed to if need be"
    # The last letter may be cut.
    text = start.decode("utf-8", "ignore")
    if len(text.encode()) < len(start) - 3 or not all(sign.isprintable() or sign.isspace() for sign in text):
        return ""
    return f"it is text that begins with {text.split(chr(10))[0][:20].strip()!r}; name the ONNX file itself"
