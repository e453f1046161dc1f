// Runs commands on a WebSocket and reports its events as lines. Node and the page share this file.

import { binary, describe, text } from './messages.mjs';

/** Reports one line for each event, in order: open, text, binary and close. */
export function listen(socket, report, extensions = () => socket.extensions) {
  let reported = Promise.resolve();
  const then = line => (reported = reported.then(line).then(report));
  const opened = () => then(() => ['open', socket.protocol && `protocol ${socket.protocol}`, extensions() && `extensions ${extensions()}`].filter(Boolean).join(' '));
  socket.binaryType = 'arraybuffer';
  if (socket.readyState === 1) opened();
  else socket.addEventListener('open', opened);
  socket.addEventListener('message', event => then(() => describe(event.data)));
  socket.addEventListener('close', event => then(() => `close ${event.code} ${event.reason}`.trimEnd()));
}

/** Runs a command that every WebSocket supports: `text 5`, `binary 0`, `close`, `close 1000`, `close 3000 because`. */
export function steer(socket, [verb, ...words]) {
  switch (verb) {
    case 'text':
      return socket.send(new TextDecoder().decode(text(+words[0])));
    case 'binary':
      return socket.send(binary(+words[0]));
    case 'close':
      return words.length === 0 ? socket.close() : socket.close(+words[0], words.slice(1).join(' '));
    default:
      throw new Error(`No such verb: ${verb}`);
  }
}
