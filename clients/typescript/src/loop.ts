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

/** Runs a client from `connect` until it is closed: makes attempts and connections, and waits for the delays between them. Sets all states. */
export class Loop {
  state: ClientState = { name: 'closed' };
  readonly room: RoomView;

  readonly #uids = { next: firstUid };
  readonly #keeper: Keeper | undefined;
  readonly #engagement: Engagement;
  #connection: Connection | undefined;
  // Whether the application may send: the client is ready, or is in the room and receives its history.
  #canSend = false;
  // The promise of `connect`, until the client is ready or closed.
  #connected: { resolve(): void; reject(error: Error): void } | undefined;
  #timer: Timer;
  // Identifies the current attempt, so that an attempt that another one has replaced does not continue.
  #attemptKey: object | undefined;
  #attempt = 0;
  // The time at which the client became ready, by the system's clock; undefined unless it is ready.
  #readySince: number | undefined;
  // The address that a server has named with MOVE_ON.
  #namedAddress: string | undefined;
  // Whether the server has named the delay before the next attempt.
  #hasNamedDelay = false;
  // Removes the listeners of the page.
  #stopWatching: (() => void) | undefined;

  /**
   * @param onState Called with each state.
   * @param dispatch Called with each event.
   */
  constructor(
    readonly address: ServerAddress,
    readonly settings: Settings,
    readonly onState: (state: ClientState) => void,
    dispatch: (event: RoomEvent) => void,
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
          this.#canSend = true;
        }
        dispatch(event);
      },
      () => this.state.name === 'ready' && this.#setState(this.#engagement.readyState),
    );
    this.#engagement = new Engagement(
      settings,
      this.room,
      () => this.#newUser(),
      state => this.#setState(state),
      connection => this.#onReady(connection),
    );
  }

  /** Starts to connect. Resolves when the client is ready. */
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
      this.#stopWatching = watchPage(isOffline => this.#onPageChanged(isOffline));
      // No listener is called yet: #open raises the state when it has created the WebSocket.
      this.state = { name: 'connecting', attempt: 0 };
      if (isKnown || !this.#keeper) return void this.#open();
      const connected = this.#connected;
      void this.#keeper.restore(nick, this.#engagement.user).then(() => {
        if (this.#connected === connected) void this.#open();
      });
    });
  }

  /**
   * The connection on which the application sends.
   * @throws ConnectionError The client is not ready.
   */
  get connection(): Connection {
    if (!this.#canSend) throw new ConnectionError(`The client is ${this.state.name}, not ready.`);
    return this.#connection!;
  }

  /** Enters a room. */
  join(room: string): Promise<void> {
    return this.#engagement.enter(this.connection, room, false);
  }

  /** Handles a change of the nick, to which the server has agreed. */
  onRenamed(nick: string): void {
    this.room.nick = nick;
    this.#engagement.user.changed();
  }

  /** Closes the connection, or stops reconnecting. */
  stop(reason?: Error): void {
    if (this.state.name === 'closed') return;
    const connection = this.#connection;
    const error = reason ?? new ConnectionError('The client was closed.');
    // 1000 ends the session. If the client misses the end of a session, the server refuses its next RESUME.
    if (this.#readySince !== undefined && !connection?.error) this.#engagement.user.forget();
    this.#reset();
    this.#stopWatching!();
    connection?.close(error, 1000);
    this.#engagement.onDisconnected(connection, false, error);
    this.room.leave();
    this.#setState(reason ? { name: 'closed', reason } : { name: 'closed' });
    this.#connected?.reject(error);
    this.#connected = undefined;
  }

  #newUser(): UserSession {
    return new UserSession(this.settings.timeout, () => this.#keeper?.save(this.room.nick, this.#engagement.user));
  }

  #setState(state: ClientState): void {
    this.state = state;
    this.#canSend = state.name === 'ready';
    this.onState(state);
  }

  /** Makes one attempt, until the client is ready. An error ends the connection, and so calls `#onEnded`. */
  async #open(): Promise<void> {
    const key = (this.#attemptKey = {});
    const { address } = this;
    let given: AttemptTarget | string | undefined;
    try {
      given = typeof address === 'string' ? (this.#namedAddress ?? address) : await within(this.settings.timeout, address(this.#namedAddress));
    } catch (error) {
      if (key === this.#attemptKey) this.#onEnded(undefined, new ConnectionError(`No address: ${(error as Error).message}`));
      return;
    }
    // The application has closed the client, or another attempt has begun.
    if (key !== this.#attemptKey) return;
    if (!given) return this.stop(new ConnectionError('No address to connect to.', 0, 401));
    const target: AttemptTarget = typeof given === 'string' ? { url: given } : given;
    // All platforms accept ws: and wss:. Some reject http: and https:.
    const url = target.url.replace(/^http/i, 'ws');
    const { user } = this.#engagement;
    let connection: Connection;
    try {
      connection = new Connection(url, target.protocols, this.settings, this.#uids, user, packet => this.#receive(connection, url, packet), error => this.#onEnded(connection, error));
    } catch (error) {
      // The platform rejects the URL.
      return this.stop(error as Error);
    }
    this.#connection = connection;
    this.#setState({ name: 'connecting', attempt: this.#attempt });
    try {
      await connection.waitUntilOpen();
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

  #onReady(connection: Connection): void {
    this.#readySince ??= Date.now();
    this.#keepAlive(connection);
    this.#setState(this.#engagement.readyState);
    if (connection.error) return;
    this.#connected?.resolve();
    this.#connected = undefined;
  }

  /** Probes the connection after a time of silence: a web page can neither send nor see pings. */
  #keepAlive(connection: Connection): void {
    platform.clearTimeout(this.#timer);
    const { keepAlive, timeout } = this.settings;
    if (keepAlive === 0) return;
    connection.hasReceived = false;
    this.#timer = platform.setTimeout(() => {
      if (connection.hasReceived) return this.#keepAlive(connection);
      this.#probe(connection, timeout, isLost => isLost || this.#keepAlive(connection));
    }, keepAlive);
  }

  /** Sends a request, and ends the connection unless a packet arrives within the timeout. */
  #probe(connection: Connection, timeout: number, done: (isLost: boolean) => unknown): void {
    connection.hasReceived = false;
    try {
      connection.fence(error => {
        const isLost = error !== undefined && !connection.hasReceived;
        if (isLost) connection.close(error);
        done(isLost);
      }, timeout);
    } catch (error) {
      // The send buffer is full, and no packet has arrived.
      connection.close(error as Error);
    }
  }

  /**
   * Handles a page that may have been frozen or changed its network: probes the connection, and makes the next attempt at once,
   * unless the server has named a delay.
   */
  #onPageChanged(isOffline: boolean): void {
    if (this.state.name === 'ready') this.#probe(this.#connection!, probeTimeout, isLost => isLost && this.#onPageChanged(isOffline));
    else if (this.state.name === 'reconnecting' && !isOffline && !this.#hasNamedDelay) {
      platform.clearTimeout(this.#timer);
      void this.#open();
    }
  }

  /**
   * Handles the end of a connection or a failed attempt: begins the next attempt after a delay, or closes the client.
   * @returns Whether the client is closed now.
   */
  #onEnded(connection: Connection | undefined, error: Error): boolean {
    if (connection !== this.#connection) return true;
    const ready = this.#readySince === undefined ? undefined : Date.now() - this.#readySince;
    // A function may return another token for the next attempt, so 401 and 403 are not final.
    const isTransient = error instanceof TPacketError && (error.isTransient || (typeof this.address !== 'string' && (error as ConnectionError).httpStatus! > 0));
    const moveOn = connection?.moveOn;
    const next = reconnection(isTransient, this.#attempt, ready, this.settings.reconnect, Math.random(), moveOn?.delay);
    this.#hasNamedDelay = moveOn !== undefined;
    // If the client was not ready on this connection, it gives up the named address, unless the server has named a delay for the next attempt.
    if (moveOn?.moveTo) this.#namedAddress = moveOn.moveTo;
    else if (ready === undefined && !moveOn) this.#namedAddress = undefined;
    if (!next) {
      // The server has refused the client or closed the connection permanently, or another connection has the session.
      if (!isTransient && !(error instanceof ProtocolError)) this.#engagement.user.forget();
      this.stop(error);
      return true;
    }
    this.#reset();
    this.#attempt = next.attempt;
    this.#timer = platform.setTimeout(() => void this.#open(), next.delay);
    this.#engagement.onDisconnected(connection, true, error);
    this.#setState({ name: 'reconnecting', ...next, reason: error });
    return (this.state as ClientState).name === 'closed';
  }

  #reset(): void {
    platform.clearTimeout(this.#timer);
    this.#connection = this.#attemptKey = undefined;
    this.#readySince = undefined;
  }
}
