"""Makes the PFX files of pfx/ that no common program makes, or that a program makes of certificates that are made here.

Usage: python3 generate_pfx.py FOLDER (needs the package `cryptography`, OpenSSL 3 and Java 17). Keys are random and kept nowhere
else, so each run gives other files with the same contents. What programs make themselves is described in pfx/README.md.
"""

import datetime
import hashlib
import hmac
import os
import pathlib
import pty
import subprocess
import sys
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding as block_padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509.oid import NameOID

from der import NULL, indefinite, integer, octets, oid, seq, tlv

FOLDER = pathlib.Path(sys.argv[1])
PASSWORD = "correct horse 1"
OTHER_PASSWORD = "mac password 1"
KEY_PASSWORD = "key password 1"
# The tests open the files at this moment, or at none.
NOW = datetime.datetime(2026, 12, 1)


# DER


def explicit(number, *contents):
    return tlv(0xA0 | number, *contents)


DATA = "1.2.840.113549.1.7.1"
ENCRYPTED_DATA = "1.2.840.113549.1.7.6"
PBES2 = "1.2.840.113549.1.5.13"
PBKDF2 = "1.2.840.113549.1.5.12"
HMAC_SHA256 = "1.2.840.113549.2.9"
AES_256_CBC = "2.16.840.1.101.3.4.1.42"
SHA256 = "2.16.840.1.101.3.4.2.1"
PBMAC1 = "1.2.840.113549.1.5.14"
BAGS = "1.2.840.113549.1.12.10.1."
FRIENDLY_NAME = "1.2.840.113549.1.9.20"
LOCAL_KEY_ID = "1.2.840.113549.1.9.21"
# A UUID as an identifier, ITU-T X.667 §7.
UUID = "2.25.223663413560230117710484359924050447509"


# PFX, RFC 7292


def pbes2(plaintext, password, iterations=2048, key_bytes=None, prf=HMAC_SHA256):
    salt, iv = os.urandom(8), os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations, 32)
    padder = block_padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    ciphertext = encryptor.update(padder.update(plaintext) + padder.finalize()) + encryptor.finalize()
    length = b"" if key_bytes is None else integer(key_bytes)
    kdf = seq(oid(PBKDF2), seq(octets(salt), integer(iterations), length, seq(oid(prf), NULL)))
    return seq(oid(PBES2), seq(kdf, seq(oid(AES_256_CBC), octets(iv)))), ciphertext


def bag(number, value, attributes=()):
    return seq(oid(BAGS + str(number)), explicit(0, value), tlv(0x31, *attributes) if attributes else b"")


def attribute(kind, value):
    return seq(oid(kind), tlv(0x31, value))


def local_key_id(number):
    return attribute(LOCAL_KEY_ID, octets(bytes([number]) * 20))


def named(name, tag=0x1E):
    return attribute(FRIENDLY_NAME, tlv(tag, name.encode("utf-16-be") if tag == 0x1E else name))


def pkcs8(key):
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def key_bag(key, attributes=(), password=PASSWORD, **options):
    algorithm, ciphertext = pbes2(key if isinstance(key, bytes) else pkcs8(key), password, **options)
    return bag(2, seq(algorithm, octets(ciphertext)), attributes)


def certificate_bag(certificate, attributes=(), kind="1.2.840.113549.1.9.22.1"):
    der = certificate.public_bytes(serialization.Encoding.DER)
    return bag(3, seq(oid(kind), explicit(0, octets(der))), attributes)


def plain(*bags):
    return seq(oid(DATA), explicit(0, octets(seq(*bags))))


def encrypted(*bags, password=PASSWORD):
    algorithm, ciphertext = pbes2(seq(*bags), password)
    info = seq(oid(DATA), algorithm, tlv(0x80, ciphertext))
    return seq(oid(ENCRYPTED_DATA), explicit(0, seq(integer(0), info)))


