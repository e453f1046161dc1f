// A scripted server, which acts at once.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { PacketCommand, TPacketClient, decodeText, encodeText, readPacket, writePacket } from 'tpacket-client';

// A client that a test does not close would try to reconnect forever.
const clients = [];
after(() => clients.forEach(client => client.close()));

/** Lets all due tasks run. */
export const settled = () => new Promise(resolve => setImmediate(resolve));

export class FakeServer {
  /** The sockets that were opened, the newest last. */
  sockets = [];

  /**
   * @param follows whether the server knows ACCEPT_COMMANDS and logs; otherwise it refuses ACCEPT_COMMANDS, as the oldest servers do
   * @param sessions whether the server has sessions; otherwise it refuses SESSION
   */
  constructor({ follows = false, sessions = false } = {}) {
    this.follows = follows;
    this.sessions = sessions;
    const server = this;
    this.WebSocket = class {
      binaryType = 'blob';
      bufferedAmount = 0;
      /** Packets that the client has sent and the test has not read. */
      sent = [];
      /** The client's close code and reason. */
      closed = undefined;

      constructor(url, protocols) {
        this.url = url;
        this.protocols = protocols;
        server.sockets.push(this);
      }

      send(data) {
        assert.ok(!this.closed);
        const packet = readPacket(new Uint8Array(data));
        assert.equal(typeof packet, 'object', packet);
        this.sent.push(packet);
      }

      close(code, reason) {
        this.closed = { code, reason };
      }
    };
  }

  get socket() {
    return this.sockets.at(-1);
  }

  client({ address = 'ws://server/', ...options } = {}) {
    const client = new TPacketClient(address, { WebSocket: this.WebSocket, ...options });
    clients.push(client);
    return client;
  }

  open() {
    this.socket.onopen?.({});
  }

  /** Reads the next packet of the client: its command, and its data as text. */
  read(command, text) {
    const packet = this.socket.sent.shift();
    assert.deepEqual(packet && [packet.command, decodeText(packet.data)], [command, text]);
    return packet;
  }

  message(data) {
    this.socket.onmessage?.({ data: data instanceof Uint8Array ? data.slice().buffer : data });
  }

  send(command, { uid = -1, p1 = 0, p2 = 0, data = '' } = {}) {
    this.message(writePacket({ uid, command, p1, p2, data: typeof data === 'string' ? encodeText(data) : data }));
  }

  ok({ uid }) {
    this.send(PacketCommand.RespOk, { uid });
  }

  refuse({ uid }, code, text = '', p2 = 0) {
    this.send(PacketCommand.RespError, { uid, p1: code, p2, data: text });
  }

  userComes(id, nick) {
    this.send(PacketCommand.NewUser, { p1: id, data: nick });
  }

  userGoes(id, nick) {
    this.send(PacketCommand.DelUser, { p1: id, data: nick });
  }

  says(id, text) {
    this.send(PacketCommand.NewMsg, { p1: id, data: text });
  }

  logged(text) {
    this.send(PacketCommand.LoggedMsg, { data: text });
  }

  /** Ends the connection. */
  end(code = 1006, reason = '') {
    this.socket.onclose?.({ code, reason });
  }

  /** Opens the connection and lets the client sign in. */
  async signIn(nick = 'alice') {
    this.open();
    await settled();
    this.read(PacketCommand.Nop, 'magic string :)');
    await this.letSignIn(nick);
  }

  /** Lets the user of an open connection sign in. */
  async letSignIn(nick = 'alice') {
    this.ok(this.read(PacketCommand.SetUserNick, nick));
    await settled();
    this.answerFollower();
  }

  /** Answers the requests to follow and for a session, if the client makes them. */
  answerFollower() {
    for (const first of [PacketCommand.Receipt, PacketCommand.Event]) {
      if (this.socket.sent[0]?.p1 !== first) continue;
      const request = this.read(PacketCommand.AcceptCommands, '');
      if (this.follows) this.ok(request);
      else this.refuse(request, -2);
    }
    this.answerSession();
  }

  /** Answers the request for a session, if the client makes it. The user is 0x1000. */
  answerSession() {
    if (this.socket.sent[0]?.command !== PacketCommand.Session) return;
    this.session = this.socket.sent.shift();
    if (this.sessions) this.send(PacketCommand.Session, { uid: this.session.uid, p1: 30_000, p2: 0x1000 });
    else this.refuse(this.session, -2);
  }

