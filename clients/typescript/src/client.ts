import { PacketCommand } from './commands.js';
import type { OutgoingPacket, RequestOptions } from './connection.js';
import { Emitter } from './emitter.js';
import type { Receipt, RoomEvent } from './events.js';
import { Loop } from './loop.js';
import { type ClientOptions, type ServerAddress, settingsOf } from './options.js';
import type { Packet } from './packet.js';
import type { AbortSignalLike } from './platform.js';
import type { Roster } from './roster.js';
import type { ClientState } from './state.js';

/** What a client tells its listeners. */
export type ClientEvents = { [Type in RoomEvent['type']]: Extract<RoomEvent, { type: Type }> } & {
  /** The client's state is another. */
  state: ClientState;
  /** Any of the room's events. */
  event: RoomEvent;
};

/** A client of a tPacket server: one user in at most one room. */
export class TPacketClient extends Emitter<ClientEvents> {
  /** Who is in the room. */
  readonly roster: Roster;

  readonly #loop: Loop;

  /**
   * Does not connect yet.
   * @param address The server's: `ws://host:25021/`, `wss:`, `http:` or `https:`; or a function that gives it for each attempt.
   */
  constructor(address: ServerAddress, options: ClientOptions = {}) {
    super();
    this.#loop = new Loop(
      address,
      settingsOf(options),
      state => this.emit('state', state),
      event => this.#tell(event),
    );
    this.roster = this.#loop.room.roster;
  }

  /** What the client is at. */
  get state(): ClientState {
    return this.#loop.state;
  }

  /**
   * Connects, signs in and enters a room, if one is given. Once that is done, a connection that is lost is sought again; before, nothing is tried twice.
   * @throws RequestError (rejected) The nick or the room is refused; the client is closed, and may try another.
   * @throws ConnectionError | TimeoutError | ProtocolError (rejected) There is no connection, or none any more; the client is closed.
   */
  async connect(nick: string, room?: string, { signal }: { readonly signal?: AbortSignalLike } = {}): Promise<void> {
    if (this.state.name !== 'closed') throw new Error(`The client is ${this.state.name}.`);
    if (signal?.aborted) throw signal.reason;
    const abort = () => this.#loop.shut(signal!.reason as Error);
    signal?.addEventListener('abort', abort);
    try {
      await this.#loop.start(nick, room);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * Enters a room, or leaves one for it where the server allows that. Restored by a reconnect.
   * @throws RequestError (rejected) The room is refused; nothing has changed.
   */
  async join(room: string): Promise<void> {
    await this.#loop.join(room);
  }

  /**
   * Takes another nick, where the server allows that. Restored by a reconnect.
   * @throws RequestError (rejected) The nick is refused; the user keeps the one that it has.
   */
  async rename(nick: string): Promise<void> {
    await this.#loop.connection.request({ command: PacketCommand.SetUserNick, data: nick });
    this.#loop.renamed(nick);
  }

  /**
   * Says something to the room. It comes back as a `message`, whose offset is the receipt's.
   * @returns As `append`.
   */
  say(text: string): Promise<Receipt> {
    return this.append({ command: PacketCommand.NewMsg, data: text });
  }

  /**
   * Sends a packet that the server appends to the room's log. A packet of which the server does not know whether it was appended is sent again, and later ones wait for that; it is never appended twice.
   * Nobody has to look at what is returned: a refusal is also told as `refused`.
   * @returns The receipt, behind the event itself. Where the server gives none, or the client does not follow the log or is in no room: a receipt without an offset, at once.
   * @throws RequestError (rejected) The server has refused the packet, and has not appended it.
   * @throws TimeoutError (rejected) No receipt in time; the server may have appended the packet, or still will.
   * @throws ConnectionError (rejected) The client is not ready, too much waits to be sent, or 128 packets wait for their receipts: nothing is sent. Or the connection was lost: then nobody knows.
   */
  append(packet: OutgoingPacket): Promise<Receipt> {
    try {
      const { connection } = this.#loop;
      return connection.user.givesReceipts ? connection.append(packet).receipt : Promise.resolve({ uid: connection.send(packet) });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends a packet. One that the server appends to the room's log is for `append`.
   * @returns Its uid, with which a refusal is told as `refused`.
   * @throws ConnectionError The client is not ready, or too much waits to be sent.
   */
  send(packet: OutgoingPacket): number {
    const { connection } = this.#loop;
    // The server gives a receipt for each message, and the uids of those have to rise.
    return connection.user.givesReceipts && packet.command === PacketCommand.NewMsg ? connection.append(packet).uid : connection.send(packet);
  }

  /**
   * Sends a packet and waits for its reply: RESP_OK, or a packet of the application's.
   * @throws RequestError (rejected) The server has refused.
   * @throws TimeoutError (rejected) No reply in time.
   * @throws ConnectionError (rejected) The client is not ready, or the connection was lost. Whether the request was done is not known; it is not sent again.
   */
  async request(packet: OutgoingPacket, options?: RequestOptions): Promise<Packet> {
    return this.#loop.connection.request(packet, options);
  }

  /** Ends the connection, and any search for one. */
  close(): void {
    this.#loop.shut();
  }

  #tell(event: RoomEvent): void {
    this.emit(event.type, event as never);
    this.emit('event', event);
  }
}
