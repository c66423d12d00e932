//! BEGIN and END lines whose dashes a program changed, and lines with something in front: quote marks, the signs of a
//! comparison, numbers, moments of a log.

use zeroize::Zeroizing;

const BEGIN: &str = "BEGIN ";
const END: &str = "END ";
/// Longest label. Our choice: twice `NEW CERTIFICATE REQUEST`.
const LABEL_BYTES: usize = 48;
/// Longest prefix of a line that is compared with those of the lines below. Our choice: a moment, a host and a program of a log.
const PREFIX_BYTES: usize = 256;

/// The text with five hyphens around each label, and nothing in front of the lines of a block; none when all of it is
/// so already. Nothing shows that the result is what was meant, but what is inside.
pub(super) fn repair(text: &str) -> Option<Zeroizing<String>> {
    let straight = straighten(text);
    let lines = straight.as_ref().map_or(text, |straight| straight.as_str());
    without_prefixes(lines).or(straight)
}

fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{2010}'
            ..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '\u{ad}' | '~' | '_'
    )
}

/// Puts five hyphens around each label between dashes.
fn straighten(text: &str) -> Option<Zeroizing<String>> {
    let mut straight = Zeroizing::new(String::with_capacity(text.len().saturating_add(LABEL_BYTES)));
    let mut rest = text;
    for (offset, word) in marks(text) {
        let read = text.len().saturating_sub(rest.len());
        let Some((before, from_mark)) = offset.checked_sub(read).and_then(|end| rest.split_at_checked(end))
        else {
            continue;
        };
        let without_dashes = before.trim_end_matches([' ', '\u{a0}']).trim_end_matches(is_dash);
        let has_dashes = without_dashes.len() < before.trim_end().len();
        if let Some((label, after)) = from_mark.strip_prefix(word).and_then(label).filter(|_| has_dashes) {
            straight.extend([without_dashes, "-----", word, label, "-----"]);
            rest = after;
        } else {
            straight.push_str(before);
            rest = from_mark;
        }
    }
    straight.push_str(rest);
    (*straight != text).then_some(straight)
}

/// Each BEGIN and END with its offset, in their order. The text is gone through once for each of both words, however often
/// the other stands in it.
fn marks(text: &str) -> impl Iterator<Item = (usize, &'static str)> {
    let mut begins = text.match_indices(BEGIN).map(|(offset, _)| (offset, BEGIN)).peekable();
    let mut ends = text.match_indices(END).map(|(offset, _)| (offset, END)).peekable();
    std::iter::from_fn(move || match (begins.peek(), ends.peek()) {
        (Some(begin), Some(end)) if begin < end => begins.next(),
        (_, Some(_)) => ends.next(),
        (_, None) => begins.next(),
    })
}

/// The label, and what follows the dashes behind it.
fn label(text: &str) -> Option<(&str, &str)> {
    let is_of_label = |character: char| matches!(character, 'A'..='Z' | '0'..='9' | ' ' | '#' | '.');
    let end = text.char_indices().take(LABEL_BYTES + 1).find(|(_, character)| !is_of_label(*character))?.0;
    let (label, rest) = text.split_at_checked(end).filter(|_| end > 0)?;
    let after = rest.trim_start_matches('\u{a0}').trim_start_matches(is_dash);
    (after.len() < rest.len()).then(|| (label.trim_end(), after))
}

/// The text without what stands before BEGIN, where it stands before each line up to END in the same shape.
fn without_prefixes(text: &str) -> Option<Zeroizing<String>> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut shape: Option<&str> = None;
    let mut is_changed = false;
    for line in text.split_inclusive('\n') {
        if let Some(offset) = line.find("-----BEGIN ") {
            let prefix = line.get(..offset).filter(|prefix| prefix.len() <= PREFIX_BYTES);
            shape = prefix.filter(|prefix| !prefix.trim().is_empty());
        }
        let content = shape.and_then(|shape| after_shape(line, shape));
        is_changed |= content.is_some();
        plain.push_str(content.unwrap_or(line));
        if line.contains("-----END ") {
            shape = None;
        }
    }
    is_changed.then_some(plain)
}

/// What follows a prefix of this shape: any number for a number, any blanks for blanks, each other character for itself.
fn after_shape<'line>(line: &'line str, shape: &str) -> Option<&'line str> {
    let (mut line, mut shape) = (line, shape);
    while let Some(first) = shape.chars().next() {
        let is_alike: fn(char) -> bool = match first {
            digit if digit.is_ascii_digit() => |character| character.is_ascii_digit(),
            blank if is_blank(blank) => is_blank,
            _ => {
                line = line.strip_prefix(first)?;
                shape = shape.strip_prefix(first)?;
                continue;
            }
        };
        let after = line.trim_start_matches(is_alike);
        if after.len() == line.len() && !is_blank(first) {
            return None;
        }
        (line, shape) = (after, shape.trim_start_matches(is_alike));
    }
    Some(line)
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{a0}')
}

#[cfg(test)]
mod tests {
    use super::repair;

    const BLOCK: &str = "-----BEGIN X-----\nAAAA\nAA==\n-----END X-----\n";

    fn repaired(text: &str) -> Option<String> {
        repair(text).map(|text| text.to_string())
    }

    #[test]
    fn a_block_as_it_should_be_is_left_alone() {
        assert_eq!(repaired(BLOCK), None);
        assert_eq!(repaired("a letter that we BEGIN with care, and END so"), None);
    }

    #[test]
    fn dashes_of_any_kind_and_number_become_five_hyphens() {
        for dashes in ["\u{2013}\u{2013}-", "\u{2014}\u{2014}", "----", "------", "\u{2212}"] {
            assert_eq!(repaired(&BLOCK.replace("-----", dashes)).as_deref(), Some(BLOCK), "{dashes}");
        }
        let spaced = BLOCK.replace("-----BEGIN X-----", "-- BEGIN X--");
        assert_eq!(repaired(&spaced).as_deref(), Some(BLOCK));
    }

    #[test]
    fn what_stands_before_each_line_in_one_shape_is_taken_away() {
        let prefixes: [fn(usize) -> String; 5] = [
            |_| "+".to_owned(),
            |_| "# ".to_owned(),
            |index| format!("{index:6}\t"),
            |index| format!("{index}: "),
            |index| format!("2026-05-01T10:00:{index:02}.123Z "),
        ];
        for prefix in prefixes {
            let lines =
                BLOCK.lines().enumerate().map(|(index, line)| [&prefix(index + 9), line, "\n"].concat());
            let text: String = lines.collect();
            assert_eq!(repaired(&text).as_deref(), Some(BLOCK), "{text}");
        }
    }
}
