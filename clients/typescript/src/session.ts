import { Appends } from './appends.js';
import { type LogPosition, noPosition, positionSize } from './log.js';
import { platform } from './platform.js';

export const tokenSize = 32;

/**
 * The user as the server knows it, from one connection to the next: the tokens of its session, and the packets that wait for their receipts. A server without sessions forgets the user with the connection; then there is no
 * token (docs/protocol.md, Sessions). The .NET client has the same in UserSession.cs.
 */
export class UserSession {
  /** Undefined unless the server may know the user by it. */
  token: Uint8Array | undefined;
  /** Whether the server has answered SESSION, and so has handled what the client asked for before it. */
  confirmed = false;
  /** Whether the server has accepted that the client asks for receipts, which it may do without knowing them. */
  acceptsReceipts = false;
  /** Whether the server sends a receipt for each packet that it appends: it was asked for them, and a snapshot of a room has shown that it knows them. */
  givesReceipts = false;
  readonly appends: Appends;

  #next: Uint8Array | undefined;

  /**
   * @param timeout Milliseconds for an answer.
   * @param changed Is called when there is something else to keep.
   */
  constructor(
    timeout: number,
    readonly changed: () => void,
  ) {
    this.appends = new Appends(timeout, changed);
  }

  /** Draws a token, for SESSION. */
  begin(): Uint8Array {
    this.token = draw();
    this.changed();
    return this.token;
  }

  /**
   * The data of RESUME. Until it is answered, each one has the same two tokens: the server may have handled an earlier one.
   * @param position The last event that the client has.
   */
  resume(position: LogPosition | undefined): Uint8Array {
    this.#next ??= draw();
    const data = new Uint8Array(positionSize + 2 * tokenSize);
    data.set(position?.bytes ?? noPosition);
    data.set(this.token!, positionSize);
    data.set(this.#next, positionSize + tokenSize);
    return data;
  }

  /**
   * The server has answered RESUME, and knows the next token: the client goes on with it.
   * @param follows Whether the client asks for receipts.
   */
  resumed(follows: boolean): void {
    this.token = this.#next;
    this.#next = undefined;
    // Where the answers were lost: a server that knows the token has handled what the client asked for before it.
    if (!this.confirmed) this.acceptsReceipts = follows;
    this.confirmed = true;
    this.changed();
  }

  /** The server knows no token. */
  forget(): void {
    this.token = this.#next = undefined;
    this.changed();
  }
}

function draw(): Uint8Array {
  const token = new Uint8Array(tokenSize);
  platform.crypto!.getRandomValues(token);
  return token;
}
