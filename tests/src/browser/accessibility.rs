//! The page as assistive technology meets it: the accessibility tree, and axe-core's opinion.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use thirtyfour::{WebDriver, WebElement};

/// axe-core 4.14.1; see `vendor/axe-core/README.md`.
const AXE: &str = include_str!("../../vendor/axe-core/axe.min.js");

/// axe-core finds no violation on the page. What a driver injects is not subject to the page's own policy.
///
/// # Errors
/// With the violations.
pub(super) async fn finds_nothing(driver: &WebDriver) -> anyhow::Result<()> {
    driver.execute(&format!("if (!window.axe) {{ {AXE} }}"), vec![]).await?;
    let script = "const done = arguments[arguments.length - 1]; \
        axe.run(document, {resultTypes: ['violations']}).then( \
            result => done(result.violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.html).join(' ')}`)), \
            error => done([String(error)]));";
    let answer = driver.execute_async(script, vec![]).await?;
    let violations = answer.json().as_array().context("axe-core gave no answer")?;
    ensure!(violations.is_empty(), "axe-core: {violations:#?}");
    Ok(())
}

/// What is read out when its content changes is in the accessibility tree before: a screen reader does not hear of a region
/// that was not there, as one without a box is not (WAI-ARIA 1.2 §5.3.6, §7.1).
///
/// # Errors
/// With those that are not.
pub(super) async fn live_regions_are_there(driver: &WebDriver) -> anyhow::Result<()> {
    let script = "return [...document.querySelectorAll('[role=status]')] \
        .filter(region => getComputedStyle(region).display === 'none' && !region.closest('[hidden]')) \
        .map(region => region.outerHTML.slice(0, 200)).join(' ')";
    let answer = driver.execute(script, vec![]).await?;
    let missing = answer.json().as_str().context("no answer about live regions")?;
    ensure!(missing.is_empty(), "not there until they have content: {missing}");
    Ok(())
}

/// The first control of one of these roles with this accessible name, unless it is disabled.
///
/// # Errors
/// When the browser does not answer.
pub(super) async fn find(
    driver: &WebDriver,
    roles: &[&str],
    name: &str,
) -> anyhow::Result<Option<WebElement>> {
    for node in nodes(driver).await? {
        if has_role(&node, roles) && name_of(&node) == name && !is_disabled(&node) {
            return element(driver, &node).await;
        }
    }
    Ok(None)
}

/// The names of all controls of these roles.
///
/// # Errors
/// When the browser does not answer.
pub(super) async fn names(driver: &WebDriver, roles: &[&str]) -> anyhow::Result<Vec<String>> {
    let nodes = nodes(driver).await?;
    let controls = nodes.iter().filter(|node| has_role(node, roles));
    Ok(controls
        .map(|node| format!("{}{}", name_of(node), if is_disabled(node) { " (disabled)" } else { "" }))
        .collect())
}

/// What is read out about the first control of one of these roles with this name, after the name: hints and notices.
///
/// # Errors
/// When the browser does not answer.
pub(super) async fn description(driver: &WebDriver, roles: &[&str], name: &str) -> anyhow::Result<String> {
    let nodes = nodes(driver).await?;
    let node = nodes.iter().find(|node| has_role(node, roles) && name_of(node) == name);
    let description = node.and_then(|node| node["description"]["value"].as_str());
    Ok(description.unwrap_or_default().to_owned())
}

async fn nodes(driver: &WebDriver) -> anyhow::Result<Vec<Value>> {
    let mut tree = driver.cdp().send_raw("Accessibility.getFullAXTree", json!({})).await?;
    match tree["nodes"].take() {
        Value::Array(nodes) => Ok(nodes),
        other => anyhow::bail!("the accessibility tree is {other}"),
    }
}

fn has_role(node: &Value, roles: &[&str]) -> bool {
    node["ignored"] != true && node["role"]["value"].as_str().is_some_and(|role| roles.contains(&role))
}

/// The name, without the star that marks a required field.
fn name_of(node: &Value) -> &str {
    node["name"]["value"].as_str().unwrap_or_default().trim().trim_end_matches('*').trim_end()
}

fn is_disabled(node: &Value) -> bool {
    let properties = node["properties"].as_array().map(Vec::as_slice).unwrap_or_default();
    properties.iter().any(|property| property["name"] == "disabled" && property["value"]["value"] == true)
}

/// The element of a node; none when the page has replaced it in the meantime.
async fn element(driver: &WebDriver, node: &Value) -> anyhow::Result<Option<WebElement>> {
    let devtools = driver.cdp();
    let node = json!({"backendNodeId": node["backendDOMNodeId"]});
    let Ok(resolved) = devtools.send_raw("DOM.resolveNode", node).await else {
        return Ok(None);
    };
    // The two protocols name elements differently; a variable of the page carries one over.
    let call = json!({
        "objectId": resolved["object"]["objectId"],
        "functionDeclaration": "function () { window.signetTestFound = this; }",
    });
    devtools.send_raw("Runtime.callFunctionOn", call).await?;
    Ok(driver.execute("return window.signetTestFound", vec![]).await?.element().ok())
}
