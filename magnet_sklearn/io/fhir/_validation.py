"""Check of resources against FHIR R4."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from magnet_sklearn._utils import import_optional


def r4_validator() -> Callable[[str, Mapping[str, Any]], str | None]:
    """Return a function that says which elements of a resource are invalid."""
    models = import_optional("fhir.resources.R4B", extra="fhir")
    pydantic = import_optional("pydantic", extra="fhir")

    def validate(kind: str, resource: Mapping[str, Any]) -> str | None:
        try:
            models.get_fhir_model_class(kind).model_validate(resource)
        except pydantic.ValidationError as error:
            places = [".".join(map(str, e["loc"])) for e in error.errors()[:3]]
            return f"not valid in R4: {', '.join(places)}"
        except (RecursionError, TypeError, ValueError):
            return "not valid in R4"
        return None

    return validate
