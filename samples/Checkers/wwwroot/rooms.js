// Names of rooms, and clocks. Web/GameRooms.cs has the same names.

import { newRoom } from './tpacket-games.min.js';

export const lobby = 'lobby';

/** The milliseconds for which a seat is kept for a player with a lost connection. */
export const grace = 120_000;

const prefix = 'checkers-';

/** `open`: listed, strangers may join. `link`: found only by its link. `solo`: against the computer. */
export const newGameRoom = kind => newRoom(`${prefix}${kind}-`);

export const isGameRoom = room => room.startsWith(prefix);

/** Returns the queue of a clock such as `5+3`. */
export const queueOf = clock => `${prefix}quick-${clock.replace('+', '-')}-`;

/** Returns the clock in the name of a queue's room; undefined for another room. */
export function clockOf(room) {
  const found = /^checkers-quick-(\d+)-(\d+)-/.exec(room);
  return found ? `${found[1]}+${found[2]}` : undefined;
}

/** Parses a clock of minutes and seconds per move: `5+3`, `0.25+0`. */
export function parseClock(text) {
  const [minutes, seconds] = text.split('+').map(Number);
  const milliseconds = Math.round(minutes * 60_000);
  return seconds > 0 ? { kind: 'increment', milliseconds, stepMilliseconds: Math.round(seconds * 1000) } : { kind: 'suddenDeath', milliseconds };
}

export const formatClock = ({ milliseconds, stepMilliseconds = 0 }) => `${+(milliseconds / 60_000).toFixed(2)}+${+(stepMilliseconds / 1000).toFixed(1)}`;

export const isClock = (clock, text) => clock !== undefined && formatClock(clock) === formatClock(parseClock(text));
