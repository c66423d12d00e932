//! Information about required documents.

use crate::component::heading::PageHeading;
use yew::prelude::*;

/// What is accepted as evidence of an organization's existence.
pub(crate) fn required_documents() -> Html {
    html! {
        <div class="prose">
            <PageHeading title="Information about required documents" />
            <p class="lead">{ "A document shows that your organization exists, what it is called and where it is. You need one only when no register is searched." }</p>
            <h2>{ "What every document needs" }</h2>
            <ul>
                <li>{ "It is issued by a public authority, a court or a chamber, or certified by a notary." }</li>
                <li>{ "It shows the full legal name, the address of the headquarters and a registration number." }</li>
                <li>{ "It is not older than twelve months, or still valid by its own words." }</li>
                <li>{ "It is complete and readable: every page, no part covered." }</li>
                <li>{ "It is a PDF, PNG or JPEG file of at most 10 MB." }</li>
            </ul>
            <h2>{ "By kind of organization" }</h2>
            <div class="table-frame" tabindex="0" role="region" aria-label="Documents by kind of organization">
                <table class="table table--plain">
                    <thead><tr><th scope="col">{ "Kind" }</th><th scope="col">{ "Accepted documents" }</th></tr></thead>
                    <tbody>{ for KINDS.iter().map(pair) }</tbody>
                </table>
            </div>
            <h2>{ "By country" }</h2>
            <div class="table-frame" tabindex="0" role="region" aria-label="Documents by country">
                <table class="table table--plain">
                    <thead><tr><th scope="col">{ "Country" }</th><th scope="col">{ "Usual document and number" }</th></tr></thead>
                    <tbody>{ for COUNTRIES.iter().map(pair) }</tbody>
                </table>
            </div>
            <h2>{ "What happens with it" }</h2>
            <p>{ "A validation specialist compares the document with what you entered. Nobody else opens it. When something is missing, you read what, and can add another document." }</p>
        </div>
    }
}

fn pair((name, text): &(&'static str, &'static str)) -> Html {
    html! { <tr key={*name}><th scope="row">{ *name }</th><td>{ *text }</td></tr> }
}

const KINDS: &[(&str, &str)] = &[
    ("Company", "Extract from the trade or company register"),
    (
        "Association or foundation",
        "Extract from the register of associations, or the statutes with the stamp of the court",
    ),
    (
        "Public authority, school, university",
        "The law or decree that established it, or a letter of the authority above it",
    ),
    (
        "Self-employed person with a trade name",
        "Certificate of the business register, or confirmation of the tax number",
    ),
];

const COUNTRIES: &[(&str, &str)] = &[
    ("Poland [PL]", "Extract from KRS or CEIDG; KRS number or NIP"),
    (
        "Germany [DE]",
        "Extract from the Handelsregister or Vereinsregister; HRB, HRA or VR number with the court",
    ),
    ("France [FR]", "Extrait Kbis; SIREN"),
    (
        "United Kingdom [GB]",
        "Certificate of incorporation or a current company extract; Companies House number",
    ),
    (
        "Other countries",
        "The extract from the national register; with a certified translation when it is not in Latin script",
    ),
];
