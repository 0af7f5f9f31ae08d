"""Starts this benchmark by its path, from anywhere: `.venv/bin/python benchmarks/law_hours/run.py`."""

import runpy
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[2])
runpy.run_module("benchmarks.law_hours", run_name="__main__", alter_sys=True)
