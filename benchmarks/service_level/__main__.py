"""`python -m benchmarks.service_level`."""

import sys

from benchmarks.service_level.run import main

sys.exit(main())
