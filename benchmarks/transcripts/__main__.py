"""`python -m benchmarks.transcripts`."""

import sys

from benchmarks.transcripts.run import main

sys.exit(main())
