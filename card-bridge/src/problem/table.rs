//! The sentences, one place for all of them. Who reads them has never heard of PKCS #11.

use protocol::CardProblemCode as Code;

/// All codes, in the order in which work can fail.
pub(super) const ALL: [Code; 31] = [
    Code::ReaderServiceStopped,
    Code::ReaderMissing,
    Code::CardMissing,
    Code::CardRemoved,
    Code::OtherCard,
    Code::SeveralCards,
    Code::CardUnknown,
    Code::ModuleMissing,
    Code::ModuleFailed,
    Code::ProfileNotInitialised,
    Code::PinNotSet,
    Code::PinMustBeChanged,
    Code::PinWrong,
    Code::PinLength,
    Code::PinEmpty,
    Code::PinBlocked,
    Code::PinCancelled,
    Code::PinTimedOut,
    Code::PromptUnavailable,
    Code::AlgorithmUnsupported,
    Code::CardFull,
    Code::CardReadOnly,
    Code::KeyNotOnCard,
    Code::KeyInUse,
    Code::KeyRefused,
    Code::CertificateUnreadable,
    Code::TaskUnreadable,
    Code::CardFault,
    Code::Busy,
    Code::Cancelled,
    Code::BridgeEnded,
];

/// What happened.
pub(super) fn title(code: Code) -> &'static str {
    match code {
        Code::ReaderServiceStopped => "The smart-card service of this computer is not running.",
        Code::ReaderMissing => "No card reader is connected.",
        Code::CardMissing => "No card is inserted.",
        Code::CardRemoved => "The card or its reader was removed before the work was done.",
        Code::OtherCard => "Another card than the one that you chose is inserted.",
        Code::SeveralCards => "Several cards are inserted.",
        Code::CardUnknown => "The card bridge does not know this kind of card.",
        Code::ModuleMissing => "The program that speaks with this card is not installed on this computer.",
        Code::ModuleFailed => "The program that speaks with this card crashed, or did not answer.",
        Code::ProfileNotInitialised => "The card is not set up yet.",
        Code::PinNotSet => "The card has no PIN yet.",
        Code::PinMustBeChanged => "The card's PIN must be changed before it is used for the first time.",
        Code::PinWrong => "The PIN was wrong.",
        Code::PinLength => "The card takes no PIN of this length, or with these characters.",
        Code::PinEmpty => "No PIN was entered.",
        Code::PinBlocked => "The PIN is blocked: it was entered wrongly too often.",
        Code::PinCancelled => "You closed the window that asks for the PIN.",
        Code::PinTimedOut => "Nobody entered the PIN in time.",
        Code::PromptUnavailable => "The window that asks for the PIN could not be shown.",
        Code::AlgorithmUnsupported => "The card does not make keys of this kind.",
        Code::CardFull => "The card has no room left.",
        Code::CardReadOnly => "The card does not allow this change.",
        Code::KeyNotOnCard => "The key that this is for is not on the inserted card.",
        Code::KeyInUse => "The card has a certificate for this key already: it is in use.",
        Code::KeyRefused => "The key that the card made is not safe enough for a certificate.",
        Code::CertificateUnreadable => "The certificate could not be read.",
        Code::TaskUnreadable => "The page asked for something that the card bridge does not understand.",
        Code::CardFault => "The card reported a fault.",
        Code::Busy => "A card is in use by another page already.",
        Code::Cancelled => "The work was cancelled.",
        Code::BridgeEnded => "The card bridge ended before the work was done.",
    }
}

