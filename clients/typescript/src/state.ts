/**
 * How a client has become ready, since the connection before. `signedIn`: as a new user, with a new id; what was said meanwhile is known as far as the room's history has it. `rejoined`: as the user that it was, and the room
 * was sent anew, roster and history; something between may be missing. `resumed`: as the user that it was, and every event that it missed has come; roster and history are what they were.
 */
export type Continuity = 'signedIn' | 'rejoined' | 'resumed';

/** What a client is at. */
export type ClientState =
  /** There is no connection, and none is sought. */
  | {
      readonly name: 'closed';
      /** What has ended it; missing before `connect` and after `close`. */
      readonly reason?: Error;
    }
  /** A WebSocket is being opened. */
  | {
      readonly name: 'connecting';
      /** 0 for `connect`, then which attempt to reconnect this is. */
      readonly attempt: number;
    }
  /** The session is asked for, or the nick. */
  | { readonly name: 'signingIn' }
  /** The room is asked for, or its roster and history are on their way. */
  | { readonly name: 'joining'; readonly room: string }
  /** The client is signed in, and in the room, if one was asked for. */
  | {
      readonly name: 'ready';
      readonly room?: string;
      readonly continuity: Continuity;
    }
  /** The connection is lost, and another attempt waits for its time. */
  | {
      readonly name: 'reconnecting';
      /** Which attempt that will be, from 1; counted since the last connection that was stable. */
      readonly attempt: number;
      /** Milliseconds before it. */
      readonly delay: number;
      readonly reason: Error;
    };