def pkcs12_mac_key(password, salt, iterations):
    """RFC 7292 §B.2, for one round of SHA-256."""
    bmp = password.encode("utf-16-be") + b"\0\0"
    fill = lambda part: (part * 64)[: -(-len(part) // 64) * 64]
    digest = hashlib.sha256(b"\x03" * 64 + fill(salt) + fill(bmp)).digest()
    for _ in range(iterations - 1):
        digest = hashlib.sha256(digest).digest()
    return digest


def pfx(*safes, password=PASSWORD, mac=True):
    content = seq(*safes)
    check = b""
    if mac:
        salt = os.urandom(8)
        value = hmac.digest(pkcs12_mac_key(password, salt, 2048), content, "sha256")
        check = seq(seq(seq(oid(SHA256), NULL), octets(value)), octets(salt), integer(2048))
    return seq(integer(3), seq(oid(DATA), explicit(0, octets(content))), check)


# Certificates


def name(common_name):
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example"), x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    )


def certify(
    subject, key, issuer=None, issuer_key=None, issuer_certificate=None, days=(-30, 700), identifiers="keyid", ca=False, **sign
):
    issuer_key = issuer_key or key
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer or subject))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + datetime.timedelta(days=days[0]))
        .not_valid_after(NOW + datetime.timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        names = x509.SubjectAlternativeName([x509.RFC822Name("anna@example.com")])
        builder = builder.add_extension(names, critical=False)
    if identifiers == "keyid":
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        builder = builder.add_extension(above, critical=False)
    elif identifiers == "serial" and issuer_certificate is not None:
        above = x509.AuthorityKeyIdentifier(
            None, [x509.DirectoryName(issuer_certificate.issuer)], issuer_certificate.serial_number
        )
        builder = builder.add_extension(above, critical=False)
    return builder.sign(issuer_key, sign.pop("hash", hashes.SHA256()), **sign)


def p256():
    return ec.generate_private_key(ec.SECP256R1())


def rsa_key(bits=2048):
    return rsa.generate_private_key(65537, bits)


def pem(*things):
    parts = []
    for thing in things:
        if isinstance(thing, x509.Certificate):
            parts.append(thing.public_bytes(serialization.Encoding.PEM))
        else:
            parts.append(
                thing.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
    return b"".join(parts)


def write(file, content):
    (FOLDER / file).write_bytes(content)
    print(file, len(content))


def openssl_export(file, key, leaf, others, *options, answers=(f"pass:{PASSWORD}",)):
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/{part}.pem" for part in ("key", "leaf", "others")]
        for path, content in zip(paths, (pem(key), pem(leaf), pem(*others))):
            pathlib.Path(path).write_bytes(content)
        command = ["openssl", "pkcs12", "-export", "-inkey", paths[0], "-in", paths[1], "-name", "anna"]
        command += ["-certfile", paths[2]] if others else []
        command += ["-out", str(FOLDER / file), *options]
        if answers:
            subprocess.run([*command, "-passout", *answers], check=True)
        else:
            subprocess.run(command, check=True)
    print(file)


def openssl_two_passwords(file, key, leaf, others):
    """`-twopass` asks in a terminal only: for the MAC first, each twice."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/{part}.pem" for part in ("key", "leaf", "others")]
        for path, content in zip(paths, (pem(key), pem(leaf), pem(*others))):
            pathlib.Path(path).write_bytes(content)
        command = ["openssl", "pkcs12", "-export", "-twopass", "-inkey", paths[0], "-in", paths[1], "-certfile", paths[2]]
        command += ["-name", "anna", "-out", str(FOLDER / file)]
        child, terminal = pty.fork()
        if child == 0:
            os.execvp(command[0], command)
        seen = b""
        answers = {b"MAC Password:": OTHER_PASSWORD, b"Export Password:": PASSWORD}
        while True:
            try:
                seen += os.read(terminal, 1024)
            except OSError:
                break
            for prompt, answer in answers.items():
                if seen.endswith(prompt):
                    os.write(terminal, answer.encode() + b"\n")
                    seen = b""
        _, status = os.waitpid(child, 0)
        assert status == 0, seen
    print(file)


# F01: a CA with two certificates of one name


def rekeyed(make_key, sign=None, identifiers="keyid"):
    """The leaf, and in the file's order: the CA that did not sign, the one that did, the root."""
    sign = sign or {}
    root_key, old_key, new_key, key = make_key(), make_key(), make_key(), make_key()
    root = certify("Root", root_key, days=(-900, 3000), ca=True, identifiers=identifiers, **sign)
    above = dict(issuer="Root", issuer_key=root_key, issuer_certificate=root, ca=True, identifiers=identifiers, **sign)
    old = certify("Mail CA", old_key, days=(-800, 400), **above)
    new = certify("Mail CA", new_key, days=(-100, 1500), **above)
    leaf = certify(
        "Anna", key, issuer="Mail CA", issuer_key=new_key, issuer_certificate=new, identifiers=identifiers, **sign
    )
    return key, leaf, [old, new, root]


key, leaf, others = rekeyed(rsa_key, identifiers="none")
openssl_export("rekeyed-ca-no-identifiers-openssl.p12", key, leaf, others)

pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
key, leaf, others = rekeyed(rsa_key, sign={"rsa_padding": pss})
openssl_export("rekeyed-ca-rsa-pss-openssl.p12", key, leaf, others)

key, leaf, others = rekeyed(p256, sign={"hash": hashes.SHA224()}, identifiers="serial")
bags = [certificate_bag(certificate) for certificate in [*others, leaf]]
write("rekeyed-ca-issuer-and-serial.p12", pfx(encrypted(*bags), plain(key_bag(key))))

# A root that certified its new key with its old one, under the same name: that is no end of a chain.
old_key, new_key, key = p256(), p256(), p256()
old = certify("Root", old_key, days=(-3000, 400), ca=True)
new_with_old = certify("Root", new_key, issuer_key=old_key, days=(-100, 400), ca=True)
leaf = certify("Anna", key, issuer="Root", issuer_key=new_key)
bags = [certificate_bag(certificate) for certificate in [old, new_with_old, leaf]]
write("rekeyed-root-new-with-old.p12", pfx(encrypted(*bags), plain(key_bag(key))))

# F02: a key with several certificates

ca_key, key = p256(), p256()
ca = certify("Mail CA", ca_key, ca=True, days=(-900, 3000))
under_ca = dict(issuer="Mail CA", issuer_key=ca_key)
old = certify("Anna 2024", key, days=(-800, -70), **under_ca)
new = certify("Anna 2026", key, days=(-70, 660), **under_ca)
planned = certify("Anna 2028", key, days=(600, 1300), **under_ca)
openssl_export("renewed-openssl.p12", key, new, [old, ca])
bags = [certificate_bag(certificate) for certificate in [old, new, planned, ca]]
write("renewed-no-local-key-id.p12", pfx(encrypted(*bags), plain(key_bag(key))))
bags = [
    certificate_bag(old, [local_key_id(1)]),
    certificate_bag(new, [local_key_id(2)]),
    certificate_bag(ca),
]
write("renewed-names-the-old-one.p12", pfx(encrypted(*bags), plain(key_bag(key, [local_key_id(1)]))))
write("renewed-same-certificate-twice.p12", pfx(plain(*[certificate_bag(new)] * 2), plain(key_bag(key))))

# F03: several passwords

openssl_two_passwords("two-passwords-openssl-twopass.p12", key, new, [ca])
second_key = p256()
second = certify("Bert", second_key, **under_ca)
both = plain(certificate_bag(new), certificate_bag(second), certificate_bag(ca))
keys = plain(key_bag(key, [named("first")]), key_bag(second_key, [named("second")], password=KEY_PASSWORD))
write("two-keys-two-passwords.p12", pfx(both, keys))
certificates = encrypted(certificate_bag(new), certificate_bag(ca), password=OTHER_PASSWORD)
write("two-passwords-without-mac.p12", pfx(certificates, plain(key_bag(key)), mac=False))
write("three-passwords.p12", pfx(certificates, plain(key_bag(key, password=KEY_PASSWORD))))

JAVA = """
import java.io.*; import java.security.*; import java.security.cert.*; import java.security.spec.*; import java.nio.file.*;
public class Store {
    public static void main(String[] arguments) throws Exception {
        KeyFactory factory = KeyFactory.getInstance("EC");
        PrivateKey key = factory.generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(arguments[0]))));
        CertificateFactory certificates = CertificateFactory.getInstance("X.509");
        java.security.cert.Certificate leaf = certificates.generateCertificate(new FileInputStream(arguments[1]));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("anna", key, arguments[3].toCharArray(), new java.security.cert.Certificate[] { leaf });
        try (OutputStream out = new FileOutputStream(arguments[2])) { store.store(out, arguments[4].toCharArray()); }
    }
}
"""
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder)
    (path / "Store.java").write_text(JAVA)
    (path / "key.der").write_bytes(pkcs8(key))
    (path / "leaf.der").write_bytes(new.public_bytes(serialization.Encoding.DER))
    file = FOLDER / "key-with-its-own-password-java.p12"
    arguments = [path / "key.der", path / "leaf.der", file, KEY_PASSWORD, PASSWORD]
    subprocess.run(["java", path / "Store.java", *arguments], check=True)

# F07: encryption and integrity checks that are not read

for file, options in {
    "openssl-aria.p12": ["-keypbe", "ARIA-256-CBC", "-certpbe", "AES-256-CBC"],
    "openssl-pbes1-sha-1-des.p12": ["-legacy", "-keypbe", "PBE-SHA1-DES", "-certpbe", "PBE-SHA1-DES"],
    "openssl-mac-ripemd-160.p12": ["-provider", "default", "-provider", "legacy", "-macalg", "RIPEMD160"],
}.items():
    openssl_export(file, key, new, [ca], *options)
write("key-length-of-two-bytes.p12", pfx(plain(certificate_bag(new)), plain(key_bag(key, key_bytes=2))))
content = seq(plain(certificate_bag(new)), plain(key_bag(key)))
kdf = seq(oid(PBKDF2), seq(octets(b"12345678"), integer(2048), integer(0x7FFF_FFFF), seq(oid(HMAC_SHA256), NULL)))
algorithm = seq(oid(PBMAC1), seq(kdf, seq(oid(HMAC_SHA256), NULL)))
check = seq(seq(algorithm, octets(bytes(32))), octets(b"NOT USED"), integer(1))
write("pbmac1-key-length-of-2-gib.p12", seq(integer(3), seq(oid(DATA), explicit(0, octets(content))), check))

# F09: refused keys beside others

brainpool_key = ec.generate_private_key(ec.BrainpoolP256R1())
brainpool = certify("Brainpool", brainpool_key, **under_ca)
keys = plain(key_bag(brainpool_key, [named("refused")]), key_bag(key, [named("read")]))
write("brainpool-beside-p-256.p12", pfx(encrypted(certificate_bag(brainpool), certificate_bag(new)), keys))
weak_key = rsa_key(1024)
openssl_export("openssl-rsa-1024.p12", weak_key, certify("Weak", weak_key, **under_ca), [ca])

# F21: identifiers with a number of more than 32 bits

unknown = seq(oid(UUID), tlv(0x31, NULL))
write("uuid-attribute.p12", pfx(plain(certificate_bag(new, [unknown, named("anna")]), key_bag(key, [unknown]))))
write(
    "uuid-certificate-type.p12",
    pfx(plain(certificate_bag(new, kind=UUID), certificate_bag(new), key_bag(key))),
)
write("uuid-safe.p12", pfx(seq(oid(UUID), explicit(0, NULL)), plain(certificate_bag(new), key_bag(key))))

# F30: safe contents in safe contents

inner = bag(6, seq(bag(6, seq(certificate_bag(new))), key_bag(key)))
write("nested-twice.p12", pfx(plain(inner)))
write("nested-in-encrypted-safe.p12", pfx(encrypted(bag(6, seq(certificate_bag(new), key_bag(key))))))
ber_bag = indefinite(0x30, oid(BAGS + "6"), indefinite(0xA0, indefinite(0x30, certificate_bag(new), key_bag(key))))
write("nested-ber.p12", pfx(seq(oid(DATA), explicit(0, octets(indefinite(0x30, ber_bag))))))

# F31: names in other strings

for file, name_attribute in {
    "name-printable-string.p12": named(b"anna example", 0x13),
    "name-ia5-string.p12": named(b"anna@example.com", 0x16),
    "name-teletex-string.p12": named("Größe".encode("latin-1"), 0x14),
    "name-octet-string.p12": named(b"\x01\x02\x03\x04", 0x04),
    "name-ends-with-zero.p12": attribute(FRIENDLY_NAME, tlv(0x1E, "anna\0".encode("utf-16-be"))),
}.items():
    write(file, pfx(plain(certificate_bag(new, [name_attribute]), key_bag(key, [name_attribute]))))