  /**
   * Opens the connection, and reads the first packets of a client that reconnects.
   * @returns its RESUME
   */
  async readResume() {
    this.open();
    await settled();
    this.read(PacketCommand.Nop, 'magic string :)');
    const resume = this.socket.sent.shift();
    assert.equal(resume?.command, PacketCommand.Resume);
    return resume;
  }

  /**
   * Answers a RESUME.
   * @param p1 0 for the missed events, 1 for a snapshot, 2 for no room
   */
  resume({ uid }, p1, id = 0x1000) {
    this.send(PacketCommand.Resume, { uid, p1, p2: id });
  }

  /** Sends an EVENT. Its time is its offset in seconds. */
  event(offset, ...packets) {
    this.send(PacketCommand.Event, { p1: offset | 0, p2: Math.floor(offset / 2 ** 32), data: Buffer.concat([place(offset * 1000), ...packets]) });
  }

  /** Sends an EVENT with a message. */
  saysAt(offset, id, text) {
    this.event(offset, packet(PacketCommand.NewMsg, { p1: id, data: text }));
  }

  beginSnapshot(offset, room = 'lobby', epoch = 7) {
    const position = Buffer.alloc(24);
    [epoch, offset].forEach((number, i) => position.writeBigInt64LE(BigInt(number), i * 8));
    this.send(PacketCommand.Snapshot, { p1: 1, data: Buffer.concat([position, Buffer.from(room)]) });
  }

  endSnapshot() {
    this.send(PacketCommand.Snapshot);
  }

  /** Sends a RECEIPT. Its time is its offset in seconds. */
  receipt({ uid }, offset) {
    this.send(PacketCommand.Receipt, { uid, p1: offset | 0, p2: Math.floor(offset / 2 ** 32), data: place(offset * 1000) });
  }

  /** Accepts a client's SET_ROOM, and sends a snapshot at offset 9. */
  async letFollow(room = 'lobby', users = { 0x1000: 'alice' }) {
    this.ok(this.read(PacketCommand.SetRoom, room));
    this.beginSnapshot(9, room);
    for (const [id, nick] of Object.entries(users)) this.userComes(+id, nick);
    this.endSnapshot();
    this.passFence();
    await settled();
  }

  /** Returns a client that follows the log of its room. */
  async following(options) {
    const client = this.client(options);
    const connected = client.connect('alice', 'lobby');
    // A client with a store reads it first.
    await settled();
    await this.signIn();
    await this.letFollow();
    await connected;
    return client;
  }

  /** Accepts a client's SET_ROOM, if it sends one, with the given users and history. */
  async letIn(room = 'lobby', users = { 0x1000: 'alice' }, history = []) {
    this.ok(this.read(PacketCommand.SetRoom, room));
    for (const [id, nick] of Object.entries(users)) this.userComes(+id, nick);
    for (const text of history) this.logged(text);
    this.passFence();
    await settled();
  }

  /** Answers the probe: ACCEPT_COMMANDS of an empty range. */
  passFence() {
    const fence = this.read(PacketCommand.AcceptCommands, '');
    assert.deepEqual([fence.p1, fence.p2], [0, 0]);
    this.refuse(fence, -4);
  }

  /** Returns a client in a room. */
  async ready(options, users, history) {
    const client = this.client(options);
    const connected = client.connect('alice', 'lobby');
    await this.signIn();
    await this.letIn('lobby', users, history);
    await connected;
    return client;
  }
}

/** Encodes a packet. */
export const packet = (command, { uid = -1, p1 = 0, p2 = 0, data = '' } = {}) =>
  writePacket({ uid, command, p1, p2, data: typeof data === 'string' ? encodeText(data) : data });

/** Encodes the beginning of EVENT and RECEIPT: a time in milliseconds, and a check. */
export function place(time, check = 0) {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64LE(BigInt(time));
  bytes.writeBigInt64LE(BigInt(check), 8);
  return bytes;
}

/** Records all events of a client from now on, states by their names. */
export function watch(client) {
  const recorded = [];
  client.on('state', state => recorded.push(state.name));
  client.on('event', event => recorded.push(event));
  return recorded;
}
