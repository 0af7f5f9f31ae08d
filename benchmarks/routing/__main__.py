"""`python -m benchmarks.routing`."""

import sys

from benchmarks.routing.run import main

sys.exit(main())
