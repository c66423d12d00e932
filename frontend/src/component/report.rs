//! What a tool found: the news, then names and values.

use super::{
    copy_button::{CopyButton, Source},
    notice::{Tone, notice},
    summary_list::{rich_row, row},
};
use crate::{
    browser::words::{date_and_time_of_any_year, grouped},
    crypto::tools::{Report, ReportTone, Row, Section, Value},
};
use yew::prelude::*;

/// All of it.
pub(crate) fn report_view(report: &Report) -> Html {
    let tone = match report.tone {
        ReportTone::Good => Tone::Success,
        ReportTone::Neutral => Tone::Info,
        ReportTone::Warning => Tone::Warning,
        ReportTone::Bad => Tone::Danger,
    };
    let sentences = report.sentences.iter().map(|sentence| html! { <p>{ sentence }</p> });
    html! {
        <>
            { notice(tone, report.title.clone(), html! { <>{ for sentences }</> }) }
            { for report.sections.iter().map(section_view) }
        </>
    }
}

fn section_view(section: &Section) -> Html {
    let rows = rows_view(&section.rows);
    if section.is_folded {
        html! { <details><summary>{ &section.title }</summary>{ rows }</details> }
    } else {
        html! { <section class="summary-section"><h2>{ &section.title }</h2>{ rows }</section> }
    }
}

/// Names and values alone.
pub(crate) fn rows_view(rows: &[Row]) -> Html {
    html! { <dl class="summary">{ for rows.iter().map(row_view) }</dl> }
}

fn row_view(named: &Row) -> Html {
    match &named.value {
        Value::Lines(lines) if lines.len() == 1 => row(named.name.clone(), lines.concat()),
        Value::Lines(lines) => {
            let lines = lines.iter().map(|line| html! { <li>{ line }</li> });
            rich_row(named.name.clone(), html! { <ul class="plain">{ for lines }</ul> })
        }
        Value::Hex(hex) => rich_row(
            named.name.clone(),
            html! {
                <>
                    <code>{ grouped(hex) }</code>
                    <CopyButton source={Source::Text(hex.clone().into())} what={named.name.to_lowercase()} />
                </>
            },
        ),
        Value::Moment(seconds) => row(named.name.clone(), date_and_time_of_any_year(*seconds)),
    }
}
