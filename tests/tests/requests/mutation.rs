//! Mutations of the requests among the vectors: of their text, of their bytes, of their structure; a part is signed again, so that
//! what the signature would hide comes to light. The same ones in every run.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use p256::{
    ecdsa::{Signature, SigningKey, signature::Signer},
    pkcs8::EncodePublicKey,
};

/// A changed request.
pub(crate) struct Mutation {
    /// What was changed.
    pub(crate) how: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// Gives one mutation after the other.
pub(crate) struct Mutator {
    random: Random,
    texts: Vec<Vec<u8>>,
    ders: Vec<Vec<u8>>,
    key: SigningKey,
    spki: Vec<u8>,
}

/// `SplitMix64`: the same numbers everywhere, and good enough to choose a place.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the limit; zero when the limit is zero.
    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        usize::try_from(self.next().checked_rem(limit).unwrap_or_default()).unwrap_or_default()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[7]
    }

    fn choose<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

impl Mutator {
    /// Reads the correct requests among the vectors.
    pub(crate) fn new() -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/requests");
        let mut files: Vec<_> =
            fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        files.sort();
        let (mut texts, mut ders) = (Vec::new(), Vec::new());
        for file in files {
            let is_correct = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ok-"));
            if !is_correct {
                continue;
            }
            let bytes = fs::read(&file)?;
            if let Ok(request) = pki::request::examine(&bytes) {
                ders.push(request.to_der().to_vec());
            }
            if bytes.starts_with(b"-----BEGIN ") {
                texts.push(bytes);
            }
        }
        ensure!(texts.len() > 20 && ders.len() > 20, "the vectors are missing");
        let key = SigningKey::from_slice(&[7; 32]).context("a number is no key")?;
        let spki = key.verifying_key().to_public_key_der().context("a key has no encoding")?.into_vec();
        Ok(Self { random: Random(0x5167_6e65_7400_0003), texts, ders, key, spki })
    }

    pub(crate) fn next(&mut self) -> Mutation {
        let (how, bytes) = match self.random.below(10) {
            0..3 => ("text", self.text()),
            3..5 => ("bytes", self.bytes()),
            5..7 => ("structure", self.structure()),
            _ => ("structure, signed again", self.signed_again()),
        };
        Mutation { how, bytes }
    }

    /// One to three edits of characters and lines.
    fn text(&mut self) -> Vec<u8> {
        let mut text = self.random.choose(&self.texts).cloned().unwrap_or_default();
        for _ in 0..=self.random.below(3) {
            self.edit_text(&mut text);
        }
        text
    }

    fn edit_text(&mut self, text: &mut Vec<u8>) {
        const INSERTIONS: [&[u8]; 12] = [
            b" ",
            b"\n",
            b"\r\n",
            b"=",
            b"-",
            b"A",
            b"> ",
            b"\t",
            b"\xc2\xa0",
            b"*",
            b"\xef\xbb\xbf",
            b"\\n",
        ];
        let place = self.random.below(text.len());
        match self.random.below(8) {
            0 => drop(text.drain(place..text.len().min(place + 1))),
            1 | 2 => {
                let insertion = self.random.choose(&INSERTIONS).copied().unwrap_or_default();
                drop(text.splice(place..place, insertion.iter().copied()));
            }
            3 => {
                if let Some(byte) = text.get_mut(place) {
                    *byte = b'!' + self.random.byte() % 94;
                }
            }
            4 => text.truncate(place),
            _ => self.edit_lines(text),
        }
    }

    fn edit_lines(&mut self, text: &mut Vec<u8>) {
        let mut lines: Vec<Vec<u8>> =
            text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let (one, other) = (self.random.below(lines.len()), self.random.below(lines.len()));
        match self.random.below(4) {
            _ if lines.is_empty() => {}
            0 => lines.swap(one, other),
            1 => drop(lines.remove(one)),
            2 => lines.insert(one, lines.get(other).cloned().unwrap_or_default()),
            _ => lines.insert(one, b"a line of words\n".to_vec()),
        }
        *text = lines.concat();
    }

    /// One to three edits of bytes.
    fn bytes(&mut self) -> Vec<u8> {
        let mut der = self.random.choose(&self.ders).cloned().unwrap_or_default();
        for _ in 0..=self.random.below(3) {
            let place = self.random.below(der.len());
            match self.random.below(5) {
                0 => drop(der.drain(place..der.len().min(place + 1 + self.random.below(4)))),
                1 => der.insert(place, self.random.byte()),
                2 => der.truncate(place.max(1)),
                3 => der.push(self.random.byte()),
                _ => {
                    if let Some(byte) = der.get_mut(place) {
                        *byte ^= 1 << (self.random.byte() % 8);
                    }
                }
            }
        }
        der
    }

    /// An edit of elements; the lengths around them fit again. Half of them as PEM.
    fn structure(&mut self) -> Vec<u8> {
        let der = self.random.choose(&self.ders).cloned().unwrap_or_default();
        let mut element = Element::read(&der);
        self.edit_element(&mut element);
        let der = element.to_der();
        if self.random.below(2) == 0 { der } else { pem(&der) }
    }

    /// As [`Self::structure`], in what is signed, with a key of ours and its signature.
    fn signed_again(&mut self) -> Vec<u8> {
        let der = self.random.choose(&self.ders).cloned().unwrap_or_default();
        let Some(mut info) = Element::read(&der).elements.into_iter().next() else { return der };
        if let Some(spki) = info.elements.get_mut(2) {
            *spki = Element::read(&self.spki);
        }
        if self.random.below(4) > 0 {
            self.edit_element(&mut info);
        }
        self.sign(&info.to_der())
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.key.sign(message);
        let mut bits = vec![0];
        bits.extend(signature.to_der().as_bytes());
        let ecdsa_with_sha256 = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
        framed(0x30, &[message, ecdsa_with_sha256.as_slice(), &framed(0x03, &bits)].concat())
    }

    /// Its subject in a request that is correct otherwise, and the request with an empty subject: what is refused with the
    /// one and accepted with the other is refused for its subject. Both have a key of ours and its signature.
    pub(crate) fn isolate_subject(&self, der: &[u8]) -> [Vec<u8>; 2] {
        let (_, request, _) = split(der);
        let (_, info, _) = split(request);
        let (_, _, after_version) = split(info);
        let (_, _, after_subject) = split(after_version);
        let (_, _, attributes) = split(after_subject);
        let version = &info[..info.len() - after_version.len()];
        let subject = &after_version[..after_version.len() - after_subject.len()];
        [[version, subject, &self.spki, b"\xa0\x00"], [version, b"\x30\x00", &self.spki, attributes]]
            .map(|parts| self.sign(&framed(0x30, &parts.concat())))
    }

    /// Walks down to an element and changes it or those beside it.
    fn edit_element(&mut self, element: &mut Element) {
        let count = element.elements.len();
        if count > 0 && self.random.below(5) > 0 {
            let place = self.random.below(count);
            return self.edit_element(&mut element.elements[place]);
        }
        let (one, other) = (self.random.below(count), self.random.below(count));
        match self.random.below(9) {
            0 if count > 0 => drop(element.elements.remove(one)),
            1 if count > 0 => element.elements.insert(one, element.elements[other].clone()),
            2 if count > 0 => element.elements.swap(one, other),
            3 => element.tag ^= 1 << (self.random.byte() % 8),
            4 => element.length = Length::Long,
            5 => element.length = Length::Indefinite,
            6 => element.elements.push(Element::read(b"\x05\x00")),
            7 => element.value.insert(0, self.random.byte()),
            _ => match element.value.last_mut() {
                Some(last) => *last ^= 1 << (self.random.byte() % 8),
                None => element.value.push(self.random.byte()),
            },
        }
    }
}

