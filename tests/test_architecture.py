"""The house: small files with telling names, and nothing that loads what it has no business with."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("console", "pipeline", "profiles", "tests", "tools")
SHIPPED = ("console", "pipeline", "profiles")
FILE_CEILING = 300
FUNCTION_CEILING = 40
PARAMETER_CEILING = 5
FOLDER_CEILING = 12
SPINE_CEILING = 17
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "core", "manager", "managers", "common", "misc", "base"}
TERMINAL = ("textual", "rich", "typer")
MEDIA = ("cv2", "onnxruntime", "av", "sounddevice", "pyvirtualcam", "ai_edge_litert")


def files(packages: tuple[str, ...] = PACKAGES) -> list[Path]:
    """Every Python file of some packages."""
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the end."""
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return (function.end_lineno or body[-1].lineno) - body[0].lineno + 1


def loaded_by(statement: str, names: tuple[str, ...]) -> list[str]:
    """Which of some packages a fresh interpreter has loaded after a statement."""
    script = f"import sys\n{statement}\nprint(*(name for name in {names!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_no_file_is_longer_than_the_ceiling() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files()}
    assert {name: length for name, length in lengths.items() if length > FILE_CEILING} == {}


def test_no_function_is_longer_than_the_ceiling() -> None:
    long = {
        f"{name_of(path)}:{function.name}": body_lines(function)
        for path in files(SHIPPED)
        for function in functions(path)
        if body_lines(function) > FUNCTION_CEILING
    }
    assert long == {}


def test_no_function_takes_more_parameters_than_can_be_kept_in_mind() -> None:
    wide = {}
    for path in files(SHIPPED):
        for function in functions(path):
            taken = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
            own = [argument for argument in taken if argument.arg not in ("self", "cls")]
            # A command's parameters are its options: the command line needs them one by one.
            if len(own) > PARAMETER_CEILING and not function.decorator_list:
                wide[f"{name_of(path)}:{function.name}"] = len(own)
    assert wide == {}


def test_modules_are_named_for_what_they_hold() -> None:
    assert [name_of(path) for path in files() if path.stem in EMPTY_NAMES or path.parent.name in EMPTY_NAMES] == []


def test_no_folder_is_crowded() -> None:
    counts: dict[str, int] = {}
    for path in files(SHIPPED):
        if path.name != "__init__.py":
            folder = name_of(path.parent)
            counts[folder] = counts.get(folder, 0) + 1
    crowded = {folder for folder, count in counts.items() if count > FOLDER_CEILING}
    # The pipeline's own folder is its spine, drawn in one line from the clock to the session.
    assert crowded <= {"pipeline"}
    assert counts["pipeline"] <= SPINE_CEILING


def test_every_public_name_says_what_it_is() -> None:
    silent = []
    for path in files(SHIPPED):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.name != "__init__.py" and not ast.get_docstring(tree):
            silent.append(name_of(path))
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{name_of(path)}:{node.name}")
    assert silent == []


def test_nothing_is_mutable_at_the_level_of_a_module() -> None:
    statements = [
        f"{name_of(path)}:{node.lineno}"
        for path in files(SHIPPED)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Global)
    ]
    assert statements == []


def test_hardly_anything_catches_everything() -> None:
    broad = []
    for path in files(("pipeline", "profiles")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            caught = node.type if isinstance(node, ast.ExceptHandler) else None
            bare = isinstance(node, ast.ExceptHandler) and node.type is None
            if bare or (isinstance(caught, ast.Name) and caught.id == "Exception"):
                broad.append(name_of(path))
    # What an accelerator's library raises depends on its maker, and any of it means that it can't be used; whatever
    # spoils a profile, the one that is worn goes on.
    allowed = {"pipeline/runner.py", "pipeline/loader.py"}
    assert set(broad) <= allowed | {"pipeline/inference/providers.py", "pipeline/inference/onnx/network.py"}


@pytest.mark.parametrize("module", ["pipeline.session", "pipeline.render", "pipeline.assembly", "profiles.store"])
def test_the_pipeline_runs_without_a_terminal(module: str) -> None:
    assert loaded_by(f"import {module}", TERMINAL) == []


def test_profiles_load_no_media_library() -> None:
    assert loaded_by("import profiles.store", (*MEDIA, "numpy")) == []


def test_the_command_line_starts_without_any_media_library() -> None:
    """Help, lists and errors come at once."""
    assert loaded_by("import console.cli", MEDIA) == []
