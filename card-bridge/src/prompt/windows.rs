//! The windows of Windows, by the PowerShell that is part of the system. The texts come through the environment, never as
//! part of the script; the PIN comes by its output.

use super::{Confirmation, PinQuestion, Prompt, PromptError, TITLE, dialog, plain};
use crate::configuration::Configuration;
use secrecy::SecretString;
use std::process::Command;

/// Shows a form with a hidden field; ends with 1 when the person cancels.
const PIN_SCRIPT: &str = "
Add-Type -AssemblyName System.Windows.Forms
$form = New-Object System.Windows.Forms.Form -Property @{ Text = $env:SIGNET_TITLE; TopMost = $true; AutoSize = $true;
    AutoSizeMode = 'GrowAndShrink'; StartPosition = 'CenterScreen'; FormBorderStyle = 'FixedDialog'; MaximizeBox = $false }
$panel = New-Object System.Windows.Forms.FlowLayoutPanel -Property @{ FlowDirection = 'TopDown'; AutoSize = $true; Padding = 12 }
$label = New-Object System.Windows.Forms.Label -Property @{ Text = $env:SIGNET_TEXT; AutoSize = $true; MaximumSize = '420,0' }
$field = New-Object System.Windows.Forms.TextBox -Property @{ UseSystemPasswordChar = $true; Width = 220; AccessibleName = 'PIN' }
$agree = New-Object System.Windows.Forms.Button -Property @{ Text = 'OK'; DialogResult = 'OK' }
$refuse = New-Object System.Windows.Forms.Button -Property @{ Text = 'Cancel'; DialogResult = 'Cancel' }
$panel.Controls.AddRange(@($label, $field, $agree, $refuse)); $form.Controls.Add($panel)
$form.AcceptButton = $agree; $form.CancelButton = $refuse; $form.Add_Shown({ $form.Activate(); $field.Focus() })
if ($form.ShowDialog() -ne 'OK') { exit 1 }
[Console]::OutputEncoding = [Text.Encoding]::UTF8
[Console]::Out.Write($field.Text)";
/// Shows a question; ends with 1 when the person refuses.
const CONFIRMATION_SCRIPT: &str = "
Add-Type -AssemblyName System.Windows.Forms
$form = New-Object System.Windows.Forms.Form -Property @{ Text = $env:SIGNET_TITLE; TopMost = $true; AutoSize = $true;
    AutoSizeMode = 'GrowAndShrink'; StartPosition = 'CenterScreen'; FormBorderStyle = 'FixedDialog'; MaximizeBox = $false }
$panel = New-Object System.Windows.Forms.FlowLayoutPanel -Property @{ FlowDirection = 'TopDown'; AutoSize = $true; Padding = 12 }
$label = New-Object System.Windows.Forms.Label -Property @{ Text = $env:SIGNET_TEXT; AutoSize = $true; MaximumSize = '420,0' }
$agree = New-Object System.Windows.Forms.Button -Property @{ Text = $env:SIGNET_AGREE; DialogResult = 'OK'; AutoSize = $true }
$refuse = New-Object System.Windows.Forms.Button -Property @{ Text = $env:SIGNET_REFUSE; DialogResult = 'Cancel'; AutoSize = $true }
$panel.Controls.AddRange(@($label, $refuse, $agree)); $form.Controls.Add($panel); $form.CancelButton = $refuse
$form.Add_Shown({ $form.Activate(); $refuse.Focus() })
if ($form.ShowDialog() -ne 'OK') { exit 1 }";

/// Asks by forms of the system.
#[derive(Debug)]
pub struct PowerShell;

impl PowerShell {
    /// There is nothing to choose.
    #[must_use]
    pub fn new(_configuration: &Configuration) -> Self {
        Self
    }
}

impl Prompt for PowerShell {
    fn ask_pin(&mut self, question: &PinQuestion) -> Result<SecretString, PromptError> {
        dialog::ask_pin(script(PIN_SCRIPT, &dialog::pin_text(question)))
    }

    fn confirm(&mut self, question: &Confirmation) -> Result<bool, PromptError> {
        let mut command = script(CONFIRMATION_SCRIPT, &plain(&question.text));
        command.env("SIGNET_AGREE", question.agree).env("SIGNET_REFUSE", question.refuse);
        dialog::confirm(command)
    }
}

fn script(text: &str, shown: &str) -> Command {
    let folder = std::env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
    let program = std::path::Path::new(&folder).join(r"System32\WindowsPowerShell\v1.0\powershell.exe");
    let mut command = Command::new(program);
    command.args(["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-Command", text]);
    command.env("SIGNET_TITLE", TITLE).env("SIGNET_TEXT", shown);
    command
}