/// What to do next.
#[expect(clippy::too_many_lines, reason = "some lines for each code, and nothing else")]
pub(super) fn advice(code: Code) -> &'static str {
    match code {
        Code::ReaderServiceStopped => {
            "Start it (on Linux the service pcscd, on Windows the service Smart Card), or restart the computer. Then start again."
        }
        Code::ReaderMissing => "Connect the reader to this computer, and start again.",
        Code::CardMissing => "Insert the card into the reader, chip first, and start again.",
        Code::CardRemoved => {
            "Insert the card again and leave it in the reader. A key that was already made is still on it and will be offered to you."
        }
        Code::OtherCard => "Insert the card that you chose, or go back and choose the one that is inserted.",
        Code::SeveralCards => "Choose one of them, or remove all but the one that you want to use.",
        Code::CardUnknown => {
            "Use a card that your provider gave you for this purpose. If it is one, ask your provider for its program and name its PKCS #11 module in the card bridge's settings."
        }
        Code::ModuleMissing => {
            "Install the program of the card's maker, in the version for this system, and start again."
        }
        Code::ModuleFailed => {
            "Remove the card, insert it again and try once more. If it happens again, install the newest version of the card's program."
        }
        Code::ProfileNotInitialised => {
            "Set the card up with its maker's program, or with the command: signet-card-bridge init"
        }
        Code::PinNotSet => {
            "Set a PIN with the program of the card's maker, or with the command: signet-card-bridge pin unblock"
        }
        Code::PinMustBeChanged => {
            "Change the PIN that came with the card, with its maker's program or with the command: signet-card-bridge pin change"
        }
        Code::PinWrong => "Look the PIN up before you try again: the card blocks it after a few wrong ones.",
        Code::PinLength => "Look up which PIN belongs to this card, and enter it as it was set.",
        Code::PinEmpty => "Start again and enter the PIN in the card bridge's window.",
        Code::PinBlocked => {
            "Unblock it with the PUK (admin PIN), with the program of the card's maker or with the command: signet-card-bridge pin unblock"
        }
        Code::PinCancelled => "Nothing was changed. Start again when you have the PIN at hand.",
        Code::PinTimedOut => "Start again when you have the PIN at hand.",
        Code::PromptUnavailable => {
            "Install one of the programs pinentry-qt, pinentry-gtk2, zenity or kdialog, and start again."
        }
        Code::AlgorithmUnsupported => "Choose another key algorithm or another length.",
        Code::CardFull => "Remove what you do not need any more from the card, or use another card.",
        Code::CardReadOnly => "Make the change with the program of the card's maker, or use another card.",
        Code::KeyNotOnCard => "Insert the card on which the key was made, and start again.",
        Code::KeyInUse => {
            "If you are sure that you do not need the certificate any more, remove both with the program of the card's maker."
        }
        Code::KeyRefused => {
            "Remove the key and choose another algorithm, or use another card. Tell the card's maker: its keys may be weak."
        }
        Code::CertificateUnreadable => {
            "Download the certificate again. If it happens again, tell your provider."
        }
        Code::TaskUnreadable => {
            "Reload the page and try again. If it happens again, install the newest version of the card bridge."
        }
        Code::CardFault => {
            "Remove the card, insert it again and start once more. A key that was already made is still on it."
        }
        Code::Busy => "Finish or cancel what was begun there. Then start again.",
        Code::Cancelled => {
            "Start again when you like. A key that was already made is still on the card and will be offered to you."
        }
        Code::BridgeEnded => {
            "Start again. A key that was already made is still on the card and will be offered to you."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_its_own_sentence_and_its_own_advice() {
        let mut titles: Vec<&str> = ALL.map(title).to_vec();
        let mut all_advice: Vec<&str> = ALL.map(advice).to_vec();
        for words in [&mut titles, &mut all_advice] {
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), ALL.len());
        }
    }

    #[test]
    fn a_title_is_one_sentence() {
        for code in ALL {
            let title = title(code);
            assert_eq!(title.find('.'), Some(title.len() - 1), "{title}");
        }
    }

    #[test]
    fn no_sentence_has_a_name_that_only_programmers_know() {
        for code in ALL {
            for word in ["CKR_", "token", "mechanism", "slot", "session"] {
                assert!(!title(code).contains(word) && !advice(code).contains(word), "{code:?}: {word}");
            }
        }
    }
}
