"""The console in a browser is an extra: without it these tests are left out."""

import pytest

pytest.importorskip("textual_serve", reason="pip install 'understudy[web]'")
