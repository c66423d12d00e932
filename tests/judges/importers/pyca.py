"""Opens PFX files with the `cryptography` package.

A line that comes in is a file and its password with a tab between; an answer is a line of JSON. With a third field
what was opened is written into a PFX of that name, under the same password.
"""

import base64
import json
import sys

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12


def export(pfx, path, password):
    exported = pkcs12.serialize_key_and_certificates(
        pfx.cert.friendly_name,
        pfx.key,
        pfx.cert.certificate,
        [entry.certificate for entry in pfx.additional_certs],
        BestAvailableEncryption(password),
    )
    with open(path, "wb") as file:
        file.write(exported)


def open_pfx(path, password, exported=None):
    with open(path, "rb") as file:
        pfx = pkcs12.load_pkcs12(file.read(), password.encode())
    if exported:
        export(pfx, exported, password.encode())
    entries = [entry for entry in [pfx.cert, *pfx.additional_certs] if entry is not None]
    return {
        "certificates": [
            base64.b64encode(entry.certificate.public_bytes(Encoding.DER)).decode() for entry in entries
        ],
        "key_fits": pfx.key is not None
        and pfx.cert is not None
        and pfx.key.public_key() == pfx.cert.certificate.public_key(),
        "friendly_name": (pfx.cert.friendly_name or b"").decode() if pfx.cert else "",
    }


for line in sys.stdin:
    try:
        answer = open_pfx(*line.rstrip("\n").split("\t"))
    except Exception as error:  # whatever it raises is its refusal
        answer = {"refused": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
