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

// Milliseconds for an answer after the page may have been frozen. A reachable server answers within one round trip.
const probeTimeout = 4000;

/** Runs a client from `connect` until it is closed: attempts, connections, and the delays between them. Sets all states. */
export class Loop {
  state: ClientState = { name: 'closed' };
  readonly room: RoomView;

  readonly #uids = { next: firstUid };
  readonly #keeper: Keeper | undefined;
  readonly #engagement: Engagement;
  #connection: Connection | undefined;
  // Whether the application may send: the client is ready, or is in the room and receives its history.
  #isOpen = false;
  // The promise of `connect`, until the client is ready or closed.
  #connected: { resolve(): void; reject(error: Error): void } | undefined;
  #timer: Timer;
  // The cancellation of an attempt without a connection yet.
  #turn: object | undefined;
  #attempt = 0;
  // The time at which the client became ready, by the system's clock; undefined unless it is ready.
  #readySince: number | undefined;
  // The address that the server has named with MOVE_ON.
  #named: string | undefined;
  // Whether the server has said when to come back.
  #isBidden = false;
  #unwatch: (() => void) | undefined;

  /**
   * @param changed Called with each state.
   * @param told Called with each event.
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

  /** Connects. Resolves when the client is ready. */
  start(nick: string, room: string | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connected = { resolve, reject };
      // A session that may still exist on the server is resumed only with the same nick.
      const { token } = this.#engagement.user;
      const isKnown = token && this.room.nick === nick;
      if (!isKnown) this.#engagement.user = this.#newUser();
      this.room.nick = nick;
      this.room.name = room;
      this.#attempt = 0;
      this.#unwatch = watchPage(isOffline => this.#wake(isOffline));
      // Sent when the WebSocket is open.
      this.state = { name: 'connecting', attempt: 0 };
      if (isKnown || !this.#keeper) return void this.#open();
      const connected = this.#connected;
      void this.#keeper.restore(nick, this.#engagement.user).then(() => {
        if (this.#connected === connected) void this.#open();
      });
    });
  }

  /** Returns the connection on which the application sends. */
  get connection(): Connection {
    if (!this.#isOpen) throw new ConnectionError(`The client is ${this.state.name}, not ready.`);
    return this.#connection!;
  }

  join(room: string): Promise<void> {
    return this.#engagement.enter(this.connection, room, false);
  }

  /** Keeps the nick that the server has given the user. */
  renamed(nick: string): void {
    this.room.nick = nick;
    this.#engagement.user.changed();
  }

  /** Closes the connection, or stops reconnecting. */
  shut(reason?: Error): void {
    if (this.state.name === 'closed') return;
    const connection = this.#connection;
    const error = reason ?? new ConnectionError('The client was closed.');
    // The server ends the session after 1000. If the client does not notice the end of a session, its next RESUME is refused.
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

  /** Makes one attempt, until the client is ready. An error ends the connection, and so calls `#lose`. */
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
    // The client was closed meanwhile, or another attempt has begun.
    if (turn !== this.#turn) return;
    if (!given) return this.shut(new ConnectionError('No address to connect to.', 0, 401));
    const target: AttemptTarget = typeof given === 'string' ? { url: given } : given;
    // All platforms accept these schemes.
    const url = target.url.replace(/^http/i, 'ws');
    const { user } = this.#engagement;
    let connection: Connection;
    try {
      connection = new Connection(url, target.protocols, this.settings, this.#uids, user, packet => this.#receive(connection, url, packet), error => this.#lose(connection, error));
    } catch (error) {
      // The platform rejects the URL.
      return this.shut(error as Error);
    }
    this.#connection = connection;
    this.#become({ name: 'connecting', attempt: this.#attempt });
    try {
      await connection.opened();
      // A listener may have closed the client.
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

  /** A web page can neither send nor see pings, so it sends a request after a time of silence. */
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

  /** Sends a request, and ends the connection unless a packet arrives in time. */
  #probe(connection: Connection, timeout: number, done: (isLost: boolean) => unknown): void {
    connection.heard = false;
    try {
      connection.fence(error => {
        const isLost = error !== undefined && !connection.heard;
        if (isLost) connection.close(error);
        done(isLost);
      }, timeout);
    } catch (error) {
      // The send buffer is full, and no packet has arrived.
      connection.close(error as Error);
    }
  }

  /** Handles a page that may have been frozen or changed its network: probes the connection, and makes the next attempt at once, unless the server has named a delay. */
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
    // With a function, the next attempt may have another token.
    const isTransient = error instanceof TPacketError && (error.isTransient || (typeof this.address !== 'string' && (error as ConnectionError).httpStatus! > 0));
    const moveOn = connection?.moveOn;
    const next = reconnection(isTransient, this.#attempt, ready, this.settings.reconnect, Math.random(), moveOn?.delay);
    this.#isBidden = moveOn !== undefined;
    // A named server that refuses the client is not tried again, unless it says when to come back.
    if (moveOn?.moveTo) this.#named = moveOn.moveTo;
    else if (ready === undefined && !moveOn) this.#named = undefined;
    if (!next) {
      // The server has refused the client or closed for good, or another connection has the session.
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
