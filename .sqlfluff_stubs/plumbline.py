"""The project's own namespace for the lint: plumbline.<macro>() is <macro>()."""

from collections.abc import Callable
from typing import Any

import jinja2


def __getattr__(name: str) -> Callable[..., Any]:
    if name.startswith("__"):
        raise AttributeError(name)

    @jinja2.pass_context
    def call(context: jinja2.runtime.Context, *args: Any, **kwargs: Any) -> Any:
        macro = context.resolve_or_missing(name)
        if not callable(macro):
            raise LookupError(f"There is no macro {name} under macros/.")
        return macro(*args, **kwargs)

    return call
