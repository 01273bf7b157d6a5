"""`python -m integrations` is `liaison`."""

from __future__ import annotations

from integrations.cli import main

if __name__ == "__main__":
    main()
