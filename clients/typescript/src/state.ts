/**
 * The state that a client has kept from the previous connection.
 * `signedIn`: none. The client has signed in as a new user with a new id. It receives only the missed events that are in the room's history.
 * `rejoined`: its user. The server has sent roster and history again. The client has missed the events that are no longer in the history.
 * `resumed`: its user and its room. The client has received every missed event. The server has not sent roster and history again.
 */
export type Continuity = 'signedIn' | 'rejoined' | 'resumed';

/** The state of a client. */
export type ClientState =
  /** The client has no connection and makes none. */
  | {
      readonly name: 'closed';
      /** The cause; missing before `connect` and after `close`. */
      readonly reason?: Error;
    }
  /** The client opens a WebSocket. */
  | {
      readonly name: 'connecting';
      /** 0 for `connect`; otherwise the number of the attempt to reconnect. */
      readonly attempt: number;
    }
  /** The client resumes its session, or requests its nick. */
  | { readonly name: 'signingIn' }
  /** The client has requested a room, or receives its roster and history. */
  | { readonly name: 'joining'; readonly room: string }
  /** The client is signed in, and in the room if it has requested one. */
  | {
      readonly name: 'ready';
      /** The room; missing for none. */
      readonly room?: string;
      readonly continuity: Continuity;
    }
  /** The connection is lost, and the client waits for the delay before the next attempt. */
  | {
      readonly name: 'reconnecting';
      /** The number of the next attempt, from 1 after the last stable connection. */
      readonly attempt: number;
      /** The delay before the attempt in milliseconds. */
      readonly delay: number;
      /** The cause of the connection's end, or of the failed attempt. */
      readonly reason: Error;
    };
