// A WebSocket that is steered with words and tells in words what happens to it. Node and the page share this file.

import { binary, describe, text } from './messages.mjs';

/** Tells `tell` one line an event, in order: open, text, binary and close. */
export function listen(socket, tell, extensions = () => socket.extensions) {
  let told = Promise.resolve();
  const then = line => (told = told.then(line).then(tell));
  const opened = () => then(() => ['open', socket.protocol && `protocol ${socket.protocol}`, extensions() && `extensions ${extensions()}`].filter(Boolean).join(' '));
  socket.binaryType = 'arraybuffer';
  if (socket.readyState === 1) opened();
  else socket.addEventListener('open', opened);
  socket.addEventListener('message', event => then(() => describe(event.data)));
  socket.addEventListener('close', event => then(() => `close ${event.code} ${event.reason}`.trimEnd()));
}

/** Does what every WebSocket can: `text 5`, `binary 0`, `close`, `close 1000`, `close 3000 because`. */
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
