"""Trains what lets a question in another language find English content: `python -m ingest.crosslingual build PAIRS`."""
