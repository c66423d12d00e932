"""DER (X.690) for the scripts that make vectors: each function gives the bytes of one element."""

NULL = b"\x05\x00"


def tlv(tag, *contents):
    """An element with this identifier octet, or these where the tag's number is above 30."""
    content = b"".join(contents)
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    length = bytes([size]) if size < 0x80 else bytes([0x80 | len(octets)]) + octets
    return (tag if isinstance(tag, bytes) else bytes([tag])) + length + content


def indefinite(tag, *contents):
    """An element of BER whose length is left open (X.690 §8.1.3.6)."""
    return bytes([tag, 0x80]) + b"".join(contents) + b"\0\0"


def seq(*contents):
    return tlv(0x30, *contents)


def integer(value):
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    octets = b""
    for arc in [40 * first + second, *rest]:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        octets += bytes(reversed(groups))
    return tlv(0x06, octets)


def bits(content, unused=0):
    return tlv(0x03, bytes([unused]), content)


def octets(content):
    return tlv(0x04, content)


def utf8(text):
    return tlv(0x0C, text.encode())


def rdn(kind, value):
    """A part of a name with one attribute."""
    return tlv(0x31, seq(oid(kind), value))
