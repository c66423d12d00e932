"""Makes the requests of this folder that no common program makes: weak keys, bent structures, odd dress.

Usage: python3 generate.py FOLDER (needs the package `cryptography`). Keys are random and thrown away, so each run
gives other files with the same verdicts. What programs make themselves is described in README.md.
"""

import base64
import hashlib
import html
import json
import math
import pathlib
import secrets
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

from der import NULL, bits, integer, octets, oid, rdn, seq, tlv, utf8

FOLDER = pathlib.Path(sys.argv[1])
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


RSA = seq(oid("1.2.840.113549.1.1.1"), NULL)
SHA256_RSA = seq(oid("1.2.840.113549.1.1.11"), NULL)
SHA256_ECDSA = seq(oid("1.2.840.10045.4.3.2"))
SHA384_ECDSA = seq(oid("1.2.840.10045.4.3.3"))
EC, P256, P384 = oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7"), oid("1.3.132.0.34")


SUBJECT = seq(rdn("2.5.4.6", tlv(0x13, b"PL")), rdn("2.5.4.10", utf8("Example")), rdn("2.5.4.3", utf8("Anna Nowak")))


def attribute(kind, *values):
    return seq(oid(kind), tlv(0x31, *values))


def extension(kind, value, critical=None):
    flag = b"" if critical is None else tlv(0x01, critical)
    return seq(oid(kind), flag, octets(value))


def extension_request(*extensions):
    return attribute("1.2.840.113549.1.9.14", seq(*extensions))


MAILBOX = extension("2.5.29.17", seq(tlv(0x81, b"anna@example.com")))
KEY_USAGE = extension("2.5.29.15", bits(b"\xa0", 5), b"\xff")
PURPOSES = extension("2.5.29.37", seq(oid("1.3.6.1.5.5.7.3.4"), oid("1.3.6.1.5.5.7.3.2")))


def info(spki, attributes=b"", version=integer(0), subject=SUBJECT, tag=0xA0):
    return seq(version, subject, spki, tlv(tag, attributes))


# Keys


def prime(bit_count):
    """A random prime of so many bits."""
    while True:
        number = rsa.generate_private_key(65537, 2 * bit_count).private_numbers().p
        if number.bit_length() == bit_count:
            return number


def small_primes(count):
    primes, number = [], 2
    while len(primes) < count:
        if all(number % known for known in primes):
            primes.append(number)
        number += 1
    return primes


PRIMES = small_primes(2000)


def without_small_factors(number):
    """The next number that is divisible by no small prime; most often not prime itself."""
    while math.gcd(number, PRODUCT) != 1:
        number += 1
    return number


PRODUCT = math.prod(PRIMES)


def next_prime(number):
    number = without_small_factors(number + 1)
    while pow(2, number - 1, number) != 1:
        number = without_small_factors(number + 1)
    return number


class RsaKey:
    def __init__(self, n=None, e=65537, d=None, spki=None):
        if n is None:
            numbers = rsa.generate_private_key(65537, 2048).private_numbers()
            n, d = numbers.public_numbers.n, numbers.d
        self.n, self.e, self.d = n, e, d
        self.spki = spki or seq(RSA, bits(seq(integer(n), integer(e))))
        self.algorithm = SHA256_RSA

    def sign(self, message, prefix=SHA256_PREFIX, digest=hashlib.sha256):
        size = (self.n.bit_length() + 7) // 8
        tail = prefix + digest(message).digest()
        padded = b"\x00\x01" + b"\xff" * (size - len(tail) - 3) + b"\x00" + tail
        value = pow(int.from_bytes(padded, "big"), self.d, self.n) if self.d else 1
        return value.to_bytes(size, "big")


def rsa_of(p, q, e=65537):
    n, order = p * q, (p - 1) * (q - 1)
    try:
        return RsaKey(n, e, pow(e, -1, order))
    except ValueError:
        return RsaKey(n, e)


class EcKey:
    def __init__(self, curve=None, name=P256, algorithm=SHA256_ECDSA, digest=None, secret=None):
        curve = curve or ec.SECP256R1()
        self.key = ec.derive_private_key(secret, curve) if secret else ec.generate_private_key(curve)
        self.digest = digest or hashes.SHA256()
        self.point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.spki = seq(seq(EC, name), bits(self.point))
        self.algorithm = algorithm

    def sign(self, message):
        return self.key.sign(message, ec.ECDSA(self.digest))


def request(key, attributes=b"", algorithm=None, spki=None, signature=None, **parts):
    message = info(spki or key.spki, attributes, **parts)
    return seq(message, algorithm or key.algorithm, bits(key.sign(message) if signature is None else signature))


# Text


def pem(der, label="CERTIFICATE REQUEST", width=64, end="\n"):
    text = base64.b64encode(der).decode()
    lines = [text[start : start + width] for start in range(0, len(text), width)]
    return end.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def write(name, content):
    if isinstance(content, str):
        content = content.encode()
    elif name.endswith(".pem"):
        content = pem(content).encode()
    (FOLDER / name).write_bytes(content)


# Correct requests in odd dress


