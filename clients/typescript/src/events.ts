import type { RequestError } from './errors.js';
import type { Packet } from './packet.js';
import type { User } from './roster.js';

/** The server's answer to a packet that it has appended to the room's log. */
export interface Receipt {
  /** The packet's uid, as in `refused`. */
  readonly uid: number;
  /**
   * The event's offset in the room's log, as in the event itself. Missing if the server sends no receipts or the client does not follow the log,
   * and if the server has handled the packet without appending it.
   */
  readonly offset?: number;
  /** The time at which the server appended the packet, by the server's clock, in milliseconds since 1970; missing if `offset` is missing. */
  readonly time?: number;
}

/** An event that a client raises. All members of a room receive its events in the same order. */
export type RoomEvent = AnyEvent & {
  /**
   * The event's offset in the room's log, from 0. Offsets rise and may skip numbers. After `entered` they start lower again, with the history of the room.
   * Missing if the client does not follow the log, and for events outside the log: `entered`, `refused`, and packets for this client alone.
   */
  readonly offset?: number;
  /** The time at which the server appended the event, by the server's clock, in milliseconds since 1970 as `Date.now()`; missing if `offset` is missing. */
  readonly time?: number;
};

type AnyEvent =
  | {
      /** The client has entered a room, and the roster is complete. The messages of the history follow. They replace all earlier events of the room. */
      readonly type: 'entered';
      readonly room: string;
      /** Whether the client was in this room before: after a reconnect, or because the server has reset the room's log. */
      readonly again: boolean;
    }
  | {
      readonly type: 'message';
      /** The sender, who may have left since. Missing for announcements and, if the client does not follow the log, for messages of the history. */
      readonly sender?: User;
      /** The text. If the client does not follow the log, messages of the history read `nick: text`, and may be cut. */
      readonly text: string;
      /** Whether the message is part of the history: it was sent before the client entered the room. */
      readonly history: boolean;
    }
  /** Another user has entered the room. Users who were there before the client are only in the roster. */
  | { readonly type: 'joined'; readonly user: User }
  /** A user has left the room. */
  | { readonly type: 'left'; readonly user: User }
  /** The connection of another user has dropped. The user stays in the room until it returns or its grace is over. */
  | { readonly type: 'away'; readonly user: User }
  /** Another user who was away has a connection again. */
  | { readonly type: 'returned'; readonly user: User }
  | {
      /** The server has refused a packet of `say`, `append` or `send`. */
      readonly type: 'refused';
      readonly error: RequestError;
    }
  | {
      /** A packet of the application, or of any other kind without an event of its own. */
      readonly type: 'packet';
      readonly packet: Packet;
    };
