from __future__ import annotations

import gzip
from pathlib import Path
from random import Random

import pytest

from assistant.errors import SourceError
from ingest.crosslingual.alignment import align
from ingest.crosslingual.lexicon import learned_lexicon
from ingest.crosslingual.pairs import Pair, read_pairs

# A made-up language that is English word by word, in another order.
MEANINGS = {
    "partner": "dolun",
    "discount": "rabel",
    "deal": "kester",
    "contract": "vimo",
    "price": "nalto",
    "claim": "sorub",
    "tier": "pelk",
    "badge": "twano",
    "invoice": "grifel",
    "event": "hupes",
}


def sentences(count: int, *, seed: int = 1) -> list[Pair]:
    draw = Random(seed)
    made = []
    for _ in range(count):
        words = draw.sample(sorted(MEANINGS), 4)
        foreign = [MEANINGS[word] for word in words]
        draw.shuffle(foreign)
        made.append(Pair(" ".join(words), " ".join(foreign), "made up"))
    return made


def write(folder: Path, pairs: list[Pair], language: str = "nl") -> None:
    lines = "".join(f"{pair.english}\t{pair.foreign}\t{pair.source}\n" for pair in pairs)
    with gzip.open(folder / f"{language}.tsv.gz", "wt", encoding="utf-8") as file:
        file.write(lines)


def sides(pairs: list[Pair]) -> list[tuple[list[str], list[str]]]:
    return [(pair.english.split(), pair.foreign.split()) for pair in pairs]


def test_words_that_always_stand_together_are_found_to_translate_each_other() -> None:
    learned = align(sides(sentences(300)), kept=3, least=0.05)
    assert {foreign: learned[foreign][0].english for foreign in MEANINGS.values()} == {
        foreign: english for english, foreign in MEANINGS.items()
    }
    assert all(0.05 <= t.probability <= 1 for found in learned.values() for t in found)


def test_a_word_seen_once_is_not_trusted() -> None:
    once = Pair("a unique occurrence", "een uniko gebeur", "made up")
    learned = align(sides([*sentences(50), once]), kept=3, least=0.05)
    assert "uniko" not in learned


def test_the_same_pairs_give_the_same_bytes() -> None:
    first, second = (learned_lexicon(sentences(100), "nl") for _ in range(2))
    assert first == second
    assert b"partner:" in gzip.decompress(first)


def test_what_is_known_of_a_word_stays_until_pairs_say_otherwise() -> None:
    known = learned_lexicon(sentences(300), "nl")
    few = [Pair("partner invoice", "dolun quespel", "ours"), Pair("invoice price", "quespel nalto", "ours")] * 3
    learned = gzip.decompress(learned_lexicon(few, "nl", known=known)).decode()
    meanings = dict(line.split("\t") for line in learned.splitlines())
    assert meanings["quespel"].startswith("invoice:")
    assert meanings["dolun"].startswith("partner:")
    assert meanings["rabel"].startswith("discount:")


def test_a_source_can_be_left_out(tmp_path: Path) -> None:
    write(tmp_path, [*sentences(3), Pair("secret", "geheim", "partner-center")])
    assert {pair.source for pair in read_pairs(tmp_path, "nl", without=frozenset({"partner-center"}))} == {"made up"}


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"one column\n"), gzip.compress(b"\xff\xfe\t\t\n")])
def test_a_file_that_is_no_pairs_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "de.tsv.gz").write_bytes(content)
    with pytest.raises(SourceError, match=r"de\.tsv\.gz"):
        list(read_pairs(tmp_path, "de"))
