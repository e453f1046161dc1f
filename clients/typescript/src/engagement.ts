import { PacketCommand, PacketErrorCode } from './commands.js';
import type { Connection } from './connection.js';
import { ConnectionError, RequestError } from './errors.js';
import type { Settings } from './options.js';
import type { Packet } from './packet.js';
import { platform } from './platform.js';
import type { RoomView } from './room.js';
import type { UserSession } from './session.js';
import type { ClientState, Continuity } from './state.js';

// The longest delay that a server may ask for, in milliseconds.
const longestDelay = 300_000;

/** Limits a delay that a server asks for. */
export const delayOf = (milliseconds: number): number => Math.min(Math.max(milliseconds, 0), longestDelay);

/**
 * Makes a client ready on a connection: resumes the user's session or signs in, subscribes to commands, and enters the room (docs/protocol.md,
 * Engagement and Sessions). Engagement.cs of the .NET client does the same.
 */
export class Engagement {
  user: UserSession;
  #continuity: Continuity = 'signedIn';
  // The connection on which the application sends.
  #attached: Connection | undefined;
  // The room for which the application sent the packets that wait for receipts.
  #roomOfAppends: string | undefined;

  /**
   * @param newUser Creates a user without a session.
   * @param setState Sets the client's state.
   * @param onReady Called when the client is ready, before the next packet is handled.
   */
  constructor(
    readonly settings: Settings,
    readonly room: RoomView,
    readonly newUser: () => UserSession,
    readonly setState: (state: ClientState) => void,
    readonly onReady: (connection: Connection) => void,
  ) {
    this.user = newUser();
  }

