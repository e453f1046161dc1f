import { platform, type WebSocketConstructor } from './platform.js';
import type { ReconnectOptions } from './reconnection.js';

/** The part of a page's `Storage` that is used: `sessionStorage` fits. What it throws costs the session that would have outlived the page, and nothing else. */
export interface SessionStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** How a user outlives its connections. */
export interface SessionOptions {
  /** How many milliseconds the server is asked to keep the user while there is no connection; it may grant less. Default: 0, which leaves that to the server. */
  readonly grace?: number;
  /**
   * Keeps the session for the page that is loaded next in the same tab: `sessionStorage`. `connect` with the same nick resumes it. The store has the session's token and the packets that wait for their receipts, so it
   * has to be as private as the user's identity. Default: none.
   */
  readonly store?: SessionStore;
  /** The key in the store; clients of one page need different ones. Default: `tpacket`. */
  readonly key?: string;
}

/** What one attempt connects to. */
export interface AttemptTarget {
  readonly url: string;
  /** Subprotocols of which the server may choose one. Default: none. */
  readonly protocols?: string | readonly string[];
}

type Target = string | AttemptTarget | undefined;

/**
 * The server's address, or a function that gives it anew for each attempt, with a fresh token. The function gets the address that the server has named for the next connection, if it has (MOVE_ON). It returns undefined
 * where there is nobody to connect as: the client closes. If it fails, the attempt has failed, and the client tries again. With a function, a refusal by 401 or 403 is not final.
 */
export type ServerAddress = string | ((named?: string) => Target | Promise<Target>);

/** All times in milliseconds. */
export interface ClientOptions {
  /** Default: `globalThis.WebSocket`, which browsers and Node 22 have. */
  readonly WebSocket?: WebSocketConstructor;
  /** The first packet's data, which the server expects. Default: `magic string :)`. */
  readonly magicString?: string;
  /** Ranges of commands of 10 and more that the client wants to receive, both ends included. At most 16, of which `followLog` and `session` need two together. Default: none. */
  readonly accept?: readonly (readonly [first: number, last: number])[];
  /**
   * Whether the client follows the log of its room where the server knows that: events have `offset` and `time`, messages of the history have their senders, and `say` resolves with a receipt.
   * Default: true.
   */
  readonly followLog?: boolean;
  /**
   * Whether the client asks for a session where the server knows that: a user whose connection drops keeps its id, its nick and its place in the room until it is back or its grace is over, and receives what it has
   * missed. False for none. Default: a session with the server's grace, without a store.
   */
  readonly session?: SessionOptions | false;
  /** For the WebSocket to open, and for each reply. Default: 10,000. */
  readonly timeout?: number;
  /** Silence after which the server is asked whether it is there; 0 for never. Default: 30,000. */
  readonly keepAlive?: number;
  /** How a lost connection is sought again; false for not at all. */
  readonly reconnect?: ReconnectOptions | false;
  /** Longest packet taken, header included, in bytes. A longer one ends the connection. Default: 65,536. */
  readonly maxPacketLength?: number;
  /** Most users in a room. One more ends the connection. Default: 16,384. */
  readonly maxUsers?: number;
  /** Most bytes that wait to be sent. Default: 262,144. */
  readonly maxBufferedBytes?: number;
  /** Most requests that wait for replies. Default: 1,024. */
  readonly maxPendingRequests?: number;
}

export type Settings = Required<Omit<ClientOptions, 'session' | 'reconnect'>> & {
  readonly session: SessionOptions | false;
  readonly grace: number;
  readonly reconnect: Required<ReconnectOptions>;
};

/**
 * Fills in the defaults.
 * @throws TypeError There is no WebSocket.
 * @throws RangeError The grace is no number of milliseconds that a packet can carry.
 */
export function settingsOf(options: ClientOptions): Settings {
  const WebSocket = options.WebSocket ?? platform.WebSocket;
  if (!WebSocket) throw new TypeError('There is no WebSocket: pass one as an option, such as that of the package ws.');
  const { session = {} } = options;
  const { grace = 0 } = session as SessionOptions;
  if (grace !== (grace | 0) || grace < 0) throw new RangeError(`A grace of ${grace} ms.`);
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
