"""`python tests/bench/generator OUT --count N --seed S` writes OUT/*.step and OUT/truth.json."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[2])]  # the package beside, the checkout above

from generator.run import main  # noqa: E402

raise SystemExit(main())
