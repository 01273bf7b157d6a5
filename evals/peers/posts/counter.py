"""twitter-text's weighted lengths of the texts of a file, in its own environment: it imports nothing of ours."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from twitter_text import parse_tweet


def main() -> None:
    """Read a JSON list of texts from the first file; write their lengths to the second."""
    texts = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(json.dumps([parse_tweet(text).weightedLength for text in texts]), encoding="utf-8")


if __name__ == "__main__":
    main()
