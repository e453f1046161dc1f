// The dialog that confirms actions.

import { $ } from './dom.js';

let confirmed = async () => {};

/**
 * Shows the dialog, and runs the action when it is confirmed. If the action fails, the dialog shows the error.
 * @param title the action
 * @param explanation the consequences
 * @param label the label of the text; without it, there is no text
 * @param required whether the text must not be empty
 * @param button the label of the button
 * @param danger whether the action is destructive
 * @param action called with the text
 */
export function openDialog({ title, explanation, label, required = false, button, danger = false }, action) {
  $('dialog-title').textContent = title;
  $('dialog-explanation').textContent = explanation;
  $('dialog-label').textContent = label ?? '';
  $('dialog-label').hidden = $('dialog-text').hidden = !label;
  $('dialog-text').value = '';
  $('dialog-text').required = required;
  $('dialog-error').textContent = '';
  $('dialog-confirm').textContent = button;
  $('dialog-confirm').className = danger ? 'danger' : 'primary';
  $('dialog-confirm').disabled = false;
  confirmed = action;
  $('dialog').showModal();
  // The focus is not on the confirming button, so that a stray key does not confirm.
  (label ? $('dialog-text') : $('dialog-cancel')).focus();
}

$('dialog-cancel').addEventListener('click', () => $('dialog').close());
$('dialog-text').addEventListener('keydown', event => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('dialog-form').requestSubmit();
});
$('dialog-form').addEventListener('submit', async event => {
  event.preventDefault();
  const text = $('dialog-text').value.trim();
  if ($('dialog-text').required && !text) {
    $('dialog-error').textContent = 'A text is required.';
    return;
  }
  $('dialog-confirm').disabled = true;
  try {
    await confirmed(text);
    $('dialog').close();
  } catch (error) {
    $('dialog-error').textContent = error.message;
  } finally {
    $('dialog-confirm').disabled = false;
  }
});
