"""How many scenarios `switchroom simulate` plays in a second, from plans and transcripts that were read.

    python -m benchmarks.transcripts [--seconds 5] [--dialplans DIR] [--json FILE]

Prints scenarios a second, by the wall clock and by the processor's time, steps of flows a second, and the time to read
the floor and the transcripts. Every scenario must come true, or the figure counts
for nothing (code 1).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

from journal.facts import StepEntered
from switchroom.trial.floor import read_files, transcript_files, trial_plan
from switchroom.trial.verdict import judge
from switchroom.trial.walk import Walk

HERE = Path(__file__).parent
ROUND = 200  # scenarios between two looks at the clock


def main() -> int:
    options = _options()
    began = time.perf_counter()
    plan = trial_plan(options.dialplans, "86")
    transcripts, faults = read_files(transcript_files((), options.dialplans))
    reading = time.perf_counter() - began
    if faults or not transcripts:
        print(*faults, sep="\n")
        return 1
    rounds, steps, played, cpu = [], 0, 0, time.process_time()
    began = time.perf_counter()
    while time.perf_counter() - began < options.seconds:
        start = time.perf_counter()
        for at in range(ROUND):
            transcript = transcripts[at % len(transcripts)]
            verdict = judge(Walk(plan, transcript.opening), transcript)
            if not verdict.passed:
                print(verdict.difference)
                return 1
            steps += sum(isinstance(fact, StepEntered) for fact in verdict.facts)
        rounds.append(ROUND / (time.perf_counter() - start))
        played += ROUND
    used = time.process_time() - cpu
    figures = {
        "scenarios": played,
        "scenarios_per_second": round(statistics.median(rounds)),
        "scenarios_per_cpu_second": round(played / used),
        "steps_per_cpu_second": round(steps / used),
        "steps_per_scenario": round(steps / played, 1),
        "reading_seconds": round(reading, 3),
        "kinds_of_scenario": len(transcripts),
    }
    text = json.dumps(figures, indent=2)
    print(text)
    if options.json:
        Path(options.json).write_text(text + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--dialplans", type=Path, default=HERE / "dialplans")
    parser.add_argument("--json", default="")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
