"""Everything that people see in Slack, in every language: valid, translated, and as it was last looked at by eye."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from integrations.commands.slack import app
from integrations.surfaces.slack.blockkit import check_blocks, check_view
from integrations.surfaces.slack.blockkit_rules import Surface
from integrations.surfaces.slack.home import LANGUAGES
from integrations.surfaces.slack.preview import block, page
from integrations.surfaces.slack.samples import SAMPLES
from integrations.surfaces.slack.samples_of_sentences import SENTENCES
from prompts.messages import message

SNAPSHOTS = Path(__file__).parent / "snapshots"
SEEN = ("en", "de", "ar")
ALL = ("ar", "de", "en", "es", "fr", "it", "ja", "pt")
ID = re.compile(r"P-7:[0-9a-f]{64}")


def shown(language: str) -> str:
    """What is kept of a language: every surface. Lists of sentences would only repeat the catalogue."""
    made = {sample.__name__: sample(language) for sample in SAMPLES if sample not in SENTENCES}
    return ID.sub("P-7:DIGEST", json.dumps(made, ensure_ascii=False, indent=1)) + "\n"


@pytest.mark.parametrize("language", SEEN)
def test_what_people_see_is_what_was_last_looked_at(language: str) -> None:
    """After a change look at `liaison slack preview`, then run python -m tests.unit.slack.test_preview."""
    assert shown(language) == (SNAPSHOTS / f"{language}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ALL)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
def test_slack_takes_everything_in_every_language(sample: object, language: str) -> None:
    made = sample(language)  # type: ignore[operator]
    faults = check_blocks(made, Surface.MESSAGE) if isinstance(made, list) else check_view(made)
    assert faults == []


@pytest.mark.parametrize("language", [each for each in ALL if each != "en"])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
def test_nothing_of_ours_is_left_in_english(sample: object, language: str) -> None:
    made, english = json.dumps(sample(language)), json.dumps(sample("en"))  # type: ignore[operator]
    assert made != english
    assert not re.search(r"(?:Contact|Customer|Value|Target)_", made), "a name of the code"


def test_people_can_choose_every_language() -> None:
    assert set(LANGUAGES) == set(ALL)


def test_dates_and_commands_keep_their_direction_among_arabic_words() -> None:
    told = shown("ar")
    assert "\u20681 يونيو 2026\u2069" in told
    assert "\u200e`/partner link CODE`" in told
    assert "\u200e+4930123456" in message("says_phone", "ar")


def test_the_page_has_every_sample_in_every_language_and_runs_nothing() -> None:
    made = page(SEEN)
    assert all(made.count(f'id="{sample.__name__}"') == 1 for sample in SAMPLES)
    assert "Their &lt;old&gt; system &amp; its licence" in made
    assert "<script" not in made
    with pytest.raises(ValueError, match="no preview"):
        block({"type": "video"})


def test_the_command_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    assert CliRunner().invoke(app, ["preview", str(file), "--language", "ja"]).exit_code == 0
    assert "パートナー" in file.read_text(encoding="utf-8")


if __name__ == "__main__":
    SNAPSHOTS.mkdir(exist_ok=True)
    for each in SEEN:
        (SNAPSHOTS / f"{each}.json").write_text(shown(each), encoding="utf-8")
    sys.exit(0)
