//! DER as a tree that a test can bend into whatever is wrong.

/// An element: its content is bytes, or elements when its tag says so.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) tag: u8,
    pub(crate) bytes: Vec<u8>,
    pub(crate) children: Vec<Self>,
}

/// The bit of a tag that says: elements inside.
const CONSTRUCTED: u8 = 0x20;

impl Node {
    pub(crate) fn new(tag: u8, bytes: &[u8]) -> Self {
        Self { tag, bytes: bytes.to_vec(), children: Vec::new() }
    }

    pub(crate) fn parent(tag: u8, children: Vec<Self>) -> Self {
        Self { tag, bytes: Vec::new(), children }
    }

    /// Reads one element; nothing may follow.
    pub(crate) fn read(der: &[u8]) -> Self {
        let mut nodes = read_all(der);
        assert_eq!(nodes.len(), 1);
        nodes.remove(0)
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        let mut content = self.bytes.clone();
        for child in &self.children {
            content.extend(child.to_der());
        }
        let mut der = vec![self.tag];
        der.extend(length(content.len()));
        der.extend(content);
        der
    }

    /// The element that is reached by these indices.
    pub(crate) fn at(&mut self, path: &[usize]) -> &mut Self {
        path.iter().fold(self, |node, index| &mut node.children[*index])
    }
}

fn length(length: usize) -> Vec<u8> {
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => vec![short],
        Ok(byte) => vec![0x81, byte],
        Err(_) => [&[0x82], u16::try_from(length).unwrap().to_be_bytes().as_slice()].concat(),
    }
}

fn read_all(mut der: &[u8]) -> Vec<Node> {
    let mut nodes = Vec::new();
    while let [tag, first, rest @ ..] = der {
        let (length, rest) = match first {
            0..=0x7f => (usize::from(*first), rest),
            0x81 => (usize::from(rest[0]), &rest[1..]),
            0x82 => (usize::from(u16::from_be_bytes([rest[0], rest[1]])), &rest[2..]),
            other => panic!("length of length {other:#x}"),
        };
        let (content, after) = rest.split_at(length);
        nodes.push(if tag & CONSTRUCTED == 0 {
            Node::new(*tag, content)
        } else {
            Node::parent(*tag, read_all(content))
        });
        der = after;
    }
    nodes
}
