"""Codes as a mapping writes them, and the features that a code belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from magnet_sklearn.io.fhir._code_systems import short_system, system_url
from magnet_sklearn.io.fhir._elements import Coding


class CodePattern(NamedTuple):
    """One code, all codes with a prefix, or a code with all below it.

    Parameters
    ----------
    system : str
        URL of the code system.
    code : str
        Code or prefix.
    kind : {"code", "prefix", "descendants"}
        What it stands for.
    """

    system: str
    code: str
    kind: str

    @classmethod
    def parse(cls, written: Any, where: str) -> CodePattern:
        """Read "loinc|4548-4", "icd10cm|E11*" or "snomed|<<73211009"."""
        if not isinstance(written, str) or written.count("|") != 1:
            raise ValueError(
                f"{where} has the code {written!r}. Write it as 'system|code', for "
                "example 'loinc|4548-4', 'icd10cm|E11*' (a prefix) or "
                "'snomed|<<73211009' (the code and those below it)."
            )
        system, code = (part.strip() for part in written.split("|"))
        if "://" not in system and not system.startswith("urn:"):
            url = system_url(system)
            if url == system:
                raise ValueError(
                    f"{where} has the code {written!r} of an unknown system. Write the "
                    "system's URL."
                )
            system = url
        system = system_url(system)
        if code.startswith("<<"):
            return cls(system, code[2:].strip(), "descendants")
        if code.endswith("*"):
            return cls(system, code[:-1], "prefix")
        return cls(system, code, "code")

    def __str__(self) -> str:
        before = "<<" if self.kind == "descendants" else ""
        after = "*" if self.kind == "prefix" else ""
        return f"{short_system(self.system)}|{before}{self.code}{after}"


class CodeHierarchy:
    """Which codes lie above a code.

    Parameters
    ----------
    parents : mapping of str to str or list of str
        Codes directly above each code, all written as "system|code".
    """

    def __init__(self, parents: Mapping[str, Any]) -> None:
        self._parents: dict[Coding, list[Coding]] = {}
        for child, above in parents.items():
            codes = [above] if isinstance(above, str) else above
            self._parents[_plain(child)] = [_plain(code) for code in codes]

    def with_ancestors(self, coding: Coding) -> set[Coding]:
        """Return a code and all above it; circles do no harm."""
        found, to_visit = {coding}, [coding]
        while to_visit:
            for parent in self._parents.get(to_visit.pop(), []):
                if parent not in found:
                    found.add(parent)
                    to_visit.append(parent)
        return found


def _plain(written: Any) -> Coding:
    pattern = CodePattern.parse(written, "hierarchy")
    if pattern.kind != "code":
        raise ValueError(f"hierarchy has {written!r}; it takes single codes.")
    return pattern.system, pattern.code


class CodeMatcher:
    """Numbers of the pattern lists that codes match.

    Parameters
    ----------
    patterns : list of iterable of CodePattern
        One list per number.
    hierarchy : CodeHierarchy
        What lies below what.
    """

    def __init__(
        self, patterns: Sequence[Iterable[CodePattern]], hierarchy: CodeHierarchy
    ) -> None:
        self._hierarchy = hierarchy
        self._by_pattern: dict[CodePattern, list[int]] = {}
        for number, own in enumerate(patterns):
            for pattern in own:
                self._by_pattern.setdefault(pattern, []).append(number)
        self._lengths = sorted(
            {len(p.code) for p in self._by_pattern if p.kind == "prefix"}
        )
        self._known: dict[Coding, tuple[int, ...]] = {}

    def __call__(self, codings: Iterable[Coding]) -> tuple[int, ...]:
        """Return the numbers of the lists that any of some codes match."""
        codings = list(codings)
        if len(codings) == 1:
            return self._of(codings[0])
        return tuple(sorted({n for coding in codings for n in self._of(coding)}))

    def _of(self, coding: Coding) -> tuple[int, ...]:
        known = self._known.get(coding)
        if known is None:
            if len(self._known) > 100_000:  # of a hostile source
                self._known.clear()
            known = self._known[coding] = self._match(coding)
        return known

    def _match(self, coding: Coding) -> tuple[int, ...]:
        system, code = coding
        own = [CodePattern(system, code, "code")]
        own += [CodePattern(system, code[:n], "prefix") for n in self._lengths]
        own += [
            CodePattern(*above, "descendants")
            for above in self._hierarchy.with_ancestors(coding)
        ]
        found = {n for pattern in set(own) for n in self._by_pattern.get(pattern, [])}
        return tuple(sorted(found))