def dress(der):
    text, line = pem(der), base64.b64encode(der).decode()
    body = text.split("-----")[2].strip()
    digits = der.hex()
    page = f"<!DOCTYPE html><html><body><h1>Your request</h1><pre>{text}</pre></body></html>"
    spaced = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
    write("ok-base64-alone.txt", body)
    write("ok-base64-alone-one-line.txt", line)
    write("ok-base64-alone-no-padding.txt", line.rstrip("="))
    write("ok-hex.txt", digits)
    write("ok-hex-lines.txt", "\n".join(digits[at : at + 60] for at in range(0, len(digits), 60)) + "\n")
    write("ok-hex-upper-case.txt", digits.upper())
    write("ok-hex-colons.txt", ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)))
    write("ok-hex-spaces.txt", spaced)
    write("ok-hex-c-array.txt", ", ".join("0x" + digits[at : at + 2] for at in range(0, len(digits), 2)))
    write("ok-escaped-json.txt", json.dumps({"csr": text}))
    write("ok-escaped-json-crlf.txt", json.dumps({"csr": text.replace("\n", "\r\n")}))
    write("ok-escaped-slashes.txt", json.dumps(text).replace("/", "\\/"))
    write("ok-html-page.txt", page)
    write("ok-html-breaks.txt", text.replace("\n", "<br />\n"))
    write("ok-html-paragraphs.txt", "".join(f"<p class=\"code\">{part}</p>" for part in text.splitlines()))
    write("ok-html-references.txt", "".join(f"&#{ord(c)};" if c in "+/=-\n" else c for c in text))
    write("ok-html-hex-references.txt", "".join(f"&#x{ord(c):X};" if c in "+/=\n" else c for c in text))
    write("ok-html-spans.txt", "<pre>" + "\n".join(f"<span>{part}</span>" for part in text.splitlines()) + "</pre>")
    write("ok-html-escaped-twice.txt", html.escape("<pre>") + text)
    write("ok-quoted-printable.txt", text.replace("=", "=3D"))
    write("ok-quoted-twice.txt", "".join(f">> {part}\n" for part in text.splitlines()))
    write("ok-quoted-with-bars.txt", "".join(f"| {part}\n" for part in text.splitlines()))
    write("ok-mail-around.txt", f"Hello Anna,\n\nhere is the request:\n\n{text}\n--\nIT\n")
    write("ok-utf16be.txt", b"\xfe\xff" + text.encode("utf-16-be"))
    write("ok-utf16le-no-mark.txt", text.encode("utf-16-le"))
    write("ok-lines-of-76.pem", pem(der, width=76))
    write("ok-lines-of-one.pem", pem(der, width=1))
    write("ok-label-new.pem", pem(der, "NEW CERTIFICATE REQUEST"))
    write("ok-label-new-crlf.pem", pem(der, "NEW CERTIFICATE REQUEST", end="\r\n"))
    write("ok-blank-lines.pem", text.replace("\n", "\n\n"))
    write("ok-crcrlf.pem", text.replace("\n", "\r\r\n"))
    write("ok-trailing-spaces.pem", text.replace("\n", "   \n"))
    write("ok-tabs.pem", "".join(f"\t{part}\t\n" for part in text.splitlines()))
    write("ok-zero-width-spaces.pem", text.replace("\n", "\u200b\n"))
    write("ok-soft-hyphens.pem", text.replace("MI", "MI\u00ad", 1))
    write("ok-line-separators.pem", text.replace("\n", "\u2028"))
    write("ok-same-request-twice.pem", text + "\n" + text)
    write("ok-no-last-line-break.pem", text.rstrip("\n"))
    write("ok-list-in-front.txt", "1. The key is new.\n2. The request:\n" + text)
    write("ok-text-of-openssl.pem", "Certificate Request:\n    Data:\n        Version: 1 (0x0)\n" + text)


