"""Opens a PFX with the `cryptography` package; it must hold a key, its certificate and a chain of two."""

import sys

from cryptography.hazmat.primitives.serialization import pkcs12

with open(sys.argv[1], "rb") as file:
    pfx = pkcs12.load_pkcs12(file.read(), sys.argv[2].encode())
if pfx.key is None or pfx.cert is None or len(pfx.additional_certs) != 2:
    sys.exit(f"key: {pfx.key is not None}, certificate: {pfx.cert}, chain: {pfx.additional_certs}")
if pfx.key.public_key() != pfx.cert.certificate.public_key():
    sys.exit("the key is not the certificate's")
