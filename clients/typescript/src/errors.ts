import { PacketErrorCode } from './commands.js';
import type { PacketReadStatus } from './packet.js';
import { isTransientCode } from './reconnection.js';

/** What every error of this package is. */
export abstract class TPacketError extends Error {
  /** Whether another attempt may fare better; a client that reconnects goes by it. */
  abstract readonly isTransient: boolean;
}

const transientCodes: readonly number[] = [PacketErrorCode.Unspecified, PacketErrorCode.HandlerFailed, PacketErrorCode.StoreFailed, PacketErrorCode.Unknown, PacketErrorCode.NickTaken, PacketErrorCode.RateLimited, PacketErrorCode.TryLater];

/** The code's name, as in the .NET client; the number of one that is the application's. */
const nameOf = (code: number) => (Object.keys(PacketErrorCode) as (keyof typeof PacketErrorCode)[]).find(name => PacketErrorCode[name] === code) ?? code;

/** The server has refused a request. The connection goes on. */
export class RequestError extends TPacketError {
  override readonly name = 'RequestError';
  /** Not what is wrong with the request itself. A nick is taken, too, while the server does not know that the connection before is gone. */
  readonly isTransient: boolean;

  /**
   * @param code A {@link PacketErrorCode}, or the application's: -1000 and below.
   * @param text What the server says, a short English text; may be empty.
   * @param uid The request's.
   * @param p2 Parameter 2 of the answer: for `TryLater` the milliseconds to wait.
   */
  constructor(
    readonly code: number,
    readonly text: string,
    readonly uid: number,
    readonly p2 = 0,
  ) {
    super(`The server has refused with ${nameOf(code)}${text && `: ${text}`}`);
    this.isTransient = transientCodes.includes(code);
  }
}

/** There is no connection, or it has ended. */
export class ConnectionError extends TPacketError {
  override readonly name = 'ConnectionError';
  readonly isTransient: boolean;

  /**
   * @param closeCode The WebSocket's; 1006 if it ended without one, 0 if it was not the WebSocket that ended.
   * @param httpStatus The status with which the server refused the upgrade; missing where the platform does not say it, as in browsers.
   */
  constructor(
    message: string,
    readonly closeCode = 0,
    readonly httpStatus?: number,
  ) {
    super(message);
    this.isTransient = isTransientCode(closeCode) && httpStatus !== 401 && httpStatus !== 403;
  }
}

/** A deadline has passed. */
export class TimeoutError extends TPacketError {
  override readonly name = 'TimeoutError';
  readonly isTransient = true;
}

/** The server has sent what no server of the protocol sends, which ends the connection. */
export class ProtocolError extends TPacketError {
  override readonly name = 'ProtocolError';
  readonly isTransient = false;

  constructor(readonly status: PacketReadStatus | 'NotBinary' | 'NotUtf8' | 'TooManyUsers' | 'BadEvent' | 'BadSnapshot' | 'BadReceipt' | 'OutOfOrder') {
    super(`What the server has sent is refused: ${status}.`);
  }
}
