"""What the named peers run on: one JSON Schema for all our kinds, and their command lines.

They parse and validate, and nothing more; `check` also judges every criterion and writes JUnit.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ctpat_policy.schemas import Schemas, shipped

#: Schemas of documents outside evidence/, by the name in `schema: <name>/<version>`.
_CORE = ("security_profile", "procedure", "business_partner", "level_overlay")
_NAIVE = """
import pathlib, sys, json, yaml, jsonschema
schema = json.load(open(sys.argv[1]))
validator = jsonschema.Draft202012Validator(schema)
bad = 0
for path in pathlib.Path(sys.argv[2]).rglob("*.yaml"):
    bad += any(True for _ in validator.iter_errors(yaml.load(path.read_text(), yaml.CSafeLoader)))
print(bad)
"""


def write_schema(folder: Path) -> Path:
    """One schema that picks a kind's by the document's `schema` line, references written out."""
    schemas = Schemas(shipped())
    kinds = {
        f"{p.removeprefix('evidence/').removesuffix('.yaml')}/1": p
        for p, _ in schemas.below("evidence")
    }
    kinds |= {f"{name}/1": f"{name}.yaml" for name in _CORE}
    envelope = _local(schemas.value("envelope.yaml"), "envelope.yaml")
    bundled = {_name(p): _flat(_local(v, p), envelope) for p, v in _all(schemas)}
    branches = [
        {
            "if": {"required": ["schema"], "properties": {"schema": {"const": line}}},
            "then": {"$ref": f"#/$defs/{_name(path)}"},
        }
        for line, path in kinds.items()
    ]
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["schema"],
        "allOf": branches,
        "$defs": bundled,
    }
    target = folder / "all.schema.json"
    target.write_text(json.dumps(whole), encoding="utf-8")
    return target


def ajv(modules: Path, schema: Path, corpus: Path) -> list[str]:
    """ajv-cli on every YAML file of a corpus; documents that break the schema make it exit 1."""
    return [
        "node",
        str(modules / "node_modules" / "ajv-cli" / "dist" / "index.js"),
        "validate",
        "--spec=draft2020",
        "--strict=false",
        "--all-errors",
        "--errors=line",
        "-c",
        str(modules / "node_modules" / "ajv-formats"),
        "-s",
        str(schema),
        "-d",
        f"{corpus}/**/*.yaml",
    ]


def check_jsonschema(schema: Path, corpus: Path) -> list[str]:
    """check-jsonschema on every YAML file of a corpus."""
    files = sorted(str(p) for p in corpus.rglob("*.yaml"))
    return [
        str(Path(sys.executable).parent / "check-jsonschema"),
        "--schemafile",
        str(schema),
        *files,
    ]


def naive(schema: Path, corpus: Path) -> list[str]:
    """PyYAML's C loader and jsonschema in ten lines."""
    return [sys.executable, "-c", _NAIVE, str(schema), str(corpus)]


def _all(schemas: Schemas) -> list[tuple[str, Any]]:
    top = ("envelope", "digest", "approval", *_CORE)
    found = [(f"{n}.yaml", schemas.value(f"{n}.yaml")) for n in top]
    return [*found, *schemas.below("evidence")]


def _flat(schema: dict[str, Any], envelope: dict[str, Any]) -> dict[str, Any]:
    """A kind with its envelope written in: ajv loses sight of properties behind a reference."""
    if schema.get("unevaluatedProperties") is not False:
        return schema
    rest = [part for part in schema.get("allOf", ()) if part != {"$ref": "#/$defs/envelope"}]
    flat = {**envelope, **schema, "allOf": [*envelope.get("allOf", ()), *rest]}
    flat["properties"] = {**envelope["properties"], **schema["properties"]}
    del flat["unevaluatedProperties"]
    return {**{k: v for k, v in flat.items() if v != []}, "additionalProperties": False}


def _name(path: str) -> str:
    return path.removesuffix(".yaml").replace("/", "__")


def _local(value: Any, path: str) -> Any:
    """The same schema with every `$ref` pointing into one document."""
    if isinstance(value, dict):
        return {
            k: _target(v, path) if k == "$ref" else _local(v, path)
            for k, v in value.items()
            if k not in ("$schema", "x-evidence")
        }
    return [_local(v, path) for v in value] if isinstance(value, list) else value


def _target(reference: str, path: str) -> str:
    file, _, pointer = reference.partition("#")
    folder = path.rpartition("/")[0]
    whole = (
        path
        if not file
        else file.removeprefix("../")
        if file.startswith("../")
        else f"{folder}/{file}".lstrip("/")
    )
    return f"#/$defs/{_name(whole)}{pointer}"
