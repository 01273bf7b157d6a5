"""A language model as judge: optional, one criterion at a time, never without how well it agrees with people."""
