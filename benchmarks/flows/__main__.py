"""`python -m benchmarks.flows`."""

import sys

from benchmarks.flows.run import main

sys.exit(main())
