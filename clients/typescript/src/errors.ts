import { PacketErrorCode } from './commands.js';
import type { PacketReadStatus } from './packet.js';
import { isTransientCode } from './reconnection.js';

/** The base of all errors of this package. */
export abstract class TPacketError extends Error {
  /** Whether another attempt may succeed. Reconnecting depends on it. */
  abstract readonly isTransient: boolean;
}

const transientCodes: readonly number[] = [PacketErrorCode.Unspecified, PacketErrorCode.HandlerFailed, PacketErrorCode.StoreFailed, PacketErrorCode.Unknown, PacketErrorCode.NickTaken, PacketErrorCode.RateLimited, PacketErrorCode.TryLater];

/** Returns the code's name, as in the .NET client, or the number of an application's code. */
const nameOf = (code: number) => (Object.keys(PacketErrorCode) as (keyof typeof PacketErrorCode)[]).find(name => PacketErrorCode[name] === code) ?? code;

/** The server has refused a request with RESP_ERROR. The connection stays open, except after a refused `connect`. */
export class RequestError extends TPacketError {
  override readonly name = 'RequestError';
  /** True for errors that the request itself does not cause. NickTaken is temporary while the server has not noticed the end of the previous connection. */
  readonly isTransient: boolean;

  /**
   * @param code A {@link PacketErrorCode}, or a code of the application: -1000 and below.
   * @param text The server's short English text; may be empty.
   * @param uid The uid of the request.
   * @param p2 Parameter 2 of the answer; for `TryLater`, the delay in milliseconds.
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

/** The client has no connection, or the connection has ended. */
export class ConnectionError extends TPacketError {
  override readonly name = 'ConnectionError';
  readonly isTransient: boolean;

  /**
   * @param closeCode The close code of the WebSocket; 1006 for an end without one, 0 if no WebSocket has ended.
   * @param httpStatus The HTTP status with which the server refused the upgrade; missing on platforms that do not report it, such as browsers.
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

/** The server has not answered in time, or the WebSocket has not opened in time. */
export class TimeoutError extends TPacketError {
  override readonly name = 'TimeoutError';
  readonly isTransient = true;
}

/** The server has violated the protocol or a limit of the client. The client closes the connection with 4000. */
export class ProtocolError extends TPacketError {
  override readonly name = 'ProtocolError';
  readonly isTransient = false;

  constructor(readonly status: PacketReadStatus | 'NotBinary' | 'NotUtf8' | 'TooManyUsers' | 'BadEvent' | 'BadSnapshot' | 'BadReceipt' | 'OutOfOrder') {
    super(`The server has broken the protocol: ${status}.`);
  }
}
