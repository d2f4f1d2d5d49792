"""The public face is what `__all__` says, no more and no less."""

import subprocess
import sys
from types import ModuleType

import lotrinh


def test_all_equals_the_public_attributes() -> None:
    code = "import lotrinh; print(*dir(lotrinh))"
    fresh = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    public = {name for name in fresh if not name.startswith("_")}
    submodules = {name for name in public if isinstance(getattr(lotrinh, name), ModuleType)}
    assert public - submodules == set(lotrinh.__all__)


def test_all_names_exist_once_and_have_a_docstring() -> None:
    assert len(set(lotrinh.__all__)) == len(lotrinh.__all__)
    for name in lotrinh.__all__:
        assert getattr(lotrinh, name).__doc__, name
