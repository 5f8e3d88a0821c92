"""What Windows asks of the console."""

import ast
from pathlib import Path

import console

POSIX_ONLY = {"curses", "fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"}


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_no_module_needs_what_only_posix_has() -> None:
    (folder,) = map(Path, console.__path__)
    needed = []
    for file in folder.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        inside = {id(node) for outer in ast.walk(tree) if isinstance(outer, FUNCTIONS) for node in ast.walk(outer)}
        # What is imported where it is used does not keep a module from being loaded.
        for node in (node for node in ast.walk(tree) if id(node) not in inside):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            needed += [f"{file.name}: {name}" for name in names if name.partition(".")[0] in POSIX_ONLY]
    assert needed == []
