"""SSH signatures over approvals, commits and checkpoints, made and checked by OpenSSH."""

from __future__ import annotations

import base64
import binascii
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ctpat_policy.errors import EnvironmentProblem, UsageError

#: What a signature is for: one made for anything else does not count.
APPROVAL, COMMIT, CHECKPOINT = "ctpat-approval", "git", "ctpat-checkpoint"
_PATIENCE = 60
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG"
_WIDTH = 70
_SIGNER = "signer"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a signature says of itself, not yet checked: the public key, and what it is for."""

    key: str
    namespace: str


def sign(text: str, key: Path, namespace: str) -> str:
    """The signature over a text, base64 on one line. Raises UsageError, EnvironmentProblem."""
    done = _ssh_keygen("sign", "-n", namespace, "-f", str(key), stdin=text.encode())
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(f"ssh-keygen did not sign: {reason[-1] if reason else 'no reason given'}")
    return of_armour(done.stdout)


def verify(content: bytes, signature: str, namespace: str, public_key: str) -> bool:
    """Whether a signature (base64) over the content was made with a key and for a purpose."""
    lines = [signature[i : i + _WIDTH] for i in range(0, len(signature), _WIDTH)]
    with tempfile.TemporaryDirectory() as folder:
        signers, file = Path(folder, "signers"), Path(folder, "signature")
        line = f'{_SIGNER} namespaces="{namespace}" {bare(public_key)}\n'
        signers.write_text(line, encoding="ascii", errors="replace")
        armoured = "\n".join([_BEGIN, *lines, _END, ""])
        file.write_text(armoured, encoding="ascii", errors="replace")
        options = ("-n", namespace, "-f", str(signers), "-I", _SIGNER, "-s", str(file))
        done = _ssh_keygen("verify", *options, stdin=content)
    return done.returncode == 0


def claim(signature: str) -> Claim | None:
    """The key and the purpose that a signature (base64) names; None where it is none."""
    try:
        raw = base64.b64decode(signature, validate=True)
        if not raw.startswith(_MAGIC):
            return None
        key, rest = _string(raw[len(_MAGIC) + 4 :])
        namespace, _ = _string(rest)
        kind, _ = _string(key)
        text = f"{kind.decode('ascii')} {base64.b64encode(key).decode('ascii')}"
        return Claim(text, namespace.decode("utf-8"))
    except (binascii.Error, ValueError):
        return None


def of_armour(armour: bytes) -> str:
    """The base64 of an armoured SSH signature on one line; empty where it is another kind."""
    lines = armour.decode("ascii", "replace").strip().splitlines()
    if len(lines) < 3 or lines[0] != _BEGIN or lines[-1] != _END:
        return ""
    return "".join(line.strip() for line in lines[1:-1])


def bare(public_key: str) -> str:
    """Type and content of a public key, without its comment."""
    return " ".join(public_key.split()[:2])


def _string(raw: bytes) -> tuple[bytes, bytes]:
    length = int.from_bytes(raw[:4], "big")
    if len(raw) < 4 + length:
        raise ValueError("cut off")
    return raw[4 : 4 + length], raw[4 + length :]


def _ssh_keygen(action: str, *options: str, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603  arguments are ours; keys are checked by schema
            ["ssh-keygen", "-Y", action, *options],  # noqa: S607  OpenSSH of PATH
            input=stdin,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise EnvironmentProblem(
            "ssh-keygen was not found; install OpenSSH for signatures"
        ) from None
    except subprocess.TimeoutExpired:
        raise EnvironmentProblem("ssh-keygen did not answer") from None
