import { PacketCommand } from './commands.js';
import { Connection, firstUid } from './connection.js';
import { within } from './deadline.js';
import { Engagement } from './engagement.js';
import { ConnectionError, ProtocolError, TPacketError } from './errors.js';
import type { RoomEvent } from './events.js';
import { Keeper } from './keeper.js';
import { readMoveOn } from './move-on.js';
import type { AttemptTarget, ServerAddress, SessionOptions, Settings } from './options.js';
import type { Packet } from './packet.js';
import { watchPage } from './page.js';
import { platform, type Timer } from './platform.js';
import { reconnection } from './reconnection.js';
import { RoomView } from './room.js';
import { UserSession } from './session.js';
import type { ClientState } from './state.js';

// Milliseconds for an answer when the page may have been frozen; a server that is there answers in one round trip.
const probeTimeout = 4000;

/** The life of a client from `connect` to closed: attempts, connections, and the delays between them. All states come from here. */
export class Loop {
  state: ClientState = { name: 'closed' };
  readonly room: RoomView;

  readonly #uids = { next: firstUid };
  readonly #keeper: Keeper | undefined;
  readonly #engagement: Engagement;
  #connection: Connection | undefined;
  // Whether the application may send: the client is ready, or in the room, of which the history is on its way.
  #isOpen = false;
  // Of `connect`, until the client is ready or closed.
  #connected: { resolve(): void; reject(error: Error): void } | undefined;
  #timer: Timer;
  // Of the attempt that has no connection yet.
  #turn: object | undefined;
  #attempt = 0;
  // When the client became ready, by the system's clock; undefined unless it is.
  #readySince: number | undefined;
  // The address that the server has named.
  #named: string | undefined;
  // Whether the server has said when to come back.
  #isBidden = false;
  #unwatch: (() => void) | undefined;

