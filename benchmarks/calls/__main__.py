"""`python -m benchmarks.calls`."""

import sys

from benchmarks.calls.run import main

sys.exit(main())
