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

/** A delay that a server asks for, within its bounds. */
export const delayOf = (milliseconds: number): number => Math.min(Math.max(milliseconds, 0), longestDelay);

/**
 * Makes a client ready on a connection: resumes the user's session, or signs in, asks for what the client wants to receive, and enters the room (docs/protocol.md, Engagement and Sessions). The .NET client has the same in
 * Engagement.cs.
 */
export class Engagement {
  user: UserSession;
  #continuity: Continuity = 'signedIn';
  // The connection on which the packets of the application are sent.
  #attached: Connection | undefined;
  // The room that the packets which wait were meant for.
  #roomBefore: string | undefined;

  /**
   * @param newUser Makes a user that the server does not know.
   * @param become Sets the client's state.
   * @param settle Is called when the client is ready, before the packet behind is handled.
   */
  constructor(
    readonly settings: Settings,
    readonly room: RoomView,
    readonly newUser: () => UserSession,
    readonly become: (state: ClientState) => void,
    readonly settle: (connection: Connection) => void,
  ) {
    this.user = newUser();
  }

  get readyState(): ClientState {
    const { name } = this.room;
    return { name: 'ready', ...(name !== undefined && { room: name }), continuity: this.#continuity };
  }

  /** Makes the client ready. What fails is thrown. */
  async engage(connection: Connection, isReturn: boolean): Promise<void> {
    this.become({ name: 'signingIn' });
    connection.send({ command: PacketCommand.Nop, data: this.settings.magicString });
    if (!this.user.token || !(await this.#resume(connection))) await this.#signIn(connection);
    if (connection.ready) return;
    if (this.room.name === undefined) this.ready(connection);
    else await this.enter(connection, this.room.name, isReturn);
  }

  /** Asks for a room. Each step is taken before the packet behind it is handled, which a promise could not. */
  enter(connection: Connection, room: string, again: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let entered = false;
      const fail = (error: Error) => {
        if (error instanceof RequestError && connection.ready) this.become(this.readyState);
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
          // Its answer would have come before this one.
          if (!this.user.confirmed) this.user.forget();
          this.ready(connection);
          if (connection.error) reject(connection.error);
          else resolve();
        });
        this.become({ name: 'joining', room });
      } catch (error) {
        fail(error as Error);
      }
    });
  }

  /** The application may send: what it sends follows SET_ROOM or RESUME, and the server handles it behind them. */
  attach(connection: Connection): void {
    if (this.#attached === connection) return;
    this.#attached = connection;
    // The client sends a packet that was for one room to no other.
    if (this.#roomBefore !== undefined && this.#roomBefore !== this.room.name) this.user.appends.lose(new ConnectionError('The session was closed.'));
    connection.attach();
  }

  ready(connection: Connection): void {
    if (connection.error) return;
    this.attach(connection);
    connection.ready = true;
    this.settle(connection);
  }

  /** The connection has ended. The packets that wait are kept where the client comes back and the server may know the user, and fail otherwise. */
  disconnected(connection: Connection | undefined, comesBack: boolean, error: Error): void {
    this.room.interrupt();
    if (connection && connection === this.#attached) this.#roomBefore = this.room.name;
    if (comesBack && this.user.token) this.user.appends.detach();
    else this.user.appends.lose(error);
  }

  /**
   * Asks for the user's session, and behind that for something that is answered once all that was missed has come.
   * @returns False where the server does not know the session: the client has to sign in, on the same connection.
   */
  #resume(connection: Connection): Promise<boolean> {
    const { room, user } = this;
    // Not in it yet: `connect` asks for the room, or the answer to SET_ROOM was lost.
    const wanted = room.isIn ? undefined : room.name;
    return new Promise((resolve, reject) => {
      let resumed = false;
      connection.ask({ command: PacketCommand.Resume, p1: this.settings.grace, data: user.resume(room.position) }, (error, reply) => {
        resumed = reply?.command === PacketCommand.Resume;
        if (resumed) return this.#resumed(reply!);
        const isRefused = error instanceof RequestError;
        // A server that knows nothing better than -1 knows no sessions.
        if (error && !(isRefused && (!error.isTransient || error.code === PacketErrorCode.Unspecified))) {
          if (isRefused && error.code === PacketErrorCode.TryLater) connection.moveOn = { delay: delayOf(error.p2) };
          return reject(error);
        }
        user.appends.lose(new ConnectionError('The session was closed.'));
        resolve(false);
      });
      connection.fence(error => {
        if (!resumed) return;
        if (error) return reject(error);
        room.complete();
        if (wanted === undefined || (room.isIn && room.name === wanted)) this.ready(connection);
        else room.name = wanted;
        resolve(true);
      });
    });
  }

  /** The server knows the user. What was missed follows (p1 0), or the room anew (1), or the user is in no room (2). */
  #resumed({ p1, p2 }: Packet): void {
    const { room } = this;
    this.user.resumed(this.settings.followLog);
    this.#continuity = p1 === 1 ? 'rejoined' : 'resumed';
    if (p1 === 1) {
      room.enter(room.name ?? '', room.isIn);
      this.become({ name: 'joining', room: room.name! });
    } else if (p1) {
      if (room.isIn) room.name = undefined;
      room.leave();
    }
    room.ownId = p2;
  }

  async #signIn(connection: Connection): Promise<void> {
    const { room, settings } = this;
    const { accept, followLog, session } = settings;
    // The packets of a user before have failed.
    const user = (connection.user = this.user = this.newUser());
    room.signIn();
    this.#continuity = 'signedIn';
    await connection.request({ command: PacketCommand.SetUserNick, data: room.nick });
    await Promise.all(accept.map(([p1, p2]) => connection.request({ command: PacketCommand.AcceptCommands, p1, p2 })));
    // RECEIPT and MOVE_ON, EVENT and SNAPSHOT and PRESENCE: two ranges, as without sessions. An old server refuses them, and SESSION, and a room's snapshot shows which servers know the first, so nothing waits for the replies.
    const ask = (p1: number, p2: number, settle: (error?: Error) => void) => p1 <= p2 && connection.ask({ command: PacketCommand.AcceptCommands, p1, p2 }, settle);
    ask(followLog ? PacketCommand.Receipt : PacketCommand.MoveOn, session ? PacketCommand.MoveOn : PacketCommand.Receipt, error => (user.acceptsReceipts = followLog && !error));
    ask(followLog ? PacketCommand.Event : PacketCommand.Presence, session ? PacketCommand.Presence : PacketCommand.Snapshot, () => {});
    if (session && platform.crypto)
      connection.ask({ command: PacketCommand.Session, p1: settings.grace, data: user.begin() }, (error, reply) => {
        user.confirmed = reply?.command === PacketCommand.Session;
        if (user.confirmed) room.ownId = reply!.p2;
        // Without an answer, the server may have handled it.
        else if (reply || error instanceof RequestError) user.forget();
      });
  }
}
