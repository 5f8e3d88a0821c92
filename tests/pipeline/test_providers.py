"""What ONNX Runtime is asked, and what it may not do on its own."""

import os
import subprocess
import sys
from pathlib import Path

# Each of these alone keeps ONNX Runtime's telemetry quiet.
QUIET_ALREADY = ("ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "CI", "TF_BUILD", "GITHUB_ACTIONS")


def test_asking_for_the_providers_leaves_nothing_behind_in_the_users_home(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in QUIET_ALREADY}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "LOCALAPPDATA": str(tmp_path)}
    command = [sys.executable, "-m", "pipeline.inference.providers"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert '"CPUExecutionProvider": ""' in done.stdout, done.stderr
    assert list(tmp_path.rglob("*onnxruntime*")) == []
