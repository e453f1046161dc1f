import type { RequestError } from './errors.js';
import type { Packet } from './packet.js';
import type { User } from './roster.js';

/** The server's answer to a packet that it has appended to the room's log. */
export interface Receipt {
  /** The packet's, as in a `refused`. */
  readonly uid: number;
  /** The event's place in the room's log, as that of the same message when it comes back; missing where the server gives no receipts, or the client does not follow the log. */
  readonly offset?: number;
  /** When the server appended the packet, by its clock: milliseconds since 1970. Missing where `offset` is. */
  readonly time?: number;
}

/** Something that happens in a room, in the order that all of its members see. */
export type RoomEvent = AnyEvent & {
  /**
   * The event's place in the room's log: 0, 1, 2 and so on. It rises from one event to the next, except for history, and may skip numbers. Missing where the client does not follow the log, and for what is
   * not part of it: `entered`, `refused`, and packets for this client alone.
   */
  readonly offset?: number;
  /** When the event was appended to the log, by the server's clock: milliseconds since 1970, as `Date.now()`. Missing where `offset` is. */
  readonly time?: number;
};

type AnyEvent =
  | {
      /** The client is in the room; the roster is complete. What was heard of the room before is past: its history follows. */
      readonly type: 'entered';
      readonly room: string;
      /** Whether this is the same room: after a reconnect, or because the server has begun the room's log anew. */
      readonly again: boolean;
    }
  | {
      readonly type: 'message';
      /** Who said it; missing for what the host announces, and for the history of a log that the client does not follow. May have left. */
      readonly sender?: User;
      /** The text; for history of a log that the client does not follow, `nick: text`, which may be cut. */
      readonly text: string;
      /** Whether it was said before the client came. */
      readonly history: boolean;
    }
  | { readonly type: 'joined'; readonly user: User }
  | { readonly type: 'left'; readonly user: User }
  /** The connection of another user has dropped; the user stays in the room until it is back, or its grace is over. */
  | { readonly type: 'away'; readonly user: User }
  /** Another user, who was away, has a connection again. */
  | { readonly type: 'returned'; readonly user: User }
  | {
      /** What `say` or `send` has sent was refused. */
      readonly type: 'refused';
      readonly error: RequestError;
    }
  | {
      /** Anything else: the application's packets. */
      readonly type: 'packet';
      readonly packet: Packet;
    };
