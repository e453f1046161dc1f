// Clients of ours that are steered with lines and tell in lines what happens to them. Node and the page share this file.
//   7 new ["ws://127.0.0.1:1234/",{"accept":[[256,300]]}]
//   7 connect ["alice","lobby"]
// Every method's outcome is told, but for those that return nothing.

const words = (...all) => all.filter(word => word !== undefined && word !== '').join(' ');
const outcome = error => words(error.name, error.code ?? error.closeCode ?? error.status, error.text);

function listen(client, tell) {
  client.on('state', state => tell(words('state', state.name, state.attempt || undefined, state.room, state.reason && outcome(state.reason))));
  client.on('entered', ({ room, again }) => tell(words('entered', room, again ? 'again' : '')));
  client.on('message', ({ sender, text, history }) => tell(history ? words('history', sender ? `${sender.nick}: ${text}` : text) : words('message', sender?.nick, text)));
  client.on('joined', ({ user }) => tell(`joined ${user.nick}`));
  client.on('left', ({ user }) => tell(`left ${user.nick}`));
  client.on('refused', ({ error }) => tell(words('refused', error.code, error.text)));
  client.on('packet', ({ packet }) => tell(words('packet', packet.command, packet.p1, packet.p2)));
}

/**
 * Makes what obeys a line.
 * @param client the client's package
 * @param platform.webSocketOf the WebSocket for a client of some options
 * @param platform.prepare resolves when an address can be connected to with some options; asked before a first connect
 * @param tell takes a line
 */
export function steer({ TPacketClient, decodeText }, { webSocketOf = () => undefined, prepare = () => undefined }, tell) {
  const clients = new Map();
  return async line => {
    const [, id, verb, json] = /^(\d+) (\w+) ?(.*)$/.exec(line);
    const args = json ? JSON.parse(json) : [];
    const tellOf = text => tell(`${id} ${text}`);
    if (verb === 'new') {
      const [url, options] = args;
      const client = new TPacketClient(url, { WebSocket: webSocketOf(options ?? {}), ...options });
      clients.set(id, { client, url, options: options ?? {} });
      return listen(client, tellOf);
    }

    const { client, url, options } = clients.get(id);
    if (verb === 'roster') return tellOf(words('roster', ...client.roster.users.map(user => user.nick), `self ${client.roster.self?.nick}`));
    const ready = verb === 'connect' && prepare(url, options, client);
    if (ready) await ready;
    const returned = client[verb](...args);
    // What becomes of a message, the room's events tell.
    if (verb === 'say') return;
    returned?.then?.(
      reply => tellOf(reply ? words(verb, reply.command, reply.p1, reply.p2, decodeText(reply.data)) : `${verb} done`),
      error => tellOf(words(verb, outcome(error))),
    );
  };
}