  /**
   * @param changed Is called with each state.
   * @param told Is called with each event.
   */
  constructor(
    readonly address: ServerAddress,
    readonly settings: Settings,
    readonly changed: (state: ClientState) => void,
    told: (event: RoomEvent) => void,
  ) {
    const { store, key = 'tpacket' } = settings.session as SessionOptions;
    if (store) this.#keeper = new Keeper(store, key, this.#uids);
    this.room = new RoomView(
      settings.maxUsers,
      settings.followLog,
      settings.session !== false,
      event => {
        if (event.type === 'entered') {
          this.#engagement.attach(this.#connection!);
          this.#isOpen = true;
        }
        told(event);
      },
      () => this.state.name === 'ready' && this.#become(this.#engagement.readyState),
    );
    this.#engagement = new Engagement(
      settings,
      this.room,
      () => this.#newUser(),
      state => this.#become(state),
      connection => this.#settle(connection),
    );
  }

  /** Connects, and resolves when the client is ready. */
  start(nick: string, room: string | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connected = { resolve, reject };
      // A session that may have outlived the client belongs to its nick.
      const { token } = this.#engagement.user;
      const isKnown = token && this.room.nick === nick;
      if (!isKnown) this.#engagement.user = this.#newUser();
      this.room.nick = nick;
      this.room.name = room;
      this.#attempt = 0;
      this.#unwatch = watchPage(isOffline => this.#wake(isOffline));
      // Told when there is a WebSocket.
      this.state = { name: 'connecting', attempt: 0 };
      if (isKnown || !this.#keeper) return void this.#open();
      const connected = this.#connected;
      void this.#keeper.restore(nick, this.#engagement.user).then(() => {
        if (this.#connected === connected) void this.#open();
      });
    });
  }

  /** The connection that packets are sent on. */
  get connection(): Connection {
    if (!this.#isOpen) throw new ConnectionError(`The client is ${this.state.name}, not ready.`);
    return this.#connection!;
  }

  join(room: string): Promise<void> {
    return this.#engagement.enter(this.connection, room, false);
  }

  /** The server has given the user another nick. */
  renamed(nick: string): void {
    this.room.nick = nick;
    this.#engagement.user.changed();
  }

  /** Ends the connection, and any search for one. */
  shut(reason?: Error): void {
    if (this.state.name === 'closed') return;
    const connection = this.#connection;
    const error = reason ?? new ConnectionError('The client was closed.');
    // The server ends the session with 1000. One that is over and not known to be costs one refusal.
    if (this.#readySince !== undefined && !connection?.error) this.#engagement.user.forget();
    this.#reset();
    this.#unwatch!();
    connection?.close(error, 1000);
    this.#engagement.disconnected(connection, false, error);
    this.room.leave();
    this.#become(reason ? { name: 'closed', reason } : { name: 'closed' });
    this.#connected?.reject(error);
    this.#connected = undefined;
  }

  #newUser(): UserSession {
    return new UserSession(this.settings.timeout, () => this.#keeper?.save(this.room.nick, this.#engagement.user));
  }

  #become(state: ClientState): void {
    this.state = state;
    this.#isOpen = state.name === 'ready';
    this.changed(state);
  }

  /** One attempt, up to ready. What ends it ends its connection, and so goes to `#lose`. */
  async #open(): Promise<void> {
    const turn = (this.#turn = {});
    const { address } = this;
    let given: AttemptTarget | string | undefined;
    try {
      given = typeof address === 'string' ? (this.#named ?? address) : await within(this.settings.timeout, address(this.#named));
    } catch (error) {
      if (turn === this.#turn) this.#lose(undefined, new ConnectionError(`No address: ${(error as Error).message}`));
      return;
    }
    // Closed meanwhile, or another attempt has begun.
    if (turn !== this.#turn) return;
    if (!given) return this.shut(new ConnectionError('No address to connect to.', 0, 401));
    const target: AttemptTarget = typeof given === 'string' ? { url: given } : given;
    // The one form that every platform knows.
    const url = target.url.replace(/^http/i, 'ws');
    const { user } = this.#engagement;
    let connection: Connection;
    try {
      connection = new Connection(url, target.protocols, this.settings, this.#uids, user, packet => this.#receive(connection, url, packet), error => this.#lose(connection, error));
    } catch (error) {
      // The platform does not like the URL.
      return this.shut(error as Error);
    }
    this.#connection = connection;
    this.#become({ name: 'connecting', attempt: this.#attempt });
    try {
      await connection.opened();
      // A listener may have closed it.
      if (connection.error) return;
      await this.#engagement.engage(connection, this.#connected === undefined);
    } catch (error) {
      connection.close(error as Error);
    }
  }

  #receive(connection: Connection, url: string, packet: Packet): void {
    if (packet.command === PacketCommand.MoveOn && this.settings.session) connection.moveOn = readMoveOn(packet, url);
    else this.room.receive(packet);
  }

  #settle(connection: Connection): void {
    this.#readySince ??= Date.now();
    this.#watch(connection);
    this.#become(this.#engagement.readyState);
    if (connection.error) return;
    this.#connected?.resolve();
    this.#connected = undefined;
  }

  /** A web page cannot ping, nor see a ping: after a silence, it asks for something. */
  #watch(connection: Connection): void {
    platform.clearTimeout(this.#timer);
    const { keepAlive, timeout } = this.settings;
    if (keepAlive === 0) return;
    connection.heard = false;
    this.#timer = platform.setTimeout(() => {
      if (connection.heard) return this.#watch(connection);
      this.#probe(connection, timeout, isLost => isLost || this.#watch(connection));
    }, keepAlive);
  }

  /** Asks whether the server is there, and ends the connection unless something comes. */
  #probe(connection: Connection, timeout: number, done: (isLost: boolean) => unknown): void {
    connection.heard = false;
    try {
      connection.fence(error => {
        const isLost = error !== undefined && !connection.heard;
        if (isLost) connection.close(error);
        done(isLost);
      }, timeout);
    } catch (error) {
      // Nothing goes out, and nothing comes in.
      connection.close(error as Error);
    }
  }

  /** The page may have been frozen, or its network may be another: a connection that looks open is asked for, and the next attempt waits no longer, unless the server has said when it is to come. */
  #wake(isOffline: boolean): void {
    if (this.state.name === 'ready') this.#probe(this.#connection!, probeTimeout, isLost => isLost && this.#wake(isOffline));
    else if (this.state.name === 'reconnecting' && !isOffline && !this.#isBidden) {
      platform.clearTimeout(this.#timer);
      void this.#open();
    }
  }

  /** @returns Whether the client is closed now. */
  #lose(connection: Connection | undefined, error: Error): boolean {
    if (connection !== this.#connection) return true;
    const ready = this.#readySince === undefined ? undefined : Date.now() - this.#readySince;
    // A function may give another token.
    const isTransient = error instanceof TPacketError && (error.isTransient || (typeof this.address !== 'string' && (error as ConnectionError).httpStatus! > 0));
    const moveOn = connection?.moveOn;
    const next = reconnection(isTransient, this.#attempt, ready, this.settings.reconnect, Math.random(), moveOn?.delay);
    this.#isBidden = moveOn !== undefined;
    // A server that was named and does not let the client in is not asked again, unless it says when to come back.
    if (moveOn?.moveTo) this.#named = moveOn.moveTo;
    else if (ready === undefined && !moveOn) this.#named = undefined;
    if (!next) {
      // Refused, or closed for good, or another connection has the session.
      if (!isTransient && !(error instanceof ProtocolError)) this.#engagement.user.forget();
      this.shut(error);
      return true;
    }
    this.#reset();
    this.#attempt = next.attempt;
    this.#timer = platform.setTimeout(() => void this.#open(), next.delay);
    this.#engagement.disconnected(connection, true, error);
    this.#become({ name: 'reconnecting', ...next, reason: error });
    return (this.state as ClientState).name === 'closed';
  }

  #reset(): void {
    platform.clearTimeout(this.#timer);
    this.#connection = this.#turn = undefined;
    this.#readySince = undefined;
  }
}
