"""The whole tail matrix: live and across a restart, with the kernel's hints and without.

From the project's folder:

    python -m tests.soak.tail_matrix [WORDS OF PYTEST…]

The usual run of the tests tries each case live with hints, and across a restart without.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data"


def main() -> int:
    """Run the cases in all four ways, one after the other; what pytest ends with."""
    cases = map(str, sorted(FOLDER.glob("test_tail_*.py")))
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", *cases, *sys.argv[1:]]
    return subprocess.call(command, env={**os.environ, "TRAVERSION_TAIL_WAYS": "all"})


if __name__ == "__main__":
    sys.exit(main())
