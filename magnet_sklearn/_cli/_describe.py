"""`magnet-sklearn describe`."""

from __future__ import annotations

import json
from argparse import Namespace

from magnet_sklearn._cli._messages import Messages
from magnet_sklearn.io import ModelDescription, describe_model


def run(arguments: Namespace, say: Messages) -> None:
    """Print what a file of a model says of itself."""
    description = describe_model(arguments.model)
    print(_as_json(description) if arguments.json else _as_text(description))


def _as_text(description: ModelDescription) -> str:
    """Class, outputs, patient data and schema."""
    config = description.config
    return "\n".join(
        [
            f"{description.estimator}, fitted with magnet_sklearn "
            f"{config['versions']['magnet_sklearn']}",
            f"Outputs: {', '.join(map(str, config['output']))}",
            "",
            "What the file tells about patients:",
            *(f"- {line}" for line in description.contents),
            "",
            "What the model takes (modalities may be missing):",
            description.schema.to_string(index=False, max_rows=60),
        ]
    )


def _as_json(description: ModelDescription) -> str:
    """Return the same, all columns of it, for programs."""
    return json.dumps(
        {
            "estimator": description.estimator,
            "contents": description.contents,
            "schema": description.schema.to_dict("records"),
            "config": description.config,
        },
        indent=2,
        default=str,
    )
