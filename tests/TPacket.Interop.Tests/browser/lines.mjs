// What Node has as standard input and output, over HTTP: lines are asked for, and what is told is posted, one after the other.

const told = [];
let posting = false;

export async function tell(line) {
  told.push(line);
  if (posting) return;
  posting = true;
  while (told.length > 0) await fetch('/events', { method: 'POST', body: told.splice(0).join('\n') });
  posting = false;
}

/** Does what the lines say, for ever. */
export async function obeyAll(obey) {
  tell('0 ready');
  for (;;) {
    const lines = await (await fetch('/next')).text();
    lines.split('\n').forEach(line => obey(line));
  }
}
