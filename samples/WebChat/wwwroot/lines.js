// The lines of the log: messages and events of the room.

import { linkify } from './links.js';

export const log = document.getElementById('log'), lines = document.getElementById('lines');
export const mostLines = 500;

export function message({ sender: { nick }, text: words, time }, own, isSending = false) {
  const line = element('div', `message${own ? ' own' : ''}${isSending ? ' sending' : ''}`);
  line.dataset.nick = nick;
  // Consecutive messages of a sender show the name once, but screen readers read the name with each message.
  line.append(badge(nick), element('span', 'nick', bdi(nick), element('span', 'for-readers', ': ')));
  const body = element('p', 'text', ...linkify(words));
  body.dir = 'auto';
  line.append(element('div', 'bubble', body, element('span', 'meta', element('time', ''))));
  if (time !== undefined) stamp(line, time);
  if (time !== undefined && !isSending) showDay(time);
  place(line);
  return line;
}

/** Adds a line with the date if it differs from the last message's, or from today. */
function showDay(time) {
  const said = [...lines.querySelectorAll('.message:not(.sending) time')].at(-1);
  const before = day.format(said ? new Date(said.dateTime) : Date.now());
  if (day.format(time) !== before) place(element('p', 'quiet day', day.format(time)));
}

/** Adds a line about the room, or an announcement of the host. */
export function quiet({ time }, words, nick) {
  const line = element('p', 'quiet', ...(nick === undefined ? [words] : [bdi(nick), words]));
  if (time !== undefined) line.title = full.format(time);
  place(line);
}

/** Adds a line after the lines of the room's log, and before pending own messages. */
export function place(line) {
  const stays = isAtEnd();
  const next = line.classList.contains('sending') ? null : lines.querySelector('.sending');
  // A line that is in place stays, so that screen readers do not repeat it.
  if (!line.isConnected || line.nextElementSibling !== next) lines.insertBefore(line, next);
  while (lines.childElementCount > mostLines) lines.firstElementChild.remove();
  group(line);
  if (line.nextElementSibling) group(line.nextElementSibling);
  if (stays) toEnd();
}

/** Returns whether a message continues the one before it. */
export function group(line) {
  const last = line.previousElementSibling;
  const follows = last?.classList.contains('message') && last.dataset.nick === line.dataset.nick && last.classList.contains('own') === line.classList.contains('own');
  line.classList.toggle('follows', follows === true);
}

const short = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

export function stamp(line, time) {
  const shownTime = line.querySelector('time');
  shownTime.textContent = short.format(time);
  shownTime.dateTime = new Date(time).toISOString();
  shownTime.title = full.format(time);
}

const marks = {
  sending: 'M8 4.5V8l2.2 1.6M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0',
  delivered: 'M3 8.5 6.5 12 13 4.5',
  refused: 'M8 4.5v4.2M8 11.4v.1M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0',
};

/** Shows the state of an own message. */
export function mark(line, state, words) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.setAttribute('viewBox', '0 0 16 16');
  path.setAttribute('d', marks[state]);
  svg.append(path);
  const made = element('span', 'mark', svg);
  made.setAttribute('role', 'img');
  made.setAttribute('aria-label', words);
  made.title = words;
  line.dataset.state = state;
  line.querySelector('.mark')?.remove();
  line.querySelector('.meta').append(made);
}

export const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 24;

export function toEnd() {
  log.scrollTop = log.scrollHeight;
}

// --- Elements ---

export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Creates an element for text of any direction that does not affect the text around it. */
export function bdi(words) {
  return element('bdi', '', words);
}

export function badge(nick) {
  const [first] = new Intl.Segmenter().segment(nick);
  const made = element('span', 'badge', first?.segment.toLocaleUpperCase() ?? '');
  made.ariaHidden = 'true';
  let hash = 0;
  for (const unit of nick) hash = (hash * 31 + unit.codePointAt(0)) >>> 0;
  made.dataset.hue = hash % 8;
  return made;
}