  get readyState(): ClientState {
    const { name } = this.room;
    return { name: 'ready', ...(name !== undefined && { room: name }), continuity: this.#continuity };
  }

  /**
   * Makes the client ready, or throws.
   * @param isReturn Whether the client was ready before.
   */
  async engage(connection: Connection, isReturn: boolean): Promise<void> {
    this.setState({ name: 'signingIn' });
    connection.send({ command: PacketCommand.Nop, data: this.settings.magicString });
    if (!this.user.token || !(await this.#resume(connection))) await this.#signIn(connection);
    if (connection.ready) return;
    if (this.room.name === undefined) this.#becomeReady(connection);
    else await this.enter(connection, this.room.name, isReturn);
  }

  /** Enters a room. Uses callbacks: unlike continuations of promises, they run before the connection handles the next packet. */
  enter(connection: Connection, room: string, again: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let entered = false;
      const fail = (error: Error) => {
        if (error instanceof RequestError && connection.ready) this.setState(this.readyState);
        else connection.close(error);
        reject(error);
      };
      connection.ask({ command: PacketCommand.SetRoom, data: room }, error => {
        if (error) return fail(error);
        entered = true;
        this.room.enter(room, again);
      });
      try {
        connection.fence(error => {
          if (!entered) return;
          if (error) return fail(error);
          this.room.complete();
          // A server with sessions would have answered SESSION before the probe.
          if (!this.user.confirmed) this.user.forget();
          this.#becomeReady(connection);
          if (connection.error) reject(connection.error);
          else resolve();
        });
        this.setState({ name: 'joining', room });
      } catch (error) {
        fail(error as Error);
      }
    });
  }

  /** Allows the application to send: the server handles its packets after SET_ROOM or RESUME. */
  attach(connection: Connection): void {
    if (this.#attached === connection) return;
    this.#attached = connection;
    // Packets for one room must not reach another.
    if (this.#roomOfAppends !== undefined && this.#roomOfAppends !== this.room.name) this.user.appends.failAll(new ConnectionError('The session was closed.'));
    connection.attach();
  }

  #becomeReady(connection: Connection): void {
    if (connection.error) return;
    this.attach(connection);
    connection.ready = true;
    this.onReady(connection);
  }

  /** Handles the end of a connection. Keeps the packets that wait for receipts if the client reconnects and has a session; otherwise fails them. */
  onDisconnected(connection: Connection | undefined, comesBack: boolean, error: Error): void {
    this.room.interrupt();
    if (connection && connection === this.#attached) this.#roomOfAppends = this.room.name;
    if (comesBack && this.user.token) this.user.appends.detach();
    else this.user.appends.failAll(error);
  }

  /**
   * Sends RESUME and then a probe, which the server answers after all missed events.
   * @returns False if the server does not know the session: the client signs in on the same connection.
   */
  #resume(connection: Connection): Promise<boolean> {
    const { room, user } = this;
    // The room that the client has not entered yet: `connect` names it, or the answer to SET_ROOM was lost.
    const wanted = room.isIn ? undefined : room.name;
    return new Promise((resolve, reject) => {
      let resumed = false;
      connection.ask({ command: PacketCommand.Resume, p1: this.settings.grace, data: user.resume(room.position) }, (error, reply) => {
        resumed = reply?.command === PacketCommand.Resume;
        if (resumed) return this.#onResumed(reply!);
        const isRefused = error instanceof RequestError;
        // A server that answers -1 does not know sessions.
        if (error && !(isRefused && (!error.isTransient || error.code === PacketErrorCode.Unspecified))) {
          if (isRefused && error.code === PacketErrorCode.TryLater) connection.moveOn = { delay: delayOf(error.p2) };
          return reject(error);
        }
        user.appends.failAll(new ConnectionError('The session was closed.'));
        resolve(false);
      });
      connection.fence(error => {
        if (!resumed) return;
        if (error) return reject(error);
        room.complete();
        if (wanted === undefined || (room.isIn && room.name === wanted)) this.#becomeReady(connection);
        else room.name = wanted;
        resolve(true);
      });
    });
  }

  /** Handles a RESUME that succeeded. The missed events follow (p1 = 0), or a snapshot of the room (1), or the user is in no room (2). */
  #onResumed({ p1, p2 }: Packet): void {
    const { room } = this;
    this.user.onResumed(this.settings.followLog);
    this.#continuity = p1 === 1 ? 'rejoined' : 'resumed';
    if (p1 === 1) {
      room.enter(room.name ?? '', room.isIn);
      this.setState({ name: 'joining', room: room.name! });
    } else if (p1) {
      if (room.isIn) room.name = undefined;
      room.leave();
    }
    room.ownId = p2;
  }

  async #signIn(connection: Connection): Promise<void> {
    const { room, settings } = this;
    const { accept, followLog, session } = settings;
    // The packets of the previous user have failed already.
    const user = (connection.user = this.user = this.newUser());
    room.signIn();
    this.#continuity = 'signedIn';
    await connection.request({ command: PacketCommand.SetUserNick, data: room.nick });
    await Promise.all(accept.map(([p1, p2]) => connection.request({ command: PacketCommand.AcceptCommands, p1, p2 })));
    // RECEIPT and MOVE_ON have adjacent numbers, as have EVENT, SNAPSHOT and PRESENCE, so two ranges are enough. The client does not wait for the replies:
    // an old server refuses these ranges and SESSION, and a SNAPSHOT shows that a server knows the log.
    const ask = (p1: number, p2: number, settle: (error?: Error) => void) => p1 <= p2 && connection.ask({ command: PacketCommand.AcceptCommands, p1, p2 }, settle);
    ask(followLog ? PacketCommand.Receipt : PacketCommand.MoveOn, session ? PacketCommand.MoveOn : PacketCommand.Receipt, error => (user.acceptsReceipts = followLog && !error));
    ask(followLog ? PacketCommand.Event : PacketCommand.Presence, session ? PacketCommand.Presence : PacketCommand.Snapshot, () => {});
    if (session && platform.crypto)
      connection.ask({ command: PacketCommand.Session, p1: settings.grace, data: user.begin() }, (error, reply) => {
        user.confirmed = reply?.command === PacketCommand.Session;
        if (user.confirmed) room.ownId = reply!.p2;
        // If the answer is lost, the server may have handled SESSION.
        else if (reply || error instanceof RequestError) user.forget();
      });
  }
}
