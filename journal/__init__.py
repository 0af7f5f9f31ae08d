"""The permanent memory: what happened, and the views read from it.

`journal.facts` is the vocabulary, `journal.store.Journal` writes it, `journal.thread.AsyncJournal` writes it for an
asyncio program, `journal.views.JournalReader` reads it.
"""
