//! BEGIN and END lines whose dashes a program changed, and lines with something in front: quote marks, the signs of a
//! comparison, numbers, moments of a log.

use zeroize::Zeroizing;

const BEGIN: &str = "BEGIN ";
const END: &str = "END ";
/// Longest label. Our choice: twice `NEW CERTIFICATE REQUEST`.
const LABEL_BYTES: usize = 48;

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
    while let Some((before, word, after)) = next_mark(rest) {
        let without_dashes = before.trim_end_matches([' ', '\u{a0}']).trim_end_matches(is_dash);
        let label = label(after).filter(|_| without_dashes.len() < before.trim_end().len());
        if let Some((label, after)) = label {
            straight.extend([without_dashes, "-----", word, label, "-----"]);
            rest = after;
        } else {
            straight.extend([before, word]);
            rest = after;
        }
    }
    straight.push_str(rest);
    (*straight != text).then_some(straight)
}

/// What stands before the next BEGIN or END, the word, and what follows.
fn next_mark(text: &str) -> Option<(&str, &'static str, &str)> {
    let marks = [BEGIN, END].into_iter();
    let (offset, word) = marks.filter_map(|word| Some((text.find(word)?, word))).min()?;
    Some((text.get(..offset)?, word, text.get(offset.saturating_add(word.len())..)?))
}

/// The label, and what follows the dashes behind it.
fn label(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|character: char| {
        !(character.is_ascii_uppercase()
            || character.is_ascii_digit()
            || matches!(character, ' ' | '#' | '.'))
    })?;
    let (label, rest) = text.split_at_checked(end).filter(|_| (1..=LABEL_BYTES).contains(&end))?;
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
            shape = line.get(..offset).filter(|prefix| !prefix.trim().is_empty());
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
