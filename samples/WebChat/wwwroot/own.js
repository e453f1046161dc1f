// Own messages: on their way, delivered, or not sent.

import { explain } from './explain.js';
import { element, group, mark, message, place, stamp } from './lines.js';
import { RequestError, TimeoutError } from './tpacket-client.min.js';

const field = document.getElementById('text'), notice = document.getElementById('notice');

let sending = []; // Own messages that have not come back, the oldest first; their lines are the last of the log.

/** Shows an own message at once; its mark tells when the server has it. */
export function say(client, words) {
  const line = message({ sender: { nick: client.roster.self?.nick ?? '' }, text: words, time: Date.now() }, true, true);
  const sent = { words, line, uid: undefined, awaitsReceipt: true, lost: false };
  mark(line, 'sending', 'Sending');
  sending.push(sent);
  client.say(words).then(
    ({ uid, offset, time }) => {
      if (offset !== undefined) return delivered(sent, time);
      // Without receipts, what comes back is all that tells.
      sent.uid = uid;
      sent.awaitsReceipt = false;
    },
    error => failed(client, sent, error),
  );
}

function failed(client, sent, error) {
  sent.awaitsReceipt = false;
  if (error instanceof RequestError) return refused(sent, error);
  // It may still come back.
  if (error instanceof TimeoutError) return;
  // Whether the server has it, the history tells when the client is back.
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
 * An own message is in the log, and its line goes to its place there.
 * @returns False where it was not said here.
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

/** Whether a message of the history is one of this user's whose outcome is not known. */
export const wasLost = text => sending.some(({ words, lost }) => lost && words === text);

/** What the server does not have is the user's again: all of it, or what was lost with the session. */
export function giveBackLost(why) {
  giveBack(sending.filter(({ lost }) => lost), why);
}

export function giveBackAll() {
  giveBack(sending, '');
}

/** The log is another. */
export function forgetOwn() {
  sending = [];
}

/** A message was refused; where there are receipts, its promise says the same. */
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
