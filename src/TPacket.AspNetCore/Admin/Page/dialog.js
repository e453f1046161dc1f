// The dialog that asks before anything is done.

import { $ } from './dom.js';

let confirmed = async () => {};

/**
 * Asks, and does what was confirmed. The dialog stays, with the reason, when that fails.
 * @param title what is going to be done
 * @param explanation what follows from it
 * @param label names the text that is asked for; none is without it
 * @param required whether the text may be empty
 * @param button the word on the button
 * @param danger whether somebody loses something
 * @param action is called with the text
 */
export function ask({ title, explanation, label, required = false, button, danger = false }, action) {
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
  // Nobody loses anything by a key that was meant for something else.
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
    $('dialog-error').textContent = 'This needs a text.';
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
