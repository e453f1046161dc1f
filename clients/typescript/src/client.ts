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

/** The events of a client. */
export type ClientEvents = { [Type in RoomEvent['type']]: Extract<RoomEvent, { type: Type }> } & {
  /** The client's state has changed. Raised before the events and errors that follow from it. */
  state: ClientState;
  /** Any event of the room. */
  event: RoomEvent;
};

/** A client of a tPacket server: one user in at most one room. */
export class TPacketClient extends Emitter<ClientEvents> {
  /** The users in the room. */
  readonly roster: Roster;

  readonly #loop: Loop;

  /**
   * Creates a client, which does not connect yet.
   * @param address The server's address with `ws:`, `wss:`, `http:` or `https:`, such as `ws://host:25021/`; or a function that returns it for each attempt.
   */
  constructor(address: ServerAddress, options: ClientOptions = {}) {
    super();
    this.#loop = new Loop(
      address,
      settingsOf(options),
      state => this.emit('state', state),
      event => this.#dispatch(event),
    );
    this.roster = this.#loop.room.roster;
  }

  /** The client's state. */
  get state(): ClientState {
    return this.#loop.state;
  }

  /**
   * Connects, signs in and enters a room, if one is given. Resolves when the client is ready and has received roster and history. After that, the client
   * reconnects when it loses the connection. The client does not repeat a failed first attempt, unless the server has named a delay for the next one.
   * @param signal Closes the client, unless it is ready.
   * @throws RequestError (rejected) The server refuses the nick or the room; the client is closed, and may connect again with another nick or room.
   * @throws ConnectionError | TimeoutError | ProtocolError (rejected) The client could not connect, or lost the connection; it is closed.
   */
  async connect(nick: string, room?: string, { signal }: { readonly signal?: AbortSignalLike } = {}): Promise<void> {
    if (this.state.name !== 'closed') throw new Error(`The client is ${this.state.name}.`);
    if (signal?.aborted) throw signal.reason;
    const abort = () => this.#loop.stop(signal!.reason as Error);
    signal?.addEventListener('abort', abort);
    try {
      await this.#loop.start(nick, room);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * Enters a room, and leaves the current one if the server allows that. Resolves when the client has received roster and history.
   * A reconnect restores the room.
   * @throws RequestError (rejected) The server refuses the room; nothing has changed.
   */
  async join(room: string): Promise<void> {
    await this.#loop.join(room);
  }

  /**
   * Changes the nick, if the server allows that. A reconnect restores the nick.
   * @throws RequestError (rejected) The server refuses the nick; nothing has changed.
   */
  async rename(nick: string): Promise<void> {
    await this.#loop.connection.request({ command: PacketCommand.SetUserNick, data: nick });
    this.#loop.onRenamed(nick);
  }

  /**
   * Sends a message to the room. The client receives its own message as a `message` with the offset of the receipt.
   * @returns See `append`.
   */
  say(text: string): Promise<Receipt> {
    return this.append({ command: PacketCommand.NewMsg, data: text });
  }

  /**
   * Sends a packet that the server appends to the room's log. If the server does not know whether it has appended a packet, the client repeats it before later
   * ones. The server never appends a packet twice. The caller may ignore the promise: a refusal also raises `refused`.
   * @returns The receipt, after the event itself. If the server sends no receipts, or the client does not follow the log or is in no room:
   * a receipt without an offset, at once.
   * @throws RequestError (rejected) The server has refused the packet and not appended it.
   * @throws TimeoutError (rejected) No receipt came in time. The server may have appended the packet, or may still do so.
   * @throws ConnectionError (rejected) The client is not ready, its send buffer is full, or 128 packets wait for receipts: nothing is sent.
   * Or the session has ended: the server may have appended the packet.
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
   * Sends a packet. Use `append` for packets that the server appends to the room's log.
   * @returns The packet's uid. If the server refuses the packet, the client raises `refused` with this uid.
   * @throws ConnectionError The client is not ready, its send buffer is full, or (NEW_MSG) 128 packets wait for receipts.
   */
  send(packet: OutgoingPacket): number {
    const { connection } = this.#loop;
    // The server sends a receipt for each message, and the uids of packets with receipts must rise.
    return connection.user.givesReceipts && packet.command === PacketCommand.NewMsg ? connection.append(packet).uid : connection.send(packet);
  }

  /**
   * Sends a packet and waits for its reply: RESP_OK, or a packet of the application.
   * @throws RequestError (rejected) The server has refused the request.
   * @throws TimeoutError (rejected) No reply came in time.
   * @throws ConnectionError (rejected) The client is not ready; or the connection has ended, and the server may have handled the request.
   * The client does not send it again.
   */
  async request(packet: OutgoingPacket, options?: RequestOptions): Promise<Packet> {
    return this.#loop.connection.request(packet, options);
  }

  /**
   * Closes the connection with 1000, or stops reconnecting. The user leaves the room at once, or after its grace if there is no connection.
   * The client may connect again.
   */
  close(): void {
    this.#loop.stop();
  }

  #dispatch(event: RoomEvent): void {
    this.emit(event.type, event as never);
    this.emit('event', event);
  }
}
