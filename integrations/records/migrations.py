"""How a database gets from any older version of its tables to the present one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, inspect, select

from assistant.errors import StorageError

Step = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Migrations:
    """The steps to the present tables. A database at version n has had the first n; a release appends to them.

    `column` holds the version, in the row whose other columns are as `row` says.
    """

    steps: tuple[Step, ...]
    column: Column[Any]
    row: Mapping[str, str] = field(default_factory=dict)

    def version(self, connection: Connection) -> int:
        """How many steps this database has had."""
        if not inspect(connection).has_table(self.column.table.name):
            return 0
        return int(connection.scalar(select(self.column).filter_by(**self.row)) or 0)

    def current(self, connection: Connection) -> bool:
        """Whether nothing is to be done."""
        return self.version(connection) == len(self.steps)

    def migrate(self, connection: Connection) -> None:
        """Bring the tables to the present version inside the caller's transaction.

        Raises StorageError when a newer release wrote them.
        """
        found, table = self.version(connection), self.column.table
        if found > len(self.steps):
            message = f"The tables beside {table.name!r} are at version {found}, this release knows {len(self.steps)}."
            hint = "Install the newer release of Liaison that wrote them, or use another data directory."
            raise StorageError(message, hint=hint)
        for step in self.steps[found:]:
            step(connection)
        if found < len(self.steps):
            version = {self.column.name: self.column.type.python_type(len(self.steps))}
            connection.execute(table.delete().where(*(table.c[name] == value for name, value in self.row.items())))
            connection.execute(table.insert().values(**self.row, **version))
