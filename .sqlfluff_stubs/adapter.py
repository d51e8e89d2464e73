"""dbt's adapter object for the lint: macros are rendered as they are for PostgreSQL."""

from collections.abc import Callable
from typing import Any

import jinja2


@jinja2.pass_context
def dispatch(
    context: jinja2.runtime.Context, macro_name: str, macro_namespace: str | None = None
) -> Callable[..., Any]:
    """Find postgres__<name>, or default__<name>, among the project's macros."""
    for prefix in ("postgres__", "default__"):
        macro = context.resolve_or_missing(prefix + macro_name)
        if callable(macro):
            return macro
    raise LookupError(f"There is no macro default__{macro_name} under macros/.")
