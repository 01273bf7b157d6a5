"""Learns from translations what lets a question in another language find English content: `liaison languages`."""
