"""The README of a file: a model card as the Hugging Face hub reads it."""

from __future__ import annotations

import json
from typing import Any

from magnet_sklearn.io._model_file._schema import shape_in_words

_TASKS = {
    "MagnetClassifier": "tabular-classification",
    "MultiModalGNNRegressor": "tabular-regression",
}

_CARD = """---
library_name: magnet-sklearn
{pipeline}tags:
- magnet-sklearn
- multimodal
- missing-modalities
- tabular
---

# {estimator}

Fitted with magnet_sklearn {version}; outputs: {outputs}; from {modalities}.

## What this file tells about patients

{contents}

A checksum shows damage, not who wrote the file.

## What the model takes

{inputs}

Modalities may be missing, in part or wholly. Columns of tables are matched by name.

## How to use it

```python
from magnet_sklearn.io import load_model

model = load_model("{name}")
```

The file holds numbers and texts; nothing in it is run when it is loaded.{custom}

## Parameters

```json
{parameters}
```
"""


def model_card(config: dict[str, Any]) -> str:
    """Return the text of a README, with a header in YAML.

    Parameters
    ----------
    config : dict
        What the configuration of the file says.
    """
    task = _TASKS.get(config["estimator"])
    custom = ", ".join(f"`{name}`" for name in config["custom"])
    names = [own["modality"] for own in config["input"]]
    return _CARD.format(
        pipeline=f"pipeline_tag: {task}\n" if task else "",
        estimator=config["estimator"],
        version=config["versions"]["magnet_sklearn"],
        outputs=", ".join(config["output"]),
        modalities=", ".join(f"`{name}`" for name in names),
        contents="\n".join(f"- {line}" for line in config["contents"]),
        inputs="\n".join(map(_described, config["input"])),
        name="this file or folder",
        custom=f" It needs your classes {custom}." if custom else "",
        parameters=json.dumps(config["parameters"], indent=1),
    )


def _described(own: dict[str, Any]) -> str:
    """One modality in a line."""
    line = f"- `{own['modality']}`: "
    if not own["columns"]:
        return line + shape_in_words(own) + " per patient"
    n_columns, n_texts = len(own["columns"]), len(own.get("categories", {}))
    some = ", ".join(own["columns"][:5]) + (", ..." if n_columns > 5 else "")
    kinds = f", {n_texts} of them categories" if n_texts else ""
    return f"{line}{own['kind']} of {n_columns} columns{kinds} ({some})"
