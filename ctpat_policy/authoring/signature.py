"""Signatures over the digest of an approval, made and checked by OpenSSH."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from ctpat_policy.errors import EnvironmentProblem, UsageError

#: What the signature is for: one made for commits or files does not count here.
NAMESPACE = "ctpat-approval"
_PATIENCE = 60
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_WIDTH = 70


def sign(digest: str, key: Path) -> str:
    """The signature over a digest, base64 on one line. Raises UsageError, EnvironmentProblem."""
    done = _ssh_keygen("sign", "-n", NAMESPACE, "-f", str(key), stdin=digest.encode())
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(f"ssh-keygen did not sign: {reason[-1] if reason else 'no reason given'}")
    lines = done.stdout.decode("ascii").strip().splitlines()
    return "".join(line for line in lines if line not in (_BEGIN, _END))


def verify(digest: str, signature: str, principal: str, public_key: str) -> bool:
    """Whether a signature over a digest was made with the given public key."""
    armoured = [
        _BEGIN,
        *(signature[i : i + _WIDTH] for i in range(0, len(signature), _WIDTH)),
        _END,
        "",
    ]
    with tempfile.TemporaryDirectory() as folder:
        signers, file = Path(folder, "signers"), Path(folder, "signature")
        key = " ".join(public_key.split()[:2])
        signers.write_text(
            f'{principal} namespaces="{NAMESPACE}" {key}\n', encoding="ascii", errors="replace"
        )
        file.write_text("\n".join(armoured), encoding="ascii", errors="replace")
        done = _ssh_keygen(
            "verify",
            "-n",
            NAMESPACE,
            "-f",
            str(signers),
            "-I",
            principal,
            "-s",
            str(file),
            stdin=digest.encode(),
        )
    return done.returncode == 0


def _ssh_keygen(action: str, *options: str, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603  arguments are ours; ids and keys are checked by schema
            ["ssh-keygen", "-Y", action, *options],  # noqa: S607  OpenSSH of PATH
            input=stdin,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise EnvironmentProblem(
            "ssh-keygen was not found; install OpenSSH to sign approvals"
        ) from None
    except subprocess.TimeoutExpired:
        raise EnvironmentProblem("ssh-keygen did not answer") from None
