"""The commands of `liaison`, one file each; `integrations/cli.py` registers them."""
