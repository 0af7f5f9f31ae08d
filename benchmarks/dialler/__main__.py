"""`python -m benchmarks.dialler`."""

import sys

from benchmarks.dialler.run import main

sys.exit(main())
