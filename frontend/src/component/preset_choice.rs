//! Where a PFX will be used, and how it is encrypted for that.

use super::{
    button::{Button, Emphasis},
    choice::{Checkbox, Choice, RadioGroup},
};
use wasm_crypto::pfx::{Preset, Use};
use yew::prelude::*;

/// What a person has chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PresetChoice {
    uses: Vec<Use>,
    /// None: the recommended one.
    chosen: Option<Preset>,
    /// Whether the presets for experts are shown.
    all: bool,
}

impl PresetChoice {
    /// The chosen preset, or the recommended one.
    pub(crate) fn preset(&self) -> Preset {
        self.chosen.unwrap_or_else(|| Preset::recommended_for(&self.uses).preset)
    }

    fn toggled(&self, place: Use) -> Self {
        let mut uses = self.uses.clone();
        if uses.contains(&place) {
            uses.retain(|used| *used != place);
        } else {
            uses.push(place);
        }
        // Another answer asks for another recommendation.
        Self { uses, chosen: None, ..self.clone() }
    }

    fn offered(&self) -> Vec<Choice> {
        let offered = Preset::ALL.into_iter().filter(|preset| self.all || !preset.is_advanced());
        offered
            .map(|preset| Choice::new(preset.id(), preset.name()).with_hint(preset.explanation()))
            .collect()
    }
}

/// Properties of [`PresetFields`].
#[derive(Properties, PartialEq)]
pub(crate) struct PresetFieldsProps {
    pub(crate) choice: UseStateHandle<PresetChoice>,
}

/// The question, the recommendation, and the presets.
#[component]
pub(crate) fn PresetFields(props: &PresetFieldsProps) -> Html {
    let choice = &props.choice;
    let places = Use::ALL.into_iter().map(|place| {
        let onchange = {
            let choice = choice.clone();
            Callback::from(move |_: bool| choice.set(choice.toggled(place)))
        };
        html! {
            <Checkbox key={place.id()} id={format!("use-{}", place.id())} marked={choice.uses.contains(&place)} {onchange}>
                { place.name() }
            </Checkbox>
        }
    });
    let onchange = {
        let choice = choice.clone();
        Callback::from(move |id: AttrValue| {
            choice.set(PresetChoice { chosen: Preset::from_id(&id), ..(*choice).clone() });
        })
    };
    let show_all = {
        let choice = choice.clone();
        Callback::from(move |()| choice.set(PresetChoice { all: true, ..(*choice).clone() }))
    };
    let recommendation = Preset::recommended_for(&choice.uses);
    html! {
        <>
            <fieldset class="boxes">
                <legend>{ "Where will you use it?" }</legend>
                { for places }
            </fieldset>
            <p role="status">
                <strong>{ format!("Recommended: {}. ", recommendation.preset.name()) }</strong>{ recommendation.reason }
            </p>
            <RadioGroup id="preset" legend="Encryption" choices={choice.offered()} value={choice.preset().id()} {onchange} />
            if !choice.all {
                <p><Button emphasis={Emphasis::Quiet} onclick={show_all}>{ "Show encryption for experts" }</Button></p>
            }
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::{Preset, PresetChoice, Use};

    #[test]
    fn the_recommendation_is_chosen_until_the_person_chooses_another_one() {
        let choice = PresetChoice::default().toggled(Use::Apple);
        assert_eq!(choice.preset(), Preset::Compatible);
        let choice = PresetChoice { chosen: Some(Preset::Modern), ..choice };
        assert_eq!(choice.preset(), Preset::Modern);
        assert_eq!(choice.toggled(Use::Apple).preset(), Preset::Modern);
        assert_eq!(choice.toggled(Use::Kleopatra).preset(), Preset::Compatible);
    }

    #[test]
    fn presets_for_experts_are_shown_on_demand() {
        let choice = PresetChoice::default();
        assert!(choice.offered().iter().all(|offered| offered.value != Preset::Pbmac1.id()));
        assert_eq!(PresetChoice { all: true, ..choice }.offered().len(), Preset::ALL.len());
    }
}
