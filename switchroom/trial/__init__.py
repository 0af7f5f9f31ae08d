"""Trying flows without a telephone: transcripts, the walk of one caller, verdicts, coverage, rehearsals."""
