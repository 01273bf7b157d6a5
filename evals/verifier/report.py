"""What was caught and what was dropped, as a table, and the mistakes themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from assistant.answering.verification.verdict import Verdict
from evals.verifier.pair import Pair


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair with our verdict, and whether plain similarity takes it for supported (None: not asked)."""

    pair: Pair
    verdict: Verdict
    close: bool | None

    @property
    def row(self) -> str:
        """The row of the table it counts in."""
        source = self.pair.grounded.source
        written = {"people": " · people's answers"}.get(source, " · translated" if source.startswith("tr") else "")
        return self.pair.kind if self.pair.kind.startswith(("people", "translated")) else self.pair.kind + written


def table(judged: Sequence[Judged], *, part: str) -> Table:
    """Unsupported sentences caught and true ones dropped, by kind. Trusting the citation keeps everything."""
    rows: dict[tuple[bool, str], list[Judged]] = defaultdict(list)
    for each in judged:
        rows[each.pair.supported, each.row].append(each)
    shown = Table(title=f"Verifier, {part} part", title_justify="left")
    for column in ("sentences", "n", "verifier", "similarity", "trust"):
        shown.add_column(column, justify="left" if column == "sentences" else "right")
    for supported, title in ((False, "caught, of untrue"), (True, "dropped, of true")):
        shown.add_row(f"[bold]{title}[/]", "", "", "", "")
        for (truth, name), members in sorted(rows.items(), key=lambda item: item[0][1]):
            if truth is supported:
                ours = sum(not j.verdict.supported for j in members) / len(members)
                far = sum(j.close is False for j in members) / len(members)
                similar = "–" if members[0].close is None else f"{far:.3f}"
                shown.add_row(f"  {name}", str(len(members)), f"{ours:.3f}", similar, "0.000")
        shown.add_section()
    return shown


def missed(judged: Sequence[Judged], console: Console, *, limit: int) -> None:
    """Some mistakes of every row: untrue sentences that were kept, true ones that were dropped."""
    shown: dict[str, int] = defaultdict(int)
    for each in judged:
        if each.verdict.supported is each.pair.supported or shown[each.row] >= limit:
            continue
        shown[each.row] += 1
        findings = [(f.trap.value, f.said, f.evidence) for f in each.verdict.findings]
        console.print(f"\n[bold]{each.row}[/] {each.verdict.score:.2f} {findings}", markup=True)
        console.print(f"  is   {each.pair.sentence}", markup=False)
        if each.pair.sentence != each.pair.grounded.sentence:
            console.print(f"  was  {each.pair.grounded.sentence}", markup=False)
        if each.pair.kind.startswith("people"):
            console.print(f"  from {' // '.join(e.text for e in each.pair.grounded.evidence)[:1500]}", markup=False)
