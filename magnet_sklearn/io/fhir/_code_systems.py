"""Short names of code systems, and the URLs they stand for."""

from functools import lru_cache

# Names for mappings; the first stands in those that `FHIRMapping.suggest` writes.
SYSTEMS = {
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "icd10": "http://hl7.org/fhir/sid/icd-10",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd10pcs": "http://www.cms.gov/Medicare/Coding/ICD10",
    "icd9cm": "http://hl7.org/fhir/sid/icd-9-cm",
    "icdo3": "http://terminology.hl7.org/CodeSystem/icd-o-3",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "atc": "http://www.whocc.no/atc",
    "ndc": "http://hl7.org/fhir/sid/ndc",
    "cvx": "http://hl7.org/fhir/sid/cvx",
    "cpt": "http://www.ama-assn.org/go/cpt",
    "dicom": "http://dicom.nema.org/resources/ontology/DCM",
    "hgnc": "http://www.genenames.org/geneId",
    "hgvs": "http://varnomen.hgvs.org",
    "so": "http://www.sequenceontology.org",
    "clinvar": "http://www.ncbi.nlm.nih.gov/clinvar",
    "specimen": "http://terminology.hl7.org/CodeSystem/v2-0487",
}
# Other URLs of the same systems.
_SAME = {
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "urn:oid:2.16.840.1.113883.6.3": "icd10",
    "urn:oid:2.16.840.1.113883.6.90": "icd10cm",
    "urn:oid:2.16.840.1.113883.6.4": "icd10pcs",
    "urn:oid:2.16.840.1.113883.6.103": "icd9cm",
    "urn:oid:2.16.840.1.113883.6.88": "rxnorm",
    "urn:oid:2.16.840.1.113883.6.69": "ndc",
    "urn:oid:2.16.840.1.113883.12.292": "cvx",
    "urn:oid:2.16.840.1.113883.6.12": "cpt",
    "urn:oid:1.2.840.10008.2.16.4": "dicom",
    "urn:oid:2.16.840.1.113883.6.281": "hgnc",
    "http://www.genenames.org": "hgnc",
    "http://www.genenames.org/": "hgnc",
    "https://www.genenames.org": "hgnc",
}
_SHORT = {url: name for name, url in SYSTEMS.items()}


@lru_cache(maxsize=4096)
def system_url(system: str) -> str:
    """Return the one URL of a code system that has several."""
    system = system.strip()
    if system in SYSTEMS:
        return SYSTEMS[system]
    name = _SAME.get(system)
    return SYSTEMS[name] if name else system.rstrip("/")


def short_system(url: str) -> str:
    """Return the short name of a code system, or its URL if it has none."""
    return _SHORT.get(url, url)
