"""Makes the certificates of `certificates/` that no common program makes: each has parts in a form that few programs write.

Usage: python3 generate_certificates.py FOLDER (needs the package `cryptography`). Keys are random and thrown away.
"""

import pathlib
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from der import bits, indefinite, integer, oid, rdn, seq, tlv, utf8

FOLDER = pathlib.Path(sys.argv[1])
KEY = ec.generate_private_key(ec.SECP256R1())
UUID = "2.25.223663413560230117710484359924050447509"


def extension(kind, *value):
    return seq(oid(kind), tlv(0x04, *value))


def mailbox(address="anna@example.com"):
    return tlv(0x81, address.encode())


ECDSA = seq(oid("1.2.840.10045.4.3.2"))
SUBJECT = seq(rdn("2.5.4.10", utf8("Example GmbH")), rdn("2.5.4.3", utf8("Anna Nowak")))
ISSUER = seq(rdn("2.5.4.10", utf8("Example GmbH")), rdn("2.5.4.3", utf8("Example Mail CA")))
NAMES = extension("2.5.29.17", seq(mailbox()))
SPKI = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def utc(text):
    return tlv(0x17, text.encode())


def generalized(text):
    return tlv(0x18, text.encode())


VALIDITY = (utc("260101000000Z"), utc("281231235959Z"))


def certificate(*extensions, version=integer(2), serial=integer(1), algorithm=ECDSA, issuer=ISSUER, validity=VALIDITY, subject=SUBJECT, spki=SPKI, behind=b""):
    extensions = tlv(0xA3, seq(*extensions)) if extensions else b""
    tbs = seq(tlv(0xA0, version), serial, algorithm, issuer, seq(*validity), subject, spki, behind, extensions)
    return seq(tbs, algorithm, bits(KEY.sign(tbs, ec.ECDSA(hashes.SHA256()))))


def rsa(modulus, exponent=integer(65537)):
    return seq(seq(oid("1.2.840.113549.1.1.1"), b"\x05\x00"), bits(seq(modulus, exponent)))


def other_name(kind, value):
    return tlv(0xA0, oid(kind), tlv(0xA0, value))


def write(name, content):
    (FOLDER / name).write_bytes(content)


def object_identifiers():
    write("oid-uuid-everywhere.der", certificate(
        extension("2.5.29.37", seq(oid(UUID), oid("1.3.6.1.5.5.7.3.4"))),
        extension("2.5.29.32", seq(seq(oid(UUID)), seq(oid("2.23.140.1.5.2.3"), seq(seq(oid(UUID), b"\x05\x00"))))),
        extension("1.3.6.1.5.5.7.1.1", seq(seq(oid(UUID), tlv(0x86, b"http://a.example.com")))),
        extension("2.5.29.17", seq(tlv(0x88, oid(UUID)[2:]), other_name(UUID, utf8("x")), mailbox())),
        extension(UUID, b"\x05\x00"),
        algorithm=seq(oid(UUID)), spki=seq(seq(oid(UUID)), bits(b"\x01")),
        subject=seq(rdn(UUID, utf8("x")), rdn("2.5.4.3", utf8("Anna Nowak")))))
    long = tlv(0x06, b"\x2a", b"\xff" * 200, b"\x01")
    write("oid-of-202-bytes.der", certificate(NAMES, subject=seq(tlv(0x31, seq(long, utf8("x"))), rdn("2.999.1", utf8("y")))))