fn pem(der: &[u8]) -> Vec<u8> {
    let mut text = b"-----BEGIN CERTIFICATE REQUEST-----\n".to_vec();
    for line in STANDARD.encode(der).as_bytes().chunks(64) {
        text.extend(line);
        text.push(b'\n');
    }
    text.extend(b"-----END CERTIFICATE REQUEST-----\n");
    text
}

/// How the length of an element is written.
#[derive(Clone, Copy)]
enum Length {
    Right,
    Long,
    Indefinite,
}

/// An element of DER: a value, or other elements.
#[derive(Clone)]
struct Element {
    tag: u8,
    length: Length,
    value: Vec<u8>,
    elements: Vec<Self>,
}

impl Element {
    /// Reads one element of correct DER.
    fn read(der: &[u8]) -> Self {
        let (tag, value, _) = split(der);
        let mut element = Self { tag, length: Length::Right, value: Vec::new(), elements: Vec::new() };
        let mut rest = value;
        if tag & 0x20 == 0 {
            element.value = value.to_vec();
            rest = &[];
        }
        while !rest.is_empty() {
            let after = split(rest).2;
            element.elements.push(Self::read(&rest[..rest.len() - after.len()]));
            rest = after;
        }
        element
    }

    fn to_der(&self) -> Vec<u8> {
        let mut content = self.value.clone();
        content.extend(self.elements.iter().flat_map(Self::to_der));
        match self.length {
            Length::Right => framed(self.tag, &content),
            Length::Long => {
                let length = u16::try_from(content.len()).unwrap_or_default().to_be_bytes();
                [&[self.tag, 0x83, 0], length.as_slice(), &content].concat()
            }
            Length::Indefinite => [&[self.tag, 0x80], content.as_slice(), &[0, 0]].concat(),
        }
    }
}

/// Tag, value, and what follows; tags of one byte and lengths of up to two only, as the vectors that are walked have them.
fn split(der: &[u8]) -> (u8, &[u8], &[u8]) {
    let (header, length) = match der {
        [_, 0x81, length, ..] => (3, usize::from(*length)),
        [_, 0x82, high, low, ..] => (4, usize::from(*high) << 8 | usize::from(*low)),
        [_, length, ..] => (2, usize::from(*length)),
        _ => (der.len(), 0),
    };
    let tag = der.first().copied().unwrap_or_default();
    let end = der.len().min(header + length);
    (tag, der.get(header..end).unwrap_or_default(), der.get(end..).unwrap_or_default())
}

fn framed(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = match content.len() {
        0..0x80 => length[7..].to_vec(),
        0x80..0x100 => [&[0x81], &length[7..]].concat(),
        _ => [&[0x82], &length[6..]].concat(),
    };
    [&[tag], length.as_slice(), content].concat()
}
