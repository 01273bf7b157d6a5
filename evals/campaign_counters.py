"""Our weighted lengths of posts beside those of twitter-text-parser, a port of X's own counter.

python -m evals.campaign_counters [--texts 12000] [--seed 1]

The texts are drawn from words in many scripts, emoji sequences, and links with and without a scheme. Left out is where
the port departs from X's parser of emoji (twemoji): bare ©, ® and ™, and emoji that need no variation selector but have
one. Exit 1 when one length differs.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from assistant.campaigns.counters import weight
from evals.peers.environment import Environment
from evals.workbench import ROOT

HERE = ROOT / "evals" / "peers" / "posts"
PEER = Environment(
    ROOT / ".venv-posts",
    requirements=HERE / "requirements.txt",
    constraints=HERE / "constraints.txt",
    about="twitter-text-parser into .venv-posts",
)
PIECES = (
    *(
        "Recover in minutes",
        "復旧できます",
        "한국어",
        "ﾃｽﾄ",
        "नमस्ते",
        "مرحبا",
        "é",
        "e\u0301",
        "10.5 %",
        "v2.0",
        "“q” – …",
    ),
    *("👨‍👩‍👧", "👍🏽", "🇩🇪", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "\u200d", "#tag", "@me", "node.js", "a.b.c", "mailto:x@y.com"),
    *(
        "https://acme.example.com/a?b=1",
        "www.acme.com",
        "acme.de",
        "foo.notatld",
        "(https://t.co/abc)",
        "https://x.org.",
    ),
    "http://日本.jp/x",
)
LONGEST = 9  # pieces of a text


def drawn(count: int, seed: int) -> list[str]:
    """Texts of one to nine pieces."""
    dice = random.Random(seed)  # noqa: S311 - texts of a test
    return [" ".join(dice.choices(PIECES, k=dice.randint(1, LONGEST))) for _ in range(count)]


def theirs(texts: list[str], python: Path) -> list[int]:
    """The lengths by the peer. Raises CalledProcessError when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        asked, told = Path(folder, "texts.json"), Path(folder, "lengths.json")
        asked.write_text(json.dumps(texts), encoding="utf-8")
        subprocess.run([python, HERE / "counter.py", asked, told], check=True)  # noqa: S603 - our own words
        lengths: list[int] = json.loads(told.read_bytes())
        return lengths


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    texts = drawn(chosen.texts, chosen.seed)
    rows = zip(texts, theirs(texts, PEER.ready(print)), strict=True)
    differing = [(text, weight(text), length) for text, length in rows if weight(text) != length]
    print(f"{len(texts)} posts, {len(differing)} counted differently from twitter-text-parser")  # noqa: T201 - the report
    for text, ours, length in differing[:5]:
        print(f"ours {ours}, theirs {length}: {text!r}")  # noqa: T201 - the report
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
