import { platform, type WebSocketConstructor } from './platform.js';
import type { ReconnectOptions } from './reconnection.js';

/**
 * The used part of a page's `Storage`, such as `sessionStorage`. If a method throws, the session does not survive the page;
 * the client is not affected otherwise.
 */
export interface SessionStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Options of sessions. */
export interface SessionOptions {
  /**
   * The requested grace: the time in milliseconds for which the server keeps the user without a connection; 0 for the server's default, and at most 2^31 - 1.
   * The server may grant less. Default: 0.
   */
  readonly grace?: number;
  /**
   * The store that keeps the session for the next page in the same tab: `sessionStorage`. `connect` with the same nick resumes the session.
   * The store then contains the session's token and the packets that wait for receipts, so it must be as private as the user's identity. Default: none.
   */
  readonly store?: SessionStore;
  /** The key in the store, which must be unique among the clients of a page. Default: `tpacket`. */
  readonly key?: string;
}

/** The target of one attempt to connect. */
export interface AttemptTarget {
  /** The server's address with `ws:`, `wss:`, `http:` or `https:`. */
  readonly url: string;
  /** The offered subprotocols. Default: none. */
  readonly protocols?: string | readonly string[];
}

type Target = string | AttemptTarget | undefined;

/**
 * The server's address, or a function that returns the address of each attempt, such as one with a fresh token.
 * The argument of the function is the address that the server has named for the next connection (MOVE_ON), if any. If the function returns undefined,
 * the client closes. If it throws, or takes longer than `timeout`, the attempt has failed, and a client that was ready tries again.
 * With a function, the client also tries again after the HTTP statuses 401 and 403.
 */
export type ServerAddress = string | ((named?: string) => Target | Promise<Target>);

/** Options of a client. All times are in milliseconds. */
export interface ClientOptions {
  /** The WebSocket class. Default: `globalThis.WebSocket`, which browsers and Node 22 have. */
  readonly WebSocket?: WebSocketConstructor;
  /** The data of the first packet (docs/protocol.md, Engagement). Default: `magic string :)`. */
  readonly magicString?: string;
  /**
   * Ranges of commands from 10 that the client accepts, both ends included. A server accepts up to 16 ranges from a client.
   * The client uses two of them for `followLog` and `session`. Default: none.
   */
  readonly accept?: readonly (readonly [first: number, last: number])[];
  /**
   * Whether the client follows the log of its room, if the server supports that: events have `offset` and `time`, messages of the history have their senders,
   * and `say` resolves with a receipt. Default: true.
   */
  readonly followLog?: boolean;
  /**
   * The options of the session that the client asks for, if the server supports that; false for none. When the connection drops,
   * the user keeps its id, its nick and its place in the room until it returns or its grace is over. A user who returns receives the missed events.
   * Default: a session with the server's grace, without a store.
   */
  readonly session?: SessionOptions | false;
  /** The longest wait for the WebSocket to open, for an address function, and for each reply or receipt. Default: 10,000. */
  readonly timeout?: number;
  /** The time of silence after which the client probes the connection; 0 for never. Default: 30,000. */
  readonly keepAlive?: number;
  /** Options of reconnecting; false to never reconnect. */
  readonly reconnect?: ReconnectOptions | false;
  /** The maximum length of a received packet in bytes, header included. A longer one ends the connection. Default: 65,536. */
  readonly maxPacketLength?: number;
  /** The maximum number of users in the roster. One more ends the connection. Default: 16,384. */
  readonly maxUsers?: number;
  /** The maximum number of bytes in the send buffer. Default: 262,144. */
  readonly maxBufferedBytes?: number;
  /** The maximum number of requests that wait for replies. Default: 1,024. */
  readonly maxPendingRequests?: number;
}

/** The options with their defaults. */
export type Settings = Required<Omit<ClientOptions, 'session' | 'reconnect'>> & {
  readonly session: SessionOptions | false;
  readonly grace: number;
  readonly reconnect: Required<ReconnectOptions>;
};

/**
 * Adds the defaults to options.
 * @throws TypeError The platform has no WebSocket, and the options have none.
 * @throws RangeError The grace is not an integer from 0 to 2^31 - 1.
 */
export function settingsOf(options: ClientOptions): Settings {
  const WebSocket = options.WebSocket ?? platform.WebSocket;
  if (!WebSocket) throw new TypeError('There is no WebSocket: pass one as an option, such as the class of the package ws.');
  const { session = {} } = options;
  const { grace = 0 } = session as SessionOptions;
  if (grace !== (grace | 0) || grace < 0) throw new RangeError(`The grace is invalid: ${grace}.`);
  return {
    magicString: 'magic string :)',
    accept: [],
    followLog: true,
    timeout: 10_000,
    keepAlive: 30_000,
    maxPacketLength: 65_536,
    maxUsers: 16_384,
    maxBufferedBytes: 262_144,
    maxPendingRequests: 1024,
    ...options,
    WebSocket,
    session,
    grace,
    reconnect: { initialDelay: 500, maxDelay: 30_000, maxAttempts: options.reconnect === false ? 0 : Infinity, stableAfter: 10_000, ...options.reconnect },
  };
}
