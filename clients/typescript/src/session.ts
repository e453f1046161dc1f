import { Appends } from './appends.js';
import { type LogPosition, noPosition, positionSize } from './log.js';
import { platform } from './platform.js';

export const tokenSize = 32;

/**
 * The user across connections: the tokens of its session, and the packets that wait for receipts. A server without sessions forgets the user with the connection; then there is no token (docs/protocol.md, Sessions). The .NET
 * client has the same in UserSession.cs.
 */
export class UserSession {
  /** Undefined unless the server may know it. */
  token: Uint8Array | undefined;
  /** Whether the server has answered SESSION, and thus has handled all earlier requests of the client. */
  confirmed = false;
  /** Whether the server has accepted the command RECEIPT. A server may do so without knowing receipts. */
  acceptsReceipts = false;
  /** Whether the server sends a receipt for each packet that it appends: it has accepted RECEIPT, and a SNAPSHOT has shown that it knows the log. */
  givesReceipts = false;
  readonly appends: Appends;

  #next: Uint8Array | undefined;

  /**
   * @param timeout The time for an answer in milliseconds.
   * @param changed Called when the session or its packets have changed.
   */
  constructor(
    timeout: number,
    readonly changed: () => void,
  ) {
    this.appends = new Appends(timeout, changed);
  }

  /** Draws a token. Returns the data of SESSION. */
  begin(): Uint8Array {
    this.token = draw();
    this.changed();
    return this.token;
  }

  /**
   * Returns the data of RESUME. Until the server answers one, all of them carry the same two tokens: the server may have handled an earlier one.
   * @param position The position of the last received event.
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
   * Handles the answer to RESUME: the server knows the next token, which becomes the current one.
   * @param follows Whether the client asks for receipts.
   */
  resumed(follows: boolean): void {
    this.token = this.#next;
    this.#next = undefined;
    // The earlier answers may be lost. A server that knows the token has handled all requests before SESSION.
    if (!this.confirmed) this.acceptsReceipts = follows;
    this.confirmed = true;
    this.changed();
  }

  /** Discards the tokens: the server does not know them. */
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
