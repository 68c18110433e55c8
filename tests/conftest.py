"""What every test shares: how hard hypothesis tries, and where the browser is."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of the Chromium that browser tests drive; CHROMIUM names another."""
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named or "chromium")
    assert found, f"no Chromium ({named or 'chromium'}) to drive: run .ci/chromium, or set CHROMIUM"
    return found
