// The lines of the log: messages, and what happens in the room.

import { linkify } from './links.js';

export const log = document.getElementById('log'), lines = document.getElementById('lines');
export const mostLines = 500;

export function message({ sender: { nick }, text: words, time }, own, isSending = false) {
  const line = element('div', `message${own ? ' own' : ''}${isSending ? ' sending' : ''}`);
  line.dataset.nick = nick;
  // A message that follows one of the same sender does not show the name again, and says it to those who listen.
  line.append(badge(nick), element('span', 'nick', bdi(nick), element('span', 'for-readers', ': ')));
  const body = element('p', 'text', ...linkify(words));
  body.dir = 'auto';
  line.append(element('div', 'bubble', body, element('span', 'meta', element('time', ''))));
  if (time !== undefined) stamp(line, time);
  if (time !== undefined && !isSending) showDay(time);
  place(line);
  return line;
}

/** Names the day where it is another than that of the message before, or than today. */
function showDay(time) {
  const said = [...lines.querySelectorAll('.message:not(.sending) time')].at(-1);
  const before = day.format(said ? new Date(said.dateTime) : Date.now());
  if (day.format(time) !== before) place(element('p', 'quiet day', day.format(time)));
}

/** A line about the room, or what the host says. */
export function quiet({ time }, words, nick) {
  const line = element('p', 'quiet', ...(nick === undefined ? [words] : [bdi(nick), words]));
  if (time !== undefined) line.title = full.format(time);
  place(line);
}

/** Puts a line behind those that are in the log of the room, and before own messages that are not. */
export function place(line) {
  const stays = isAtEnd();
  const next = line.classList.contains('sending') ? null : lines.querySelector('.sending');
  // A line that stays where it is is not read out again.
  if (!line.isConnected || line.nextElementSibling !== next) lines.insertBefore(line, next);
  while (lines.childElementCount > mostLines) lines.firstElementChild.remove();
  group(line);
  if (line.nextElementSibling) group(line.nextElementSibling);
  if (stays) toEnd();
}

/** Whether a message continues the one before it. */
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

/** Shows what has become of an own message. */
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

/** Text of whichever direction, which changes that of nothing beside it. */
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
