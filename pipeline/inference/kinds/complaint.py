"""What ONNX Runtime says of a model, in words for the one who brings it."""

import re
from collections.abc import Mapping
from types import MappingProxyType

PREFIX = re.compile(r"^\[ONNXRuntimeError\] : \d+ : \w+ : (?:Load model from .*? failed:)?")
SOURCE_PLACE = re.compile(r"^\S+\.\w+:\d+ [^()]*\([^()]*\) (const )?")
"""A file, a line and a function, as ONNX Runtime puts them before what went wrong."""
FAILED_NODE = re.compile(r"Non-zero status code returned while running (\w+) node\..*?Status Message: (.*)")
SAYINGS: Mapping[re.Pattern[str], str] = MappingProxyType(
    {
        re.compile(
            r"Opset (\d+) is under development.*till opset (\d+)"
        ): "it has opset {0}, this ONNX Runtime runs up to {1}; export it with an older one",
        re.compile(
            r"Unsupported model IR version: (\d+), max supported IR version: (\d+)"
        ): "its file has version {0}, this ONNX Runtime reads up to {1}; save it with an older onnx package",
        re.compile(
            r"Fatal error: (\S+?)\(-?\d+\) is not a registered function/op"
        ): "it needs the operator {0}, which is in no standard set; export it without",
        re.compile(
            r"No Op registered for (\S+) with domain_version of (\d+)"
        ): "it needs the operator {0}, which opset {1} has not; export it with another opset",
    }
)
"""What stands for what; the rest is handed on without the places in the library's own source."""


def complaint(error: Exception) -> str:
    """What a library says, in one line, without where in its own source it happened."""
    line = PREFIX.sub("", (str(error).strip().splitlines() or [type(error).__name__])[0])
    for pattern, words in SAYINGS.items():
        found = pattern.search(line)
        if found is not None:
            return words.format(*found.groups())
    node = FAILED_NODE.search(line)
    if node is not None:
        return f"its {node[1]} failed: {SOURCE_PLACE.sub('', node[2])}".rstrip(". ")
    return SOURCE_PLACE.sub("", line).rstrip(". ")
