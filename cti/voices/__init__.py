"""Speech programs that read prompts aloud, one file each, behind one interface (`voice.Voice`)."""
