// Own messages: pending, delivered, or not sent.

import { explain } from './explain.js';
import { element, group, mark, message, place, stamp } from './lines.js';
import { RequestError, TimeoutError } from './tpacket-client.min.js';

const field = document.getElementById('text'), notice = document.getElementById('notice');

let sending = []; // Pending messages, oldest first. Their lines are the last lines of the log.

/** Shows an own message at once. Its mark shows when the server has it. */
export function say(client, words) {
  const line = message({ sender: { nick: client.roster.self?.nick ?? '' }, text: words, time: Date.now() }, true, true);
  const sent = { words, line, uid: undefined, awaitsReceipt: true, lost: false };
  mark(line, 'sending', 'Sending');
  sending.push(sent);
  client.say(words).then(
    ({ uid, offset, time }) => {
      if (offset !== undefined) return delivered(sent, time);
      // Without receipts, only the message's own delivery confirms it.
      sent.uid = uid;
      sent.awaitsReceipt = false;
    },
    error => failed(client, sent, error),
  );
}

function failed(client, sent, error) {
  sent.awaitsReceipt = false;
  if (error instanceof RequestError) return refused(sent, error);
  // The message may still be delivered.
  if (error instanceof TimeoutError) return;
  // After the reconnect, the history shows whether the server has it.
  if (client.state.name !== 'ready') return void (sent.lost = true);
  giveBack([sent], 'That could not be sent. Please try again.');
}

function refused(sent, error) {
  remove(sent);
  const why = explain(error);
  mark(sent.line, 'refused', 'Not sent');
  sent.line.querySelector('.bubble').after(element('p', 'why', `Not sent. ${why}`));
  notice.textContent = why;
  if (!field.value) field.value = sent.words;
}

/**
 * Moves the line of a delivered own message to its place in the log.
 * @returns false if the message was not sent from this page
 */
export function comesBack({ text: words, time }) {
  const sent = sending.find(sent => sent.words === words);
  if (!sent) return false;
  remove(sent);
  place(sent.line);
  if (time !== undefined) stamp(sent.line, time);
  if (!sent.awaitsReceipt) delivered(sent, time);
  return true;
}

function delivered(sent, time) {
  remove(sent);
  mark(sent.line, 'delivered', 'Delivered');
  if (time !== undefined) stamp(sent.line, time);
}

function remove(sent) {
  sending = sending.filter(other => other !== sent);
  sent.line.classList.remove('sending');
}

/** Returns whether a message of the history is a pending message of this user. */
export const wasLost = text => sending.some(({ words, lost }) => lost && words === text);

/** Puts pending messages that were lost with the session back into the input field. */
export function giveBackLost(why) {
  giveBack(sending.filter(({ lost }) => lost), why);
}

/** Puts all pending messages back into the input field. */
export function giveBackAll() {
  giveBack(sending, '');
}

/** Handles a change of the log. */
export function forgetOwn() {
  sending = [];
}

/** Handles a rejected message. With receipts, its promise is rejected, too. */
export function refuseOwn(error) {
  const sent = sending.find(({ uid }) => uid === error.uid);
  if (sent) refused(sent, error);
}

function giveBack(unsent, why) {
  if (unsent.length === 0) return;
  for (const sent of unsent) {
    remove(sent);
    const next = sent.line.nextElementSibling;
    sent.line.remove();
    if (next) group(next);
  }
  if (!field.value) field.value = unsent.map(({ words }) => words).join('\n');
  notice.textContent = why;
}
