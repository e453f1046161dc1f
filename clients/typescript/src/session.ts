import { Appends } from './appends.js';
import { type LogPosition, noPosition, positionSize } from './log.js';
import { platform } from './platform.js';

export const tokenSize = 32;

/**
 * The client's user across connections: the tokens of its session, and the packets that wait for receipts. On a server without sessions,
 * the user ends with the connection and has no token (docs/protocol.md, Sessions). UserSession.cs of the .NET client does the same.
 */
export class UserSession {
  /** The session's token; undefined unless the server may know the token. */
  token: Uint8Array | undefined;
  /** Whether the server has answered SESSION, and thus has handled all earlier requests of the client. */
  confirmed = false;
  /** Whether the server has accepted the command RECEIPT. A server without receipts may accept the command, too. */
  acceptsReceipts = false;
  /** Whether the server sends a receipt for each packet that it appends: it has accepted the command RECEIPT, and has sent a SNAPSHOT, so it knows the log. */
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

  /** Draws a token, and returns it as the data of SESSION. */
  begin(): Uint8Array {
    this.token = drawToken();
    this.changed();
    return this.token;
  }

  /**
   * Returns the data of RESUME. Until the server answers a RESUME, each RESUME carries the same two tokens, because the server may have handled an earlier one.
   * @param position The position of the last received event.
   */
  resume(position: LogPosition | undefined): Uint8Array {
    this.#next ??= drawToken();
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
  onResumed(follows: boolean): void {
    this.token = this.#next;
    this.#next = undefined;
    // The answer to SESSION may be lost. A server that knows the token has handled SESSION and all requests before it, among them ACCEPT_COMMANDS.
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

function drawToken(): Uint8Array {
  const token = new Uint8Array(tokenSize);
  platform.crypto!.getRandomValues(token);
  return token;
}
