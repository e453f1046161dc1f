// Replaces the standard input and output of Node by HTTP: GET returns commands, and POST reports lines in order.

const reported = [];
let posting = false;

export async function report(line) {
  reported.push(line);
  if (posting) return;
  posting = true;
  while (reported.length > 0) await fetch('/events', { method: 'POST', body: reported.splice(0).join('\n') });
  posting = false;
}

/** Requests and runs commands until the page is closed. */
export async function runAll(run) {
  report('0 ready');
  for (;;) {
    const lines = await (await fetch('/next')).text();
    lines.split('\n').forEach(line => run(line));
  }
}