def parts():
    broken = b"\x05\x05\x00"
    write("part-unread-in-each-extension.der", certificate(
        extension("2.5.29.17", seq(mailbox(), b"\x05\x00", tlv(0xA4, b"\x05\x00"), tlv(0x82, b"example.com"))),
        extension("2.5.29.37", seq(oid("1.3.6.1.5.5.7.3.4"), utf8("mail"))),
        extension("2.5.29.32", seq(utf8("policy"), seq(oid("2.5.29.32.0"), seq(utf8("qualifier"))))),
        extension("2.5.29.31", seq(seq(tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://crl.example.com/1.crl"), b"\x05\x00"))), utf8("point"))),
        extension("1.3.6.1.5.5.7.1.1", seq(seq(oid("1.3.6.1.5.5.7.48.1"), tlv(0x86, b"http://ocsp.example.com")), utf8("access"))),
        extension("2.5.29.35", seq(tlv(0x80, b"\x01\x02"), utf8("key"))),
        extension("2.5.29.19", seq(b"\x01\x01\xff", utf8("path"))),
        seq(oid("2.5.29.15")),
        extension("2.5.29.14", tlv(0x04, b"\xab\xcd"))))
    write("part-unread-version-validity-key.der", certificate(
        NAMES, version=utf8("three"), serial=utf8("one"), validity=(utf8("today"),), spki=seq(utf8("key")),
        behind=tlv(0x81, b"\x00\x12") + utf8("behind")))
    write("part-cut-off-in-names.der", certificate(
        extension("2.5.29.17", seq(mailbox(), broken)), issuer=seq(rdn("2.5.4.3", utf8("Example Mail CA")), broken),
        subject=seq(tlv(0x31, seq(oid("2.5.4.3"), utf8("Anna Nowak")), seq(oid("2.5.4.10"))))))
    write("part-issuer-no-name.der", certificate(NAMES, issuer=utf8("Example Mail CA")))


def dates():
    for name, validity in {
        "utc-no-seconds-offset": (utc("2601010100+0100"), utc("2812312359-0030")),
        "before-1970": (utc("500101000000Z"), utc("691231235959Z")),
        "year-1900-to-9999": (generalized("19000101000000Z"), generalized("99991231235959Z")),
        "generalized-forms": (generalized("202601010530,5+0530"), generalized("2028123123.5Z")),
    }.items():
        write(f"date-{name}.der", certificate(NAMES, validity=validity))


def bundles():
    one, other = certificate(NAMES, serial=integer(1)), certificate(NAMES, serial=integer(2))
    signed_data = oid("1.2.840.113549.1.7.2")
    content = indefinite(0x24, tlv(0x04, b"Hello "), indefinite(0x24, tlv(0x04, b"World")))
    inside = indefinite(
        0x30, integer(1), tlv(0x31), indefinite(0x30, oid("1.2.840.113549.1.7.1"), indefinite(0xA0, content)),
        indefinite(0xA0, one, tlv(b"\xbf\x81\x23", b"\x05\x00"), other), tlv(0x31))
    write("bundle-ber-pieces.p7b", indefinite(0x30, signed_data, indefinite(0xA0, inside)) + b"\r\n\x1a")
    pieces = b"\x23\x80" + tlv(0x03, b"\0", one[-20:-10]) + tlv(0x03, b"\0", one[-10:]) + b"\0\0"
    tbs = certificate(NAMES)
    tbs = tbs[4:][:4 + int.from_bytes(tbs[6:8], "big")]
    in_ber = indefinite(0x30, tbs, ECDSA, pieces)
    signed = seq(integer(1), tlv(0x31), seq(oid("1.2.840.113549.1.7.1")), indefinite(0xA0, in_ber, one), tlv(0x31))
    write("bundle-ber-certificate.p7b", indefinite(0x30, signed_data, tlv(0xA0, signed)))
    write("many-201.der", b"".join(certificate(NAMES, serial=integer(number)) for number in range(201)))


def names():
    general = lambda text: tlv(0x1B, text.encode())
    principal = seq(tlv(0xA0, general("EXAMPLE.COM")), tlv(0xA1, seq(tlv(0xA0, integer(1)), tlv(0xA1, seq(general("anna"))))))
    write("name-of-each-kind.der", certificate(extension("2.5.29.17", seq(
        other_name("1.3.6.1.5.5.7.8.9", utf8("\u017caneta@example.com")), other_name("1.3.6.1.4.1.311.20.2.3", utf8("anna@example.com")),
        other_name("1.3.6.1.5.2.2", principal), other_name("1.3.6.1.5.5.7.8.5", utf8("anna@im.example.com")),
        other_name("1.3.6.1.5.5.7.8.7", tlv(0x16, b"_mail.example.com")), other_name("1.2.3.4", b"\x05\x00"),
        tlv(0xA3, seq(seq(tlv(0x61, tlv(0x13, b"PL")), tlv(0x83, b"Example"), tlv(0xA5, tlv(0x80, b"Nowak"), tlv(0x81, b"Anna"))))),
        tlv(0xA5, tlv(0xA1, utf8("Example"))), tlv(0x88, b"\x2a\x03")))))


def keys():
    for name, spki in {
        "negative-2048": rsa(tlv(0x02, b"\xc3" * 255 + b"\x01")),
        "modulus-zero": rsa(integer(0)),
        "modulus-even": rsa(integer((0xC3 << 2040) + 2)),
        "modulus-16400-bits": rsa(integer((1 << 16399) + 1)),
        "exponent-1": rsa(integer((0xC3 << 2040) + 1), integer(1)),
    }.items():
        write(f"key-rsa-{name}.der", certificate(NAMES, spki=spki))


object_identifiers()
parts()
dates()
bundles()
names()
keys()
