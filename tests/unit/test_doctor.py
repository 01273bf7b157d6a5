from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from assistant.testing import HashEmbedder
from ingest.preparation import IngestOptions
from ingest.sources import open_source
from integrations import cli
from integrations.bootstrap import build
from integrations.doctor import Finding, Verdict, check_packages, examine
from integrations.settings import Settings

NOBODY = "127.0.0.1:9"  # the discard port: nothing listens


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with two documents and one file in quarantine."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "guide.md").write_text("# Deals\n\nRegister deals in the portal.\n", encoding="utf-8")
    (content / "prices.csv").write_text("tier,discount\ngold,20 %\n", encoding="utf-8")
    (content / "empty.md").write_text("", encoding="utf-8")
    liaison = build(Settings(data=tmp_path / "data"), embedder=HashEmbedder())
    try:
        liaison.ingest(IngestOptions()).run([open_source(str(content))])
    finally:
        liaison.close()
    return tmp_path / "data"


def look(settings: Settings, *, dimension: int = 64) -> dict[str, list[Finding]]:
    liaison = build(settings, embedder=HashEmbedder(dimension=dimension))
    parts: dict[str, list[Finding]] = {}
    try:
        for finding in examine(liaison):
            parts.setdefault(finding.part, []).append(finding)
    finally:
        liaison.close()
    return parts


def worst(findings: list[Finding]) -> Verdict:
    return max((f.verdict for f in findings), key=list(Verdict).index)


def test_a_fresh_place_has_nothing_broken_and_stays_untouched(tmp_path: Path) -> None:
    parts = look(Settings(data=tmp_path / "data"))
    assert Verdict.PROBLEM not in {worst(found) for found in parts.values()}
    assert "liaison ingest" in parts["content"][0].advice
    assert "liaison ingest" in parts["index"][0].advice
    assert not (tmp_path / "data").exists()


def test_an_ingested_place_tells_what_it_holds(data: Path) -> None:
    parts = look(Settings(data=data))
    assert "2 documents" in parts["content"][0].detail
    assert parts["content"][1].advice == "liaison quarantine"
    assert parts["index"] == [Finding("index", Verdict.OK, "generation 1 of 1, 2 passages, every file as it was built")]
    assert "hash-64" in parts["embedder"][0].detail


def test_a_torn_index_is_noticed_and_left_for_the_next_question(data: Path) -> None:
    rows = next((data / "index").glob("0*/rows.json"))
    rows.write_bytes(rows.read_bytes()[:-1])
    found = look(Settings(data=data))["index"]
    assert worst(found) is Verdict.NOTE
    assert "rows.json has changed" in found[0].detail
    assert "no sound index" in found[-1].detail
    assert rows.is_file()


def test_content_of_another_embedder_is_a_problem_that_names_both(data: Path) -> None:
    found = look(Settings(data=data), dimension=32)["embedder"]
    assert "hash-32" in found[0].detail
    assert (found[1].verdict, "hash-64" in found[1].detail) == (Verdict.PROBLEM, True)


def test_a_missing_partners_file_does_not_hide_what_comes_after_it(tmp_path: Path) -> None:
    parts = look(Settings(data=tmp_path, partners=tmp_path / "nobody.yaml"))
    assert worst(parts["partners"]) is Verdict.PROBLEM
    assert list(parts)[-1] == "prm"


def test_a_partner_of_a_tier_the_programme_lacks_is_named(tmp_path: Path) -> None:
    file = tmp_path / "partners.yaml"
    file.write_text("partners: [{id: acme, tier: gold}, {id: zenit, tier: diamond}]", encoding="utf-8")
    found = look(Settings(data=tmp_path, partners=file))["partners"]
    assert found[0].verdict is Verdict.OK
    assert [f.detail for f in found if f.verdict is Verdict.PROBLEM] == [
        "zenit has the tier 'diamond'; the programme has registered, silver, gold, platinum."
    ]


def test_servers_that_do_not_answer_are_problems_and_no_password_is_shown(tmp_path: Path) -> None:
    url = SecretStr(f"postgresql://liaison:hush@{NOBODY}/liaison?password=hush")
    parts = look(Settings(data=tmp_path, database_url=url, chroma_url=f"http://liaison:hush@{NOBODY}"))
    assert {name: worst(parts[name]) for name in ("content", "chroma", "prm")} == dict.fromkeys(
        ("content", "chroma", "prm"), Verdict.PROBLEM
    )
    assert "LIAISON_CHROMA_URL" in parts["chroma"][0].advice
    assert "hush" not in repr(parts)


def test_a_chroma_server_that_answers_is_fine(tmp_path: Path, chroma: str) -> None:
    assert look(Settings(data=tmp_path, chroma_url=chroma))["chroma"] == [
        Finding("chroma", Verdict.OK, f"{chroma} answers")
    ]


def test_a_data_directory_that_is_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", encoding="utf-8")
    found = look(Settings(data=tmp_path / "data"))["data"]
    assert (found[0].verdict, found[0].advice) == (Verdict.PROBLEM, "Set LIAISON_DATA to a folder.")


def test_packages_of_our_names_from_elsewhere_are_a_problem(tmp_path: Path) -> None:
    liaison = build(Settings(data=tmp_path))
    assert [f.verdict for f in check_packages(liaison, "packages")] == [Verdict.OK]
    elsewhere = list(check_packages(liaison, "packages", root=tmp_path))
    assert len(elsewhere) == 5
    assert {f.verdict for f in elsewhere} == {Verdict.PROBLEM}
    assert "assistant" in elsewhere[0].detail


def test_a_misspelt_variable_is_told_with_its_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_PARTNER", "x")
    found = look(Settings(data=tmp_path))["settings"]
    assert [(f.verdict, f.advice) for f in found] == [(Verdict.NOTE, "Did you mean LIAISON_PARTNERS?")]


def test_the_command_shows_every_setting_with_its_origin_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("LIAISON_DATA", str(tmp_path / "data"))
    (tmp_path / ".env").write_text(f"LIAISON_THREADS=2\nLIAISON_DATABASE_URL=postgresql://u:hush@{NOBODY}/x\n")
    shown = CliRunner().invoke(cli.app, ["doctor"])
    lines = {words[0]: words for line in shown.stdout.splitlines() if (words := line.split())}
    assert lines["LIAISON_DATA"][-1] == "environment"
    assert lines["LIAISON_THREADS"] == ["LIAISON_THREADS", "2", ".env"]
    assert lines["LIAISON_TIERS"][-1] == "default"
    assert {f"LIAISON_{name.upper()}" for name in Settings.model_fields} <= lines.keys()
    assert "hush" not in shown.stdout
    assert shown.exit_code == 1


def test_the_command_tells_programs_the_same_as_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_DATA", str(tmp_path / "data"))
    told = CliRunner().invoke(cli.app, ["doctor", "--json"])
    assert told.exit_code == 0
    assert {"packages", "data", "content", "embedder", "index", "chroma", "partners", "prm"} <= {
        finding["part"] for finding in json.loads(told.stdout)
    }


@pytest.mark.parametrize(("name", "value"), [("LIAISON_THREADS", "-1"), ("LIAISON_TIERS", "gold,silver")])
def test_a_setting_that_cannot_be_used_is_told_in_two_lines(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["liaison", "sources"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert name.removeprefix("LIAISON_").lower() in told.lower()
    assert "docs/settings.md" in told
