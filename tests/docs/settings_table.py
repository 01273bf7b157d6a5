"""The table of docs/settings.md, from the settings themselves. `python -m tests.docs.settings_table` writes it."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from integrations.settings import Settings
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "settings.md"
BEGIN, END = "<!-- settings -->\n", "<!-- /settings -->"


def settings_table() -> str:
    rows = [
        f"| `LIAISON_{name.upper()}` | {field.description} | {shown(field)} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| Variable | What it is | Default |", "|---|---|---|", *rows, ""])


def shown(field: FieldInfo) -> str:
    default = field.default
    if default is None or default == "" or (isinstance(default, SecretStr) and not default.get_secret_value()):
        return "none"
    if isinstance(default, tuple):
        return "`[" + ", ".join(f'"{part}"' for part in default) + "]`"
    return f"`{default}`"


def parts(page: str) -> tuple[str, str, str]:
    """The page before, in and after the table."""
    before, _, rest = page.partition(BEGIN)
    table, _, after = rest.partition(END)
    return before, table, after


if __name__ == "__main__":
    before, _, after = parts(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(before + BEGIN + settings_table() + END + after, encoding="utf-8")
