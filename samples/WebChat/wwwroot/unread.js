// Unread messages.

import { element, group, isAtEnd, lines, log, toEnd } from './lines.js';

const $ = id => document.getElementById(id);

let unread = 0;

const isSeen = () => !document.hidden && document.hasFocus() && isAtEnd();

/** Handles a message of another user. */
export function count(line) {
  if (isSeen()) return;
  if (unread++ === 0) {
    const stays = isAtEnd();
    lines.querySelector('.new')?.remove();
    line.before(element('p', 'quiet new', 'New'));
    group(line);
    if (stays) toEnd();
  }
  showUnread();
}

export function seen() {
  if (unread === 0) return;
  unread = 0;
  showUnread();
}

export function showUnread() {
  const room = $('room-name').textContent;
  document.title = `${unread > 0 ? `(${unread}) ` : ''}${room} – WebChat`;
  $('unread').hidden = unread === 0 || isAtEnd();
  $('unread').textContent = unread === 1 ? '1 new message ↓' : `${unread} new messages ↓`;
}

for (const [target, name] of [[log, 'scroll'], [window, 'focus'], [document, 'visibilitychange']])
  target.addEventListener(name, () => isSeen() && seen());
$('unread').addEventListener('click', () => {
  toEnd();
  $('text').focus();
});
