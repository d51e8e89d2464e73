"""The roles of deploy/postgres, under names of a test's own, for a server has each role once."""

from __future__ import annotations

from dataclasses import dataclass

from support import ROOT

PASSWORD = "of the tests"


@dataclass(frozen=True)
class Roles:
    """Who loads, who builds and who reads."""

    prefix: str

    @property
    def loader(self) -> str:
        return f"{self.prefix}_loader"

    @property
    def builder(self) -> str:
        return f"{self.prefix}_builder"

    @property
    def reader(self) -> str:
        return f"{self.prefix}_reader"

    @property
    def names(self) -> tuple[str, str, str]:
        return self.loader, self.builder, self.reader

    def script(self) -> str:
        """The script that users run, for these names."""
        text = (ROOT / "deploy/postgres/roles.sql").read_text()
        return f"set plumbline.role_prefix = '{self.prefix}';\n{text}"

    def logins(self) -> str:
        """What lets them log in."""
        return ";\n".join(f"alter role {name} login password '{PASSWORD}'" for name in self.names)

    def login(self, name: str) -> dict[str, str]:
        """The settings by which one of them logs in."""
        return {"PLUMBLINE_PG_USER": name, "PLUMBLINE_PG_PASSWORD": PASSWORD}

    def settings(self) -> dict[str, str]:
        """The settings by which the loader loads and the builder builds."""
        loader = {"PLUMBLINE_PG_LOADER_USER": self.loader, "PLUMBLINE_PG_LOADER_PASSWORD": PASSWORD}
        return {**self.login(self.builder), **loader}
