//! What to do with the file, once it is there.

use crate::component::notice::{Tone, notice};
use yew::prelude::*;

/// That the file is there, and where.
pub(super) fn file_made(file_name: &str) -> Html {
    let body = html! {
        <p>{ "You find " }<strong class="mono">{ file_name.to_owned() }</strong>{ " where your browser puts downloads." }</p>
    };
    notice(Tone::Success, "The PFX file is made and checked", body)
}

/// How each mail program takes it.
pub(super) fn whats_next() -> Html {
    html! {
        <div class="next">
            <h3>{ "What to do next" }</h3>
            <ol>
                <li>{ "Import the file into your mail program. It asks for the password." }</li>
                <li>{ "Choose the certificate for signing and for encrypting in the settings of your account." }</li>
                <li>{ "Send yourself a signed message. The program shows a seal or a ribbon." }</li>
                <li>{ "Keep a copy of the file in a safe place: without it, mail that was encrypted for you can never be read again." }</li>
            </ol>
            { for GUIDES.iter().map(|(program, steps)| html! {
                <details key={*program}>
                    <summary>{ *program }</summary>
                    <p>{ *steps }</p>
                </details>
            }) }
        </div>
    }
}

const GUIDES: &[(&str, &str)] = &[
    (
        "Outlook on Windows",
        "Double-click the file and follow the wizard: current user, password, automatic store. Then in Outlook: File, Options, Trust Center, Trust Center Settings, Email Security, Settings, and choose the certificate twice.",
    ),
    (
        "Thunderbird",
        "Settings, Privacy & Security, Manage Certificates, Your Certificates, Import. Then Account Settings, End-To-End Encryption, and choose the certificate under S/MIME.",
    ),
    (
        "Apple Mail on a Mac",
        "Double-click the file; Keychain Access asks for the password. Restart Mail: a new message from this address has buttons for signing and encrypting.",
    ),
    (
        "iPhone and iPad",
        "Send the file to the device and open it in Files. Install the profile in Settings. Then Settings, Apps, Mail, Mail Accounts, your account, Advanced, and switch S/MIME on.",
    ),
];
