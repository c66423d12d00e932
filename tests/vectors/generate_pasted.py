"""Makes the inputs of `pasted/` that say `generate_pasted.py` in its manifest: what programs do to a text on its way.

Usage: python3 generate_pasted.py pasted (needs openssl, xxd, hexdump, od, keytool and ssh-keygen). Each is
one of the vectors beside it, or something new with a key that is thrown away, written by the library or the program that
writes such texts.
"""

import base64
import gzip
import html
import io
import json
import pathlib
import quopri
import subprocess
import sys
import tempfile
import urllib.parse
import zipfile

from der import integer, seq, tlv

HERE = pathlib.Path(__file__).parent
FOLDER = pathlib.Path(sys.argv[1])
CERTIFICATES = HERE / "certificates"
KEYS = HERE / "private-keys"
PFX = (HERE / "pfx/openssl-3.p12").read_bytes()
REQUEST = HERE / "requests/ok-bom.pem"


def write(name, content):
    (FOLDER / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def run(*words, stdin=b""):
    return subprocess.run(words, input=stdin, stdout=subprocess.PIPE, check=True).stdout


def der(pem):
    body = pem.split("-----")[2]
    return base64.b64decode(body)


def pem(content, label):
    return f"-----BEGIN {label}-----\n{base64.encodebytes(content).decode()}-----END {label}-----\n"


request = REQUEST.read_text("utf-8-sig").replace("\r\n", "\n")
request = request[request.index("-----BEGIN") :]
request_der = der(request)
chain = (CERTIFICATES / "chain.pem").read_text()
certificates = [der("-----" + part) for part in chain.split("-----BEGIN CERTIFICATE")[1:] for part in [f"BEGIN CERTIFICATE{part}"]]
leaf, issuer = certificates[0], certificates[1]
key = (KEYS / "ec-pkcs8.pem").read_text()
key_der = (KEYS / "ec-pkcs8.der").read_bytes()


def encoded(text):
    return base64.b64encode(text.encode()).decode()


# What is chosen in place of a private key.
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    run("keytool", "-genkeypair", "-alias", "anna", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=Anna", "-storetype", "JCEKS", "-keystore", folder / "k.jceks", "-storepass", "correct horse", "-keypass", "correct horse", "-noprompt")
    write("key-is-a-keystore.jceks", (folder / "k.jceks").read_bytes())
    run("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-C", "anna", "-f", folder / "id")
    write("key-is-a-public-key-of-ssh.pub", (folder / "id.pub").read_bytes())
    write("key-is-of-ssh.txt", (folder / "id").read_bytes())
write("key-is-a-json-web-key.json", json.dumps({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"}, indent=1))
write("key-is-of-ssh-com.txt", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: \"anna\"\nP2/56wAAAi4AAAA3aWYtbW9kbntzaWdue3JzYS1wa2NzMS1zaGExfSxlbmNyeXB0e3JzYS1wa2N\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\n")
write("key-is-of-open-pgp.asc", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlFgEZ0\n=AbCd\n-----END PGP PRIVATE KEY BLOCK-----\n")
write("key-is-a-keystore.bks", bytes.fromhex("0000000200000014") + bytes(range(20)) + bytes.fromhex("00000400"))

write("key-is-parameters-of-diffie-hellman.pem", run("openssl", "dhparam", "-dsaparam", "-outform", "PEM", "1024"))
write("key-is-a-public-key-pkcs-1.der", run("openssl", "rsa", "-in", KEYS / "rsa-pkcs8.pem", "-RSAPublicKey_out", "-outform", "DER"))

# The text around a private key.
write("key-in-yaml-block.yaml", "key: |\n" + "".join(f"  {line}\n" for line in key.splitlines()))
write("key-percent-encoded-in-a-query.txt", "https://example.com/?key=" + urllib.parse.quote_plus(key))
write("key-as-quoted-printable.eml", "Content-Transfer-Encoding: quoted-printable\n\n" + quopri.encodestring(key.encode()).decode())
write("key-with-dashes-of-a-word-processor.txt", key.replace("-----", "\u2014\u2013\u2013"))
write("key-with-line-numbers.txt", "".join(f"{number:4}: {line}\n" for number, line in enumerate(key.splitlines(), 98)))
write("key-as-hex.txt", key_der.hex(" ", 1))

# A private key in a field for requests.
write("key-in-a-hexdump.txt", run("hexdump", "-C", stdin=key_der))
write("key-printout.txt", run("openssl", "pkey", "-in", KEYS / "ec-pkcs8.pem", "-text", "-noout"))
write("key-printout-rsa.txt", run("openssl", "pkey", "-in", KEYS / "rsa-pkcs8.pem", "-text", "-noout"))
write("key-as-base64-in-json-beside-a-request.json", json.dumps({"csr": request, "key": encoded(key)}))
write("key-as-base64-beside-a-request.txt", request + "\nkey: " + encoded(key) + "\n")

# Base64 once more.
write("request-as-base64-in-xml.xml", f"<csr>{encoded(request)}</csr>\n")
write("request-as-base64-twice.txt", base64.b64encode(encoded(request).encode()))
write("request-as-base64-in-a-mail.eml", "Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(("Dear all,\r\n\r\n" + request.replace("\n", "\r\n")).encode()).decode())
write("certificates-as-base64-of-pem.txt", base64.encodebytes(chain.encode()))

# Percent-encoding, and the alphabet for addresses.
write("request-in-a-query.txt", "csr=" + urllib.parse.quote(request, safe="") + "&format=pem")
write("request-base64url-without-padding.txt", "csr: " + base64.urlsafe_b64encode(request_der).decode().rstrip("="))
write("request-as-a-data-url.txt", "data:application/pkcs10;base64," + base64.b64encode(request_der).decode())

# Escapes of source code.
write("request-escaped-for-html-in-json.json", json.dumps({"csr": request}).replace("+", "\\u002b").replace("=", "\\u003d").replace("/", "\\/"))
write("request-in-a-shell-string.sh", "CSR=$'" + request.replace("\n", "\\n").replace("+", "\\x2b").replace("=", "\\x3D") + "'\n")
write("request-in-json-in-json.json", json.dumps({"body": json.dumps({"csr": request})}))

# A request in another format, or around another.
spki = run("openssl", "pkey", "-in", KEYS / "ec-pkcs8.pem", "-pubout", "-outform", "DER")
template = seq(tlv(0xA5, seq()), tlv(0xA6, spki[2:]))
write("request-message-crmf.pem", pem(seq(seq(seq(integer(0), template))), "CERTIFICATE REQUEST"))
write("request-spkac.txt", run("openssl", "spkac", "-key", KEYS / "rsa-pkcs8.pem"))
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "k.pem", "-out", folder / "c.pem", "-subj", "/CN=Anna")
    (folder / "r.der").write_bytes(request_der)
    cms = run("openssl", "cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-signer", folder / "c.pem", "-inkey", folder / "k.pem", "-in", folder / "r.der")
    write("request-signed-by-openssl.p7m", cms)
    write("request-signed-by-openssl.pem", pem(cms, "CMS"))
    write("request-is-an-encrypted-message.pem", run("openssl", "cms", "-encrypt", "-outform", "PEM", "-in", folder / "r.der", folder / "c.pem"))
    write("certificate-printout.txt", run("openssl", "x509", "-in", folder / "c.pem", "-noout", "-text"))

# Several certificates in structured text.
one, two = (base64.b64encode(content).decode() for content in (leaf, issuer))
write("certificates-in-saml.xml", f"<KeyInfo><X509Data><X509Certificate>{one}</X509Certificate><X509Certificate>{two}</X509Certificate></X509Data></KeyInfo>")
write("certificates-in-a-token-header.json", json.dumps({"alg": "RS256", "x5c": [one, two]}, indent=2))
card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna\r\nKEY;ENCODING=b;TYPE=X509:{one}"
write("certificate-in-a-vcard.vcf", "\r\n ".join([card[:75], *(card[75:][place : place + 74] for place in range(0, len(card) - 75, 74))]) + "\r\nEND:VCARD\r\n")
write("certificates-in-yaml-without-lines.yaml", f"leaf: {one}\nissuer: {two}\n")

# Markup around certificates.
write("certificate-in-a-web-page.html", "<!DOCTYPE html><title>c</title><pre>" + html.escape(chain).replace("\n", "<br>") + "</pre>")
write("certificate-with-dashes-of-a-word-processor.txt", chain.replace("-----", "\u2013\u2013\u2013\u2013-"))
write("certificate-in-a-hexdump.txt", run("xxd", stdin=leaf))
write("certificates-path.pkipath", seq(issuer, leaf))
write("certificates-in-a-comparison.diff", "".join(f"+{line}\n" for line in chain.splitlines()))
write("certificate-in-rich-text-paragraphs.rtf", "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Courier;}}\\f0\\fs20 " + chain.replace("\n", "\\par\r\n") + "}")

# What a PFX is in, and what it is not.
pfx_text = base64.b64encode(PFX).decode()
write("pfx-in-a-profile-of-several.mobileconfig", f'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>PayloadContent</key><array><dict><key>PayloadType</key><string>com.apple.security.pkcs12</string><key>PayloadContent</key><data>\n\t\t{base64.encodebytes(PFX).decode()}</data></dict></array></dict></plist>')
write("pfx-profile-without-a-pfx.mobileconfig", '<?xml version="1.0"?><plist version="1.0"><dict><key>PayloadContent</key><array/></dict></plist>')
write("pfx-is-pem-with-certificate-and-key.pem", chain + key)
write("pfx-is-a-certificate-and-key-behind-text.pem", "Bag Attributes\n    localKeyID: 01\n" + key + chain)
write("pfx-in-yaml-twice.yaml", "keystore: " + base64.b64encode(pfx_text.encode()).decode() + "\n")
write("pfx-in-a-text-file-of-windows.txt", ("\ufeff" + pfx_text).encode("utf-16-be"))
write("pfx-is-compressed.p12.gz", gzip.compress(PFX, mtime=0))
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as file:
    file.writestr(zipfile.ZipInfo("a.p12"), PFX)
write("pfx-in-an-archive.zip", archive.getvalue())
write("pfx-is-a-keystore.bks", bytes.fromhex("0000000100000014") + bytes(range(20)) + bytes.fromhex("00000400"))
write("pfx-spoilt-by-a-mail-program.p12", PFX.decode("ascii", "replace").encode())

# Certificates for a PFX.
write("certificates-indented-with-blanks-behind.pem", "".join(f"   {line}  \t\r\n" for line in chain.splitlines()))
write("certificates-beside-a-key.pem", key + chain)
write("certificates-bundle-of-openssl.p7b", run("openssl", "crl2pkcs7", "-nocrl", "-certfile", CERTIFICATES / "chain.pem", "-outform", "DER"))
write("certificates-in-utf-16-big-endian.pem", ("\ufeff" + chain).encode("utf-16-be"))

# What was pasted in place of a request.
write("request-printout-and-request.txt", run("openssl", "req", "-text", stdin=request.encode()))
write("request-printout-of-openssl.txt", run("openssl", "req", "-text", "-noout", stdin=request.encode()))
write("request-in-xxd.txt", run("xxd", stdin=request_der))
write("request-in-od.txt", run("od", "-A", "x", "-t", "x1", stdin=request_der))
write("request-binary-read-as-utf-8.txt", request_der.decode("utf-8", "replace"))
write("request-is-an-archive.gz", gzip.compress(request.encode(), mtime=0))
write("request-is-a-document.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

# Something in front of each line.
write("request-with-numbers-and-dots.txt", "".join(f"{number}. {line}\n" for number, line in enumerate(request.splitlines(), 1)))
write("request-commented-out.conf", "".join(f"# {line}\n" for line in request.splitlines()))
write("request-in-a-system-log.txt", "".join(f"May {number % 28 + 1:2} 10:00:{number:02} host app[{number + 98}]: {line}\n" for number, line in enumerate(request.splitlines())))
plus = request
while plus.count("+") < 2:
    with tempfile.TemporaryDirectory() as folder:
        plus = run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{folder}/k", "-subj", "/CN=Anna").decode()
write("request-from-a-form-that-lost-its-plus.txt", plus.replace("+", " "))

# A recovery file, sent and kept.
PASSPHRASE = "h7kqn-2xw9d-mf4tz-8vbep"
recovery = run("openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-iter", "20000", "-passout", f"pass:{PASSPHRASE}", "-in", KEYS / "ec-pkcs8.pem").decode()
write("recovery-in-a-code-fence.md", f"Keep this:\n\n```\n{recovery}```\n")
write("recovery-in-json.json", json.dumps({"recovery": recovery}))
write("recovery-with-dashes-of-a-word-processor.txt", recovery.replace("-----", "\u2014\u2014"))
write("recovery-with-a-certificate-behind.pem", recovery + chain)
write("recovery-from-windows-1250.txt", ("Klucz główny:\r\n" + recovery.replace("\n", "\r\n")).encode("cp1250"))
write("recovery-as-quoted-printable.eml", quopri.encodestring(recovery.encode()))
