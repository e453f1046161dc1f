// Runs commands, one a line, on clients of the package tpacket-client, and reports their events as lines. Node and the page share this file.
//   7 new ["ws://127.0.0.1:1234/",{"accept":[[256,300]]}]
//   7 connect ["alice","lobby"]
// The outcome of each method that returns something is reported.

const words = (...all) => all.filter(word => word !== undefined && word !== '').join(' ');
const outcome = error => words(error.name, error.code ?? error.closeCode ?? error.status, error.text);

function listen(client, report) {
  client.on('state', state => report(words('state', state.name, state.attempt || undefined, state.room, state.reason && outcome(state.reason))));
  client.on('entered', ({ room, again }) => report(words('entered', room, again ? 'again' : '')));
  client.on('message', ({ sender, text, history }) => report(history ? words('history', sender ? `${sender.nick}: ${text}` : text) : words('message', sender?.nick, text)));
  client.on('joined', ({ user }) => report(`joined ${user.nick}`));
  client.on('left', ({ user }) => report(`left ${user.nick}`));
  client.on('refused', ({ error }) => report(words('refused', error.code, error.text)));
  client.on('packet', ({ packet }) => report(words('packet', packet.command, packet.p1, packet.p2)));
}

/**
 * Returns a function that runs a command.
 * @param client the client's package
 * @param platform.webSocketOf returns the WebSocket for a client with the given options
 * @param platform.prepare resolves when a client with the given options can connect to an address; called before the first connect
 * @param report takes a line
 */
export function steer({ TPacketClient, decodeText }, { webSocketOf = () => undefined, prepare = () => undefined }, report) {
  const clients = new Map();
  return async line => {
    const [, id, verb, json] = /^(\d+) (\w+) ?(.*)$/.exec(line);
    const args = json ? JSON.parse(json) : [];
    const reportOf = text => report(`${id} ${text}`);
    if (verb === 'new') {
      const [url, options] = args;
      const client = new TPacketClient(url, { WebSocket: webSocketOf(options ?? {}), ...options });
      clients.set(id, { client, url, options: options ?? {} });
      return listen(client, reportOf);
    }

    const { client, url, options } = clients.get(id);
    if (verb === 'roster') return reportOf(words('roster', ...client.roster.users.map(user => user.nick), `self ${client.roster.self?.nick}`));
    const ready = verb === 'connect' && prepare(url, options, client);
    if (ready) await ready;
    const returned = client[verb](...args);
    // The events of the room report the outcome of a message.
    if (verb === 'say') return;
    returned?.then?.(
      reply => reportOf(reply ? words(verb, reply.command, reply.p1, reply.p2, decodeText(reply.data)) : `${verb} done`),
      error => reportOf(words(verb, outcome(error))),
    );
  };
}