def damage(der):
    text = pem(der)
    first, *body, last = text.splitlines()
    other = pem(request(EcKey()))

    def put(*lines):
        return "\n".join(lines) + "\n"

    write("begin-line-damaged-em-dash.pem", put("\u2014" + first.strip("-") + "\u2014", *body, last))
    write("begin-line-damaged-no-hyphens.pem", put(first.strip("-"), *body, last))
    write("begin-line-damaged-space.pem", put("----- " + first[5:], *body, last))
    write("begin-line-damaged-cut-left.pem", put(first[3:], *body, last))
    write("begin-line-missing-and-quoted.txt", put(*("> " + part for part in [*body, last])))
    write("end-line-damaged-no-hyphens.pem", put(first, *body, last.strip("-")))
    write("end-line-damaged-right-side.pem", put(first, *body, last[:-2]))
    write("end-line-missing-after-text.txt", put("See below.", first, *body, "Best regards", "Anna"))
    write("lines-differ-new.pem", put(first, *body, last.replace("CERT", "NEW CERT")))
    write("lines-differ-certificate.pem", put(first, *body, "-----END CERTIFICATE-----"))
    write("label-wrong-typing-error.pem", pem(der, "CERTIFCATE REQUEST"))
    write("label-wrong-lower-case.pem", pem(der, "certificate request"))
    write("label-wrong-csr.pem", pem(der, "CSR"))
    write("label-wrong-x509.pem", pem(der, "X509 REQUEST"))
    write("several-requests-three.pem", text + other + pem(request(EcKey())))
    write("several-requests-in-html.txt", f"<pre>{text}</pre><pre>{other}</pre>")
    write("character-outside-base64-question-mark.pem", put(first, body[0][:10] + "?" + body[0][10:], *body[1:], last))
    write("character-outside-base64-accent.pem", put(first, body[0], "\u00e9" + body[1], *body[2:], last))
    write("character-outside-base64-quotation-marks.pem", put(first, *(f"\"{part}\"," for part in body), last))
    write("character-outside-base64-instead.pem", put(first, body[0], "*" + body[1][1:], *body[2:], last))
    write("character-outside-base64-headers.pem", put(first, "Proc-Type: 4,CLEAR", "", *body, last))
    write("character-outside-base64-padding-inside.pem", put(first, body[0][:20] + "=" + body[0][20:], *body[1:], last))
    write("character-outside-base64-ellipsis.pem", put(first, body[0], "...", *body[2:], last))
    write("base64-incomplete-one-character.pem", put(first, *body[:-1], "A" * (len(body[-1]) // 4 * 4 + 1), last))
    write("truncated-last-line-missing.pem", put(first, *body[:-1], last))
    write("truncated-half.pem", put(first, *body[: len(body) // 2], last))
    write("truncated-base64-alone.txt", put(*body[:-1]))
    write("malformed-line-twice.pem", put(first, body[0], body[0], *body[2:], last))
    write("malformed-lines-swapped.pem", put(first, body[0], body[2], body[1], *body[3:], last))
    write("trailing-bytes-zeros.pem", pem(der + bytes(16)))
    write("not-der-line-missing-first.pem", put(first, *body[1:], last))
    write("not-der-text.pem", pem(b"This is not DER at all, and was never meant to be."))
    write("not-der-empty.pem", put(first, last))
    write("not-a-request-words.txt", "my request for a certificate\n")
    write("not-a-request-url.txt", "https://example.com/requests/anna.csr\n")
    write("not-a-request-path.txt", "C:\\Users\\Anna\\anna.csr\n")
    write("not-a-request-numbers.txt", "12345678 90123456\n")
    write("document-picture.png", bytes.fromhex("89504e470d0a1a0a0000000d49484452"))
    write("archive-zip.zip", b"PK\x03\x04" + bytes(40))
    write("public-key-json-web-key.txt", json.dumps({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}))
    write("html-page-without-request.txt", "<html><body><p>Your session has ended.</p></body></html>")
    write("empty-white-space.txt", " \r\n\t\n\u00a0")
    write("empty-byte-order-mark.txt", b"\xef\xbb\xbf")


# Structure


def structure():
    key = EcKey()
    good = info(key.spki, extension_request(MAILBOX))

    def signed(message, algorithm=SHA256_ECDSA, extra=b""):
        return seq(message, algorithm, bits(key.sign(message)), extra)

    def with_attributes(attributes, **parts):
        return request(key, attributes, **parts)

    def nested(depth):
        inner = NULL
        for _ in range(depth):
            inner = seq(inner)
        return inner

    def open_length(der):
        header = 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
        return bytes([der[0], 0x80]) + der[header:] + b"\x00\x00"

    def long_length(der):
        assert der[1] < 0x80
        return bytes([der[0], 0x81]) + der[1:]

    write("version-2.pem", request(key, version=integer(1)))
    write("version-3.pem", request(key, version=integer(2)))
    write("version-negative.pem", request(key, version=integer(-1)))
    write("version-256.pem", request(key, version=integer(256)))
    write("version-missing.pem", request(key, version=b""))
    write("version-boolean.pem", request(key, version=tlv(0x01, b"\x00")))
    write("not-canonical-version.pem", request(key, version=b"\x02\x02\x00\x00"))
    write("malformed-version-empty.pem", request(key, version=b"\x02\x00"))
    write("malformed-subject-missing.pem", request(key, subject=b""))
    write("malformed-subject-set.pem", request(key, subject=tlv(0x31)))
    write("malformed-subject-text.pem", request(key, subject=utf8("CN=Anna")))
    write("malformed-subject-value-missing.pem", request(key, subject=seq(tlv(0x31, seq(oid("2.5.4.3"))))))
    write("not-canonical-subject-length.pem", request(key, subject=seq(long_length(rdn("2.5.4.3", utf8("Anna"))))))
    write("not-canonical-subject-constructed.pem", request(key, subject=seq(rdn("2.5.4.3", tlv(0x2C, utf8("Anna"))))))
    write("indefinite-length-subject.pem", request(key, subject=open_length(SUBJECT)))
    write("indefinite-length-all.pem", open_length(signed(good)))
    write("indefinite-length-info.pem", signed(open_length(good)))
    write("indefinite-length-attributes.pem", request(key, open_length(extension_request(MAILBOX))))
    write("not-canonical-algorithm.pem", signed(good, b"\x30\x81" + SHA256_ECDSA[1:]))
    write("malformed-element-too-many.pem", signed(good, extra=NULL))
    write("malformed-element-too-many-inside.pem", signed(seq(integer(0), SUBJECT, key.spki, tlv(0xA0), NULL)))
    write("malformed-signature-missing.pem", seq(good, SHA256_ECDSA))
    write("malformed-signature-octets.pem", seq(good, SHA256_ECDSA, octets(key.sign(good))))
    write("malformed-signature-unused-bits.pem", seq(good, SHA256_ECDSA, bits(key.sign(good)[:-1] + b"\x80", 7)))
    write("malformed-algorithm-missing.pem", seq(good, bits(key.sign(good))))
    write("malformed-attributes-tag.pem", with_attributes(b"", tag=0xA1))
    write("malformed-attributes-primitive.pem", with_attributes(b"", tag=0x80))
    write("malformed-attribute-type-missing.pem", with_attributes(seq(tlv(0x31, NULL))))
    write("malformed-attribute-values-sequence.pem", with_attributes(seq(oid("1.2.840.113549.1.9.7"), seq(utf8("x")))))
    write("malformed-attribute-null.pem", with_attributes(NULL))
    write("malformed-extensions-set.pem", with_attributes(attribute("1.2.840.113549.1.9.14", tlv(0x31))))
    write("malformed-extension-without-value.pem", with_attributes(extension_request(seq(oid("2.5.29.17")))))
    write("malformed-extension-value-not-octets.pem", with_attributes(extension_request(seq(oid("2.5.29.17"), seq()))))
    write("malformed-cut-off-inside.pem", with_attributes(extension_request(seq(oid("2.5.29.17"), b"\x04\x7f\x00"))))
    write("malformed-object-identifier.pem", with_attributes(seq(b"\x06\x00", tlv(0x31, NULL))))
    write("malformed-tag-zero.pem", with_attributes(attribute("1.2.3.4", b"\x00\x00")))
    write("malformed-tag-endless.pem", with_attributes(attribute("1.2.3.4", b"\x1f\xff\xff\xff\xff\xff\x01\x00")))
    write("not-canonical-tag.pem", with_attributes(attribute("1.2.3.4", b"\x9f\x1e\x00")))
    write("not-canonical-boolean.pem", with_attributes(extension_request(extension("2.5.29.15", bits(b"\xa0", 5), b"\x01"))))
    write("not-canonical-length.pem", with_attributes(attribute("1.2.3.4", b"\x04\x81\x01\x00")))
    write("not-canonical-length-zeros.pem", with_attributes(attribute("1.2.3.4", b"\x04\x83\x00\x00\x01\x00")))
    write("not-canonical-integer-negative.pem", with_attributes(attribute("1.2.3.4", b"\x02\x02\xff\x80")))
    write("too-deep-33.pem", with_attributes(attribute("1.2.3.4", nested(33))))
    write("too-deep-1000.pem", with_attributes(attribute("1.2.3.4", nested(1000))))
    write("duplicate-attribute-extensions.pem", with_attributes(extension_request(MAILBOX) + extension_request(KEY_USAGE)))
    challenge = attribute("1.2.840.113549.1.9.7", utf8("secret"))
    write("duplicate-attribute-challenge.pem", with_attributes(challenge + challenge))
    write("duplicate-attribute-unknown.pem", with_attributes(attribute("1.2.3.4", NULL) + attribute("1.2.3.4", utf8("x"))))
    write("attribute-values-none.pem", with_attributes(attribute("1.2.840.113549.1.9.14")))
    write("attribute-values-none-unknown.pem", with_attributes(attribute("1.2.3.4")))
    write("attribute-values-two-extension-requests.pem", with_attributes(attribute("1.2.840.113549.1.9.14", seq(MAILBOX), seq(KEY_USAGE))))
    write("attribute-values-two-challenges.pem", with_attributes(attribute("1.2.840.113549.1.9.7", utf8("a"), utf8("b"))))
    write("duplicate-extension-mailbox.pem", with_attributes(extension_request(MAILBOX, MAILBOX)))
    write("duplicate-extension-usage.pem", with_attributes(extension_request(KEY_USAGE, PURPOSES, KEY_USAGE)))
    write("truncated-header-only.der", bytes.fromhex("30820200"))
    write("truncated-four-gigabytes.der", bytes.fromhex("3084fffffff00000"))
    write("not-der-length-of-length.der", bytes.fromhex("30ff0000"))

    write("ok-attributes-certreq.pem", with_attributes(
        attribute("1.3.6.1.4.1.311.13.2.3", tlv(0x16, b"10.0.22631.2"))
        + attribute("1.3.6.1.4.1.311.21.20", seq(integer(9), utf8("pc.example.com"), utf8("EXAMPLE\\anna"), utf8("certreq.exe")))
        + attribute("1.3.6.1.4.1.311.13.2.2", seq(integer(1), tlv(0x1E, "Microsoft Software Key Storage Provider".encode("utf-16-be")), bits(b"")))
        + extension_request(KEY_USAGE, PURPOSES, extension("2.5.29.14", octets(bytes(20))))))
    write("ok-attributes-certreq-old.pem", with_attributes(attribute("1.3.6.1.4.1.311.2.1.14", seq(KEY_USAGE, PURPOSES))))
    write("ok-attributes-certreq-renewal.pem", with_attributes(attribute("1.3.6.1.4.1.311.13.1", seq(integer(1)))))
    write("ok-attributes-unordered.pem", with_attributes(extension_request(MAILBOX) + challenge))
    write("ok-attributes-several-values.pem", with_attributes(attribute("1.3.6.1.4.1.311.13.2.1", seq(utf8("a")), seq(utf8("b")))))
    write("ok-attributes-unknown.pem", with_attributes(attribute("1.2.3.4", seq(tlv(0x31, NULL), integer(-5)))))
    write("ok-attributes-long-tag.pem", with_attributes(attribute("1.2.3.4", b"\x9f\x81\x00\x01\x00")))
    write("ok-attributes-32-deep.pem", with_attributes(attribute("1.2.3.4", nested(26))))
    write("ok-extensions-many.pem", with_attributes(extension_request(MAILBOX, KEY_USAGE, PURPOSES, extension("2.5.29.19", seq(), b"\xff"), extension("1.2.3.4", NULL))))
    write("ok-extensions-for-a-ca.pem", with_attributes(extension_request(extension("2.5.29.19", seq(tlv(0x01, b"\xff")), b"\xff"), extension("2.5.29.15", bits(b"\x06", 1)))))
    write("ok-extensions-not-critical-written.pem", with_attributes(extension_request(extension("2.5.29.17", seq(tlv(0x81, b"anna@example.com")), b"\x00"))))
    write("ok-extensions-empty.pem", with_attributes(extension_request()))
    write("ok-extensions-unreadable.pem", with_attributes(extension_request(extension("2.5.29.17", b"\xff\xff"))))
    write("ok-extensions-all-names.pem", with_attributes(extension_request(extension("2.5.29.17", seq(
        tlv(0x81, b"anna@example.com"), tlv(0x82, b"example.com"), tlv(0x86, b"https://example.com/"), tlv(0x87, bytes([192, 0, 2, 1])),
        tlv(0x87, bytes(15) + b"\x01"), tlv(0xA4, SUBJECT), tlv(0x88, b"\x2a\x03"), tlv(0xA0, oid("1.3.6.1.5.5.7.8.9"), tlv(0xA0, utf8("\u017c@example.com"))))))))
    write("ok-subject-long.pem", request(key, subject=seq(*(rdn("2.5.4.11", utf8(f"Unit {number}")) for number in range(200)))))
    write("ok-subject-two-in-one.pem", request(key, subject=seq(tlv(0x31, seq(oid("2.5.4.3"), utf8("Anna")), seq(oid("2.5.4.10"), utf8("Example"))))))
    write("ok-subject-teletex-bmp.pem", request(key, subject=seq(rdn("2.5.4.3", tlv(0x14, b"\xd3rka")), rdn("2.5.4.10", tlv(0x1E, "Sp\u00f3\u0142ka".encode("utf-16-be"))))))
    write("ok-subject-right-to-left.pem", request(key, subject=seq(rdn("2.5.4.3", utf8("a\u202eb, CN=c")))))
    write("ok-subject-integer.pem", request(key, subject=seq(rdn("1.2.3.4", integer(5)))))
    write("ok-subject-universal-string.pem", request(key, subject=seq(rdn("2.5.4.3", tlv(0x1C, b"\x00\x00\x00A")))))
    for name, value in {
        "ia5-utf-8": tlv(0x16, "\u017baneta".encode()),
        "printable-utf-8": tlv(0x13, "\u0418\u043f".encode()),
        "universal-string-word": tlv(0x1C, "Anna".encode("utf-32-be")),
        "universal-string-cut-off": tlv(0x1C, b"\x00\x00A"),
        "utf-8-latin-1": utf8("x")[:1] + b"\x06M\xfcller",
        "general-string": tlv(0x1B, b"general"),
        "bit-string": bits(b"\x12\x34"),
        "sequence": seq(utf8("Street 1"), utf8("Town")),
        "object-descriptor": tlv(0x07, b"Example"),
    }.items():
        write(f"ok-subject-{name}.pem", request(key, subject=seq(rdn("2.5.4.10", value), rdn("2.5.4.3", utf8("Anna")))))
    write("ok-challenge-password-latin-1.pem", with_attributes(attribute("1.2.840.113549.1.9.7", tlv(0x13, b"p\xe4ssword"))))
    # Object identifiers made of a UUID, whose number has 128 bits, and one of the examples of X.660.
    uuid = "2.25.223663413560230117710484359924050447509"
    write("ok-oid-uuid-subject.pem", request(key, subject=seq(rdn(uuid, utf8("x")), rdn("2.5.4.3", utf8("Anna")))))
    write("ok-oid-uuid-extension.pem", with_attributes(extension_request(extension(uuid, NULL))))
    write("ok-oid-uuid-attribute.pem", with_attributes(attribute(uuid, utf8("x"))))
    write("ok-oid-uuid-inside.pem", with_attributes(extension_request(
        extension("2.5.29.37", seq(oid(uuid), oid("1.3.6.1.5.5.7.3.4"))),
        extension("2.5.29.17", seq(tlv(0x88, oid(uuid)[2:]), tlv(0xA0, oid(uuid), tlv(0xA0, utf8("x"))), tlv(0x81, b"anna@example.com"))))))
    write("ok-oid-2-999.pem", with_attributes(attribute("2.999.4294967296.1", utf8("x")), subject=seq(rdn("2.999.3", utf8("Anna")))))


# Keys


def weak_rsa():
    primes = PRIMES[:126]

    def infineon_prime(bit_count, count):
        modulus = 1
        for known in primes[:count]:
            modulus *= known
        while True:
            residue = pow(65537, secrets.randbelow(1 << 60), modulus)
            low, high = (3 << (bit_count - 2)) // modulus, ((1 << bit_count) - 1) // modulus
            candidate = (low + secrets.randbelow(high - low)) * modulus + residue
            if candidate.bit_length() == bit_count and pow(2, candidate - 1, candidate) == 1 and (candidate - 1) % 65537:
                return candidate

    def at_top(bit_count):
        while (number := prime(bit_count)) >> (bit_count - 2) != 3:
            pass
        return number

    write("key-roca-2048.pem", request(rsa_of(infineon_prime(1024, 126), infineon_prime(1024, 126))))
    write("key-roca-3072.pem", request(rsa_of(infineon_prime(1536, 126), infineon_prime(1536, 126))))
    for size in (2048, 3072, 4096):
        close = at_top(size // 2)
        write(f"key-primes-too-close-{size}.pem", request(rsa_of(close, next_prime(close))))
    write("key-primes-too-close-equal.pem", request(RsaKey(at_top(1024) ** 2)))
    write("key-primes-too-close-99-rounds.pem", request(rsa_of(*rounds(99))))
    for factor in (3, 5, 7, 13, 751):
        other = without_small_factors((3 << 2046) // factor + secrets.randbits(2000))
        write(f"key-small-factor-{factor}.pem", request(RsaKey(factor * other)))
    write("key-small-factor-2.pem", request(RsaKey(2 * without_small_factors((3 << 2045) + secrets.randbits(2000)))))
    write("key-small-factor-many.pem", request(RsaKey(many_factors())))
    good = RsaKey()
    write("key-too-short-512.pem", request(rsa_of(next_prime(7 << 253 | secrets.randbits(240)), next_prime(7 << 253 | secrets.randbits(240)))))
    for code, bit_count in (("too-short", 1536), ("too-short", 2040), ("too-short", 2047), ("size-unusual", 2304), ("size-unusual", 2560),
                            ("size-unusual", 4088), ("size-not-bytes", 2052), ("size-not-bytes", 3071),
                            ("too-long", 4104), ("too-long", 8192)):
        numbers = rsa.generate_private_key(65537, bit_count).private_numbers()
        write(f"key-{code}-{bit_count}.pem", request(RsaKey(numbers.public_numbers.n, 65537, numbers.d)))
    p, q = at_top(1024), at_top(1024)
    for name, exponent in (("key-exponent-too-small-1", 1), ("key-exponent-too-small-17", 17), ("key-exponent-too-small-65535", 65535),
                           ("key-exponent-even-2", 2), ("key-exponent-even-65536", 65536), ("key-exponent-even-0", 0),
                           ("key-exponent-too-large-33-bits", (1 << 32) + 15), ("key-exponent-too-large-2048-bits", (p - 1) * (q - 1) - 65537)):
        write(name + ".pem", request(rsa_of(p, q, exponent)))
    write("ok-exponent-65539.pem", request(exponent_key(65539, at_top)))
    write("ok-exponent-32-bits.pem", request(exponent_key(0xFFFFFFFB, at_top)))

    def public(*parts):
        return seq(RSA, bits(seq(*parts)))

    write("key-number-negative-modulus.pem", request(good, spki=public(b"\x02\x82\x01\x00" + good.n.to_bytes(256, "big"), integer(65537))))
    write("key-number-negative-exponent.pem", request(good, spki=public(integer(good.n), integer(-65537))))
    write("key-undecodable-exponent-missing.pem", request(good, spki=public(integer(good.n))))
    write("key-undecodable-number-too-many.pem", request(good, spki=public(integer(good.n), integer(65537), integer(1))))
    write("key-undecodable-not-canonical.pem", request(good, spki=public(integer(good.n), b"\x02\x04\x00\x01\x00\x01")))
    write("key-undecodable-trailing.pem", request(good, spki=seq(RSA, bits(seq(integer(good.n), integer(65537)) + NULL))))
    write("key-undecodable-unused-bits.pem", request(good, spki=seq(RSA, bits(seq(integer(good.n), integer(65537))[:-1] + b"\x80", 7))))
    write("key-too-short-zero.pem", request(good, spki=public(integer(0), integer(65537))))
    write("key-parameters-missing.pem", request(good, spki=seq(seq(oid("1.2.840.113549.1.1.1")), bits(seq(integer(good.n), integer(65537))))))
    write("key-parameters-sequence.pem", request(good, spki=seq(seq(oid("1.2.840.113549.1.1.1"), seq()), bits(seq(integer(good.n), integer(65537))))))
    for name, kind in (("rsa-oaep", "1.2.840.113549.1.1.7"), ("dh", "1.2.840.10046.2.1"), ("gost-2012", "1.2.643.7.1.1.1.1"), ("unknown", "1.2.3.4.5"),
                       ("x25519", "1.3.101.110"), ("x448", "1.3.101.111"), ("ed448", "1.3.101.113"), ("ml-dsa-44", "2.16.840.1.101.3.4.3.17"),
                       ("ml-dsa-65", "2.16.840.1.101.3.4.3.18"), ("ml-dsa-87", "2.16.840.1.101.3.4.3.19")):
        write(f"key-algorithm-{name}.pem", request(good, spki=seq(seq(oid(kind)), bits(bytes(32)))))
    signatures(good)


def many_factors():
    product = math.prod(PRIMES[1:126])
    return product * without_small_factors((1 << 2047) // product + (1 << 1000))


def rounds(count):
    """Primes p and q that Fermat's method finds after so many rounds, or a few more: |p - q| near sqrt(8 count sqrt(n))."""
    center = (3 << 1022) + prime(512)
    half = math.isqrt(2 * center * (count - 3))
    return next_prime(center - half), next_prime(center + half)


def exponent_key(exponent, at_top):
    while True:
        key = rsa_of(at_top(1024), at_top(1024), exponent)
        if key.d:
            return key


def weak_ec():
    key = EcKey()
    point = key.point

    def with_point(content, name=P256):
        return request(key, spki=seq(seq(EC, name), bits(content)))

    write("key-point-at-infinity.pem", with_point(b"\x00"))
    write("key-point-not-on-curve-zeros.pem", with_point(b"\x04" + bytes(64)))
    write("key-point-not-on-curve-too-large.pem", with_point(b"\x04" + b"\xff" * 64))
    write("key-point-not-on-curve-short.pem", with_point(point[:-1]))
    write("key-point-not-on-curve-long.pem", with_point(point + b"\x00"))
    write("key-point-not-on-curve-hybrid.pem", with_point(bytes([6 | point[-1] & 1]) + point[1:]))
    write("key-point-not-on-curve-empty.pem", with_point(b""))
    write("key-point-not-on-curve-of-p384.pem", with_point(point, P384))
    write("key-point-compressed-odd.pem", with_point(bytes([2 | point[-1] & 1]) + point[1:33]))
    write("key-undecodable-no-curve.pem", request(key, spki=seq(seq(EC), bits(point))))
    write("key-undecodable-curve-null.pem", request(key, spki=seq(seq(EC, NULL), bits(point))))
    write("key-undecodable-octets.pem", request(key, spki=seq(seq(EC, P256), octets(point))))
    for name, kind in (("p192", "1.2.840.10045.3.1.1"), ("p224", "1.3.132.0.33"), ("brainpool-p256r1", "1.3.36.3.3.2.8.1.1.7"),
                       ("brainpool-p384r1", "1.3.36.3.3.2.8.1.1.11"), ("brainpool-p512r1", "1.3.36.3.3.2.8.1.1.13"), ("sm2", "1.2.156.10197.1.301"),
                       ("unknown", "1.2.3.4.5")):
        write(f"key-curve-{name}.pem", with_point(point, oid(kind)))
    write("key-curve-explicit-generator-changed.pem", request(key, spki=seq(seq(EC, seq(
        integer(1), seq(oid("1.2.840.10045.1.1"), integer(2**256 - 2**224 + 2**192 + 2**96 - 1)), seq(octets(bytes(32)), octets(bytes(32))),
        octets(point), integer(0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551), integer(1))), bits(point))))
    # RFC 6979 §A.2.5.
    published = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    write("key-published-rfc6979-p256.pem", request(EcKey(secret=published)))
    ecdsa_signatures(key)
    p384 = EcKey(ec.SECP384R1(), P384, SHA384_ECDSA, hashes.SHA384())
    write("ok-p384-sha256.pem", seq(m := info(p384.spki), SHA256_ECDSA, bits(p384.key.sign(m, ec.ECDSA(hashes.SHA256())))))
    write("ok-p384-all-names.pem", request(p384, extension_request(MAILBOX, KEY_USAGE)))


# Signatures


def signatures(key):
    message = info(key.spki)
    good = key.sign(message)
    pss = "1.2.840.113549.1.1.10"

    def signed(algorithm, signature=good):
        return seq(message, algorithm, bits(signature))

    write("ok-rsa-signature-parameters-missing.pem", signed(seq(oid("1.2.840.113549.1.1.11"))))
    write("signature-parameters-rsa.pem", signed(seq(oid("1.2.840.113549.1.1.11"), seq())))
    for name, kind in (("md2", 2), ("md4", 3), ("md5-rsa", 4), ("sha1-rsa", 5)):
        write(f"signature-weak-{name}.pem", signed(seq(oid(f"1.2.840.113549.1.1.{kind}"), NULL)))
    write("signature-weak-sha1-old-name.pem", signed(seq(oid("1.3.14.3.2.29"), NULL)))
    write("signature-unsupported-sha224.pem", signed(seq(oid("1.2.840.113549.1.1.14"), NULL)))
    write("signature-unsupported-pss-parameters.pem", signed(seq(oid(pss), seq(tlv(0xA2, integer(0))))))
    write("signature-unsupported-pss-bare.pem", signed(seq(oid(pss))))
    write("signature-unsupported-sha3.pem", signed(seq(oid("2.16.840.1.101.3.4.3.14"), NULL)))
    write("signature-unsupported-ed25519.pem", signed(seq(oid("1.3.101.112"))))
    write("signature-unsupported-unknown.pem", signed(seq(oid("1.2.3.4"))))
    write("signature-mismatch-ecdsa-for-rsa.pem", signed(SHA256_ECDSA))
    write("signature-invalid-other-digest.pem", signed(seq(oid("1.2.840.113549.1.1.12"), NULL)))
    write("signature-invalid-digest-without-null.pem", signed(SHA256_RSA, key.sign(message, bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20")))
    write("signature-invalid-no-digest-name.pem", signed(SHA256_RSA, key.sign(message, b"")))
    write("signature-invalid-zeros.pem", signed(SHA256_RSA, bytes(256)))
    write("signature-invalid-one.pem", signed(SHA256_RSA, bytes(255) + b"\x01"))
    write("signature-invalid-empty.pem", signed(SHA256_RSA, b""))
    write("signature-invalid-long.pem", signed(SHA256_RSA, b"\x00" + good))
    write("signature-invalid-short.pem", signed(SHA256_RSA, good[:-1]))
    write("signature-invalid-plus-modulus.pem", signed(SHA256_RSA, (int.from_bytes(good, "big") + key.n).to_bytes(257, "big")))
    write("signature-invalid-other-message.pem", signed(SHA256_RSA, key.sign(message + b"\x00")))
    write("signature-invalid-other-key.pem", signed(SHA256_RSA, RsaKey().sign(message)))


def ecdsa_signatures(key):
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    message = info(key.spki)
    good = key.sign(message)
    r, s = utils.decode_dss_signature(good)

    def signed(signature, algorithm=SHA256_ECDSA):
        return seq(message, algorithm, bits(signature))

    write("ok-ecdsa-signature-high-s.pem", signed(seq(integer(r), integer(max(s, order - s)))))
    write("ok-ecdsa-signature-low-s.pem", signed(seq(integer(r), integer(min(s, order - s)))))
    write("signature-parameters-ecdsa-null.pem", signed(good, seq(oid("1.2.840.10045.4.3.2"), NULL)))
    write("signature-mismatch-rsa-for-ec.pem", signed(good, SHA256_RSA))
    write("signature-unsupported-ecdsa-sha224.pem", signed(good, seq(oid("1.2.840.10045.4.3.1"))))
    write("signature-invalid-r-zero.pem", signed(seq(integer(0), integer(s))))
    write("signature-invalid-s-zero.pem", signed(seq(integer(r), integer(0))))
    write("signature-invalid-r-order.pem", signed(seq(integer(order), integer(s))))
    write("signature-invalid-s-over-order.pem", signed(seq(integer(r), integer(s + order))))
    write("signature-invalid-r-negative.pem", signed(seq(integer(-r), integer(s))))
    write("signature-invalid-s-long-form.pem", signed(seq(integer(r), b"\x02\x22" + s.to_bytes(34, "big"))))
    write("signature-invalid-raw.pem", signed(r.to_bytes(32, "big") + s.to_bytes(32, "big")))
    write("signature-invalid-trailing.pem", signed(good + b"\x00"))
    write("signature-invalid-third-number.pem", signed(seq(integer(r), integer(s), integer(1))))
    write("signature-invalid-swapped.pem", signed(seq(integer(s), integer(r))))
    write("signature-invalid-ec-empty.pem", signed(b""))
    write("signature-invalid-ec-other-key.pem", signed(EcKey().sign(message)))
    write("signature-invalid-ec-other-digest.pem", signed(good, seq(oid("1.2.840.10045.4.3.4"))))


# Other things


def other_things():
    key = ec.generate_private_key(ec.SECP256R1())
    pkcs8 = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    text = pem(pkcs8, "PRIVATE KEY")
    encrypted = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret"))
    ssh = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    write("private-key-pkcs8.der", pkcs8)
    write("private-key-encrypted.der", encrypted)
    write("private-key-encrypted-alone.txt", base64.b64encode(encrypted))
    write("private-key-openssh-p256.pem", ssh.decode())
    write("private-key-hex.txt", pkcs8.hex())
    write("private-key-escaped-json.txt", json.dumps({"key": text}))
    write("private-key-quoted.txt", "".join(f"> {line}\n" for line in text.splitlines()))
    write("private-key-quoted-printable.txt", text.replace("=", "=3D"))
    write("private-key-one-line.txt", text.replace("\n", " "))
    write("private-key-under-request-label.pem", pem(pkcs8))
    write("private-key-label-any.pem", pem(pkcs8, "ANY PRIVATE KEY"))
    write("private-key-label-dsa.pem", pem(pkcs8, "DSA PRIVATE KEY"))
    write("private-key-json-web-key.txt", json.dumps({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"}, indent=1))
    write("private-key-xml.txt", "<RSAKeyValue><Modulus>AQ==</Modulus><Exponent>AQAB</Exponent><D>AQ==</D></RSAKeyValue>")
    write("private-key-putty.txt", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: anna\n")
    write("private-key-java.jks", b"\xfe\xed\xfe\xed" + bytes.fromhex("0000000200000001"))
    write("private-key-java.jceks", b"\xce\xce\xce\xce" + bytes.fromhex("0000000200000001"))
    write("private-key-pfx-indefinite-length.p12", bytes.fromhex("3080020103308006092a864886f70d010701a080"))
    write("private-key-after-request.txt", pem(request(EcKey())) + "\n" + text)
    write("private-key-html-page.txt", f"<html><pre>{text}</pre></html>")
    write("public-key.der", spki)
    write("public-key-rsa.pem", pem(b"\x30\x00", "RSA PUBLIC KEY"))
    write("public-key-alone.txt", base64.b64encode(spki))
    write("ssh-public-key-rfc4716.txt", "---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3NzaC1yc2EAAAADAQABAAAAgQ==\n---- END SSH2 PUBLIC KEY ----\n")
    write("ssh-public-key-ecdsa.txt", "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY= anna@example.com\n")
    write("open-pgp-message.asc", "-----BEGIN PGP MESSAGE-----\n\nwV4D\n=AAAA\n-----END PGP MESSAGE-----\n")
    write("open-pgp-signed.asc", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nhello\n-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n")


one = request(EcKey(), extension_request(MAILBOX))
dress(one)
damage(one)
structure()
weak_rsa()
weak_ec()
other_things()
