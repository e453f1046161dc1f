import { PacketCommand } from './commands.js';
import { Connection, type ConnectionLimits, firstUid, type OutgoingPacket, type RequestOptions } from './connection.js';
import { Emitter } from './emitter.js';
import { ConnectionError, RequestError, TPacketError } from './errors.js';
import { EventQueue, type Receipt, type RoomEvent } from './events.js';
import type { Packet } from './packet.js';
import { type AbortSignalLike, platform, type Timer, type WebSocketConstructor } from './platform.js';
import { type ReconnectOptions, reconnection } from './reconnection.js';
import { RoomView } from './room.js';
import type { Roster } from './roster.js';
import type { ClientState } from './state.js';

/** All times in milliseconds. */
export interface ClientOptions {
  /** Default: `globalThis.WebSocket`, which browsers and Node 22 have. */
  readonly WebSocket?: WebSocketConstructor;
  /** The first thing that the server hears. Default: `magic string :)`. */
  readonly magicString?: string;
  /** Ranges of commands of 10 and more that the client wants to receive, both ends included. At most 16, of which `followLog` needs two. Default: none. */
  readonly accept?: readonly (readonly [first: number, last: number])[];
  /**
   * Whether the client follows the log of its room where the server knows that: events have `offset` and `time`, messages of the history have their senders, and `say` resolves with a receipt.
   * Default: true.
   */
  readonly followLog?: boolean;
  /** For the WebSocket to open, and for each reply. Default: 10,000. */
  readonly timeout?: number;
  /** Silence after which the server is asked whether it is there; 0 for never. Default: 30,000. */
  readonly keepAlive?: number;
  /** How a lost connection is sought again; false for not at all. */
  readonly reconnect?: ReconnectOptions | false;
  /** Longest packet taken, header included, in bytes. A longer one ends the connection. Default: 65,536. */
  readonly maxPacketLength?: number;
  /** Most users in a room. One more ends the connection. Default: 16,384. */
  readonly maxUsers?: number;
  /** Most bytes that wait to be sent. Default: 262,144. */
  readonly maxBufferedBytes?: number;
  /** Most requests that wait for replies. Default: 1,024. */
  readonly maxPendingRequests?: number;
}

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

  readonly #url: string;
  readonly #WebSocket: WebSocketConstructor;
  readonly #magicString: string;
  readonly #accept: readonly (readonly [number, number])[];
  readonly #reconnect: Required<ReconnectOptions>;
  readonly #keepAlive: number;
  readonly #room: RoomView;
  readonly #uids = { next: firstUid };
  readonly #limits: ConnectionLimits;
  readonly #queues = new Set<EventQueue>();

  #state: ClientState = { name: 'closed' };
  #connection: Connection | undefined;
  #timer: Timer;
  #attempt = 0;
  // When the client became ready, by the system's clock; undefined unless it is.
  #readySince: number | undefined;

  /**
   * Does not connect yet.
   * @param url The server's: `ws://host:25021/`, or `wss:`.
   */
  constructor(url: string, options: ClientOptions = {}) {
    super();
    const WebSocket = options.WebSocket ?? platform.WebSocket;
    if (!WebSocket) throw new TypeError('There is no WebSocket here; the option of that name takes one, such as that of the npm package ws.');
    this.#url = url;
    this.#WebSocket = WebSocket;
    this.#magicString = options.magicString ?? 'magic string :)';
    this.#accept = options.accept ?? [];
    this.#keepAlive = options.keepAlive ?? 30_000;
    this.#room = new RoomView(
      options.maxUsers ?? 16_384,
      options.followLog ?? true,
      event => this.#tell(event),
      () => this.#state.name === 'ready' && this.#become(this.#readyState()),
    );
    this.roster = this.#room.roster;
    this.#reconnect = { initialDelay: 500, maxDelay: 30_000, maxAttempts: options.reconnect === false ? 0 : Infinity, stableAfter: 10_000, ...options.reconnect };
    this.#limits = {
      timeout: options.timeout ?? 10_000,
      maxPacketLength: options.maxPacketLength ?? 65_536,
      maxBufferedBytes: options.maxBufferedBytes ?? 262_144,
      maxPendingRequests: options.maxPendingRequests ?? 1024,
    };
  }

  /** What the client is at. */
  get state(): ClientState {
    return this.#state;
  }

  /**
   * Connects, signs in and enters a room, if one is given. Once that is done, a connection that is lost is sought again; before, nothing is tried twice.
   * @throws RequestError (rejected) The nick or the room is refused; the client is closed, and may try another.
   * @throws ConnectionError | TimeoutError | ProtocolError (rejected) There is no connection, or none any more; the client is closed.
   */
  async connect(nick: string, room?: string, { signal }: { readonly signal?: AbortSignalLike } = {}): Promise<void> {
    if (this.#state.name !== 'closed') throw new Error(`The client is ${this.#state.name}.`);
    if (signal?.aborted) throw signal.reason;
    this.#room.nick = nick;
    this.#room.name = room;
    this.#attempt = 0;
    const abort = () => this.#shut(signal!.reason as Error);
    signal?.addEventListener('abort', abort);
    try {
      await this.#open();
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * Enters a room, or leaves one for it where the server allows that. Restored by a reconnect.
   * @throws RequestError (rejected) The room is refused; nothing has changed.
   */
  async join(room: string): Promise<void> {
    await this.#enter(this.#ready(), room, false);
  }

  /**
   * Takes another nick, where the server allows that. Restored by a reconnect.
   * @throws RequestError (rejected) The nick is refused; the user keeps the one that it has.
   */
  async rename(nick: string): Promise<void> {
    await this.#ready().request({ command: PacketCommand.SetUserNick, data: nick });
    this.#room.nick = nick;
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
      const connection = this.#ready();
      return connection.givesReceipts ? connection.append(packet).receipt : Promise.resolve({ uid: connection.send(packet) });
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
    const connection = this.#ready();
    // The server gives a receipt for each message, and the uids of those have to rise.
    return connection.givesReceipts && packet.command === PacketCommand.NewMsg ? connection.append(packet).uid : connection.send(packet);
  }

  /**
   * Sends a packet and waits for its reply: RESP_OK, or a packet of the application's.
   * @throws RequestError (rejected) The server has refused.
   * @throws TimeoutError (rejected) No reply in time.
   * @throws ConnectionError (rejected) The client is not ready, or the connection was lost. Whether the request was done is not known; it is not sent again.
   */
  async request(packet: OutgoingPacket, options?: RequestOptions): Promise<Packet> {
    return this.#ready().request(packet, options);
  }

  /**
   * What happens in the room from now on, across reconnects. Ends with the client: by `close` in order, otherwise with the error that has closed it.
   * @param capacity Most events that wait to be read; one more, and the iteration fails with an OverflowError.
   */
  events({ capacity = 1024 }: { readonly capacity?: number } = {}): AsyncIterableIterator<RoomEvent> {
    const queue = new EventQueue(capacity, () => this.#queues.delete(queue));
    this.#queues.add(queue);
    return queue;
  }

  /** Ends the connection, and any search for one. */
  close(): void {
    this.#shut();
  }

  #ready(): Connection {
    if (this.#state.name !== 'ready') throw new ConnectionError(`The client is ${this.#state.name}, not ready.`);
    return this.#connection!;
  }

  #become(state: ClientState): void {
    this.#state = state;
    this.emit('state', state);
  }

  #tell(event: RoomEvent): void {
    for (const queue of [...this.#queues]) queue.push(event);
    this.emit(event.type, event as never);
    this.emit('event', event);
  }

  /** One attempt, up to ready. What ends it ends its connection, and so goes to `#lose`. */
  async #open(): Promise<void> {
    const connection = this.#create();
    this.#connection = connection;
    this.#become({ name: 'connecting', attempt: this.#attempt });
    try {
      await connection.opened();
      // A listener may have closed it.
      if (connection.error) throw connection.error;
      this.#become({ name: 'signingIn' });
      connection.send({ command: PacketCommand.Nop, data: this.#magicString });
      await connection.request({ command: PacketCommand.SetUserNick, data: this.#room.nick });
      await Promise.all(this.#accept.map(([p1, p2]) => connection.request({ command: PacketCommand.AcceptCommands, p1, p2 })));
      if (this.#room.follows) this.#follow(connection);
      if (this.#room.name === undefined) this.#settle(connection);
      else await this.#enter(connection, this.#room.name, this.#attempt > 0);
      if (connection.error) throw connection.error;
    } catch (error) {
      connection.close(error as Error, 1000);
      throw error;
    }
  }

  #create(): Connection {
    try {
      const connection: Connection = new Connection(
        this.#url,
        this.#WebSocket,
        this.#limits,
        this.#uids,
        packet => this.#room.receive(packet),
        error => this.#lose(connection, error),
      );
      return connection;
    } catch (error) {
      // The platform does not like the URL.
      this.#shut(error as Error);
      throw error;
    }
  }

  /** Asks for receipts and for the log's events. An old server refuses both, and a room's snapshot shows which servers know them, so nothing waits for the replies. */
  #follow(connection: Connection): void {
    const ask = (p1: number, p2: number, settle: (error?: Error) => void) => connection.ask({ command: PacketCommand.AcceptCommands, p1, p2 }, settle);
    ask(PacketCommand.Receipt, PacketCommand.Receipt, error => (connection.acceptsReceipts = !error));
    ask(PacketCommand.Event, PacketCommand.Snapshot, () => {});
  }

  /** Asks for a room. Each step is taken before the packet behind it is handled, which a promise could not. */
  #enter(connection: Connection, room: string, again: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let entered = false;
      const fail = (error: Error) => {
        if (error instanceof RequestError && this.#readySince !== undefined) this.#become(this.#readyState());
        else connection.close(error, 1000);
        reject(error);
      };
      connection.ask({ command: PacketCommand.SetRoom, data: room }, error => {
        if (error) return fail(error);
        entered = true;
        this.#room.enter(room, again);
      });
      try {
        connection.fence(error => {
          if (!entered) return;
          if (error) return fail(error);
          this.#room.complete();
          this.#settle(connection);
          if (connection.error) reject(connection.error);
          else resolve();
        });
        this.#become({ name: 'joining', room });
      } catch (error) {
        fail(error as Error);
      }
    });
  }

  #readyState(): ClientState {
    return this.#room.name === undefined ? { name: 'ready' } : { name: 'ready', room: this.#room.name };
  }

  #settle(connection: Connection): void {
    if (connection.error) return;
    this.#readySince ??= Date.now();
    this.#watch(connection);
    this.#become(this.#readyState());
  }

  /** A web page cannot ping, nor see a ping: after a silence, it asks for something. */
  #watch(connection: Connection): void {
    platform.clearTimeout(this.#timer);
    if (this.#keepAlive === 0) return;
    connection.heard = false;
    this.#timer = platform.setTimeout(() => {
      if (connection.heard) return this.#watch(connection);
      try {
        connection.fence(error => {
          if (connection.error) return;
          if (error && !connection.heard) connection.close(error, 1000);
          else this.#watch(connection);
        });
      } catch (error) {
        // Nothing goes out, and nothing comes in.
        connection.close(error as Error, 1000);
      }
    }, this.#keepAlive);
  }

  #lose(connection: Connection, error: Error): void {
    if (connection !== this.#connection) return;
    const ready = this.#readySince === undefined ? undefined : Date.now() - this.#readySince;
    const next = reconnection(error instanceof TPacketError && error.isTransient, this.#attempt, ready, this.#reconnect, Math.random());
    if (!next) return this.#shut(error);
    this.#reset();
    this.#attempt = next.attempt;
    // What becomes of it, the state tells.
    this.#timer = platform.setTimeout(() => this.#open().catch(() => {}), next.delay);
    this.#become({ name: 'reconnecting', ...next, reason: error });
  }

  #reset(): void {
    platform.clearTimeout(this.#timer);
    this.#connection = undefined;
    this.#readySince = undefined;
    this.#room.interrupt();
  }

  #shut(reason?: Error): void {
    if (this.#state.name === 'closed') return;
    const connection = this.#connection;
    this.#reset();
    connection?.close(reason ?? new ConnectionError('The client was closed.'), 1000);
    this.roster.replace(new Map(), 0);
    this.#become(reason ? { name: 'closed', reason } : { name: 'closed' });
    for (const queue of [...this.#queues]) queue.end(reason);
  }
}
