"""Asks OpenSSL and the `cryptography` package about certification requests.

Reads from standard input, again and again: the length as four bytes, big-endian, then so many bytes of PEM or DER. Writes one line
for each: `accepts` or `refuses` of OpenSSL (as `openssl req -verify` does: it parses, and the signature fits), then of the package.
"""

import ctypes
import ctypes.util
import sys
import warnings

from cryptography import x509

warnings.simplefilter("ignore")

crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
for name in ("BIO_new_mem_buf", "PEM_read_bio_X509_REQ", "d2i_X509_REQ", "X509_REQ_get0_pubkey"):
    getattr(crypto, name).restype = ctypes.c_void_p
crypto.PEM_read_bio_X509_REQ.argtypes = [ctypes.c_void_p] * 4
crypto.X509_REQ_get0_pubkey.argtypes = [ctypes.c_void_p]
crypto.X509_REQ_verify.argtypes = [ctypes.c_void_p] * 2
crypto.X509_REQ_free.argtypes = [ctypes.c_void_p]
crypto.BIO_free.argtypes = [ctypes.c_void_p]


def is_pem(data):
    return b"-----BEGIN" in data


def openssl_accepts(data):
    if is_pem(data):
        bio = crypto.BIO_new_mem_buf(data, len(data))
        request = crypto.PEM_read_bio_X509_REQ(bio, None, None, None)
        crypto.BIO_free(bio)
    else:
        start = ctypes.c_char_p(data)
        request = crypto.d2i_X509_REQ(None, ctypes.byref(start), ctypes.c_long(len(data)))
    if not request:
        crypto.ERR_clear_error()
        return False
    key = crypto.X509_REQ_get0_pubkey(request)
    accepted = bool(key) and crypto.X509_REQ_verify(request, key) == 1
    crypto.X509_REQ_free(request)
    crypto.ERR_clear_error()
    return accepted


def package_accepts(data):
    try:
        load = x509.load_pem_x509_csr if is_pem(data) else x509.load_der_x509_csr
        request = load(data)
        # What is read only when it is asked for.
        request.subject, request.extensions, list(request.attributes)
        return request.is_signature_valid
    except Exception:  # whatever it says, it refuses
        return False


source = sys.stdin.buffer
while header := source.read(4):
    data = source.read(int.from_bytes(header, "big"))
    answers = (openssl_accepts(data), package_accepts(data))
    print(*("accepts" if answer else "refuses" for answer in answers))
