import { Emitter } from './emitter.js';

/** A user in the room. */
export interface User {
  /** The positive id. It stays the same as long as the user's session. A user without a session gets another id when it reconnects. */
  readonly id: number;
  readonly nick: string;
  /** True if the user has a session but no connection; missing otherwise, for the client's own user, and if the client has no session. */
  readonly away?: true;
}

/** The events of a roster, which it raises after the change. */
export interface RosterEvents {
  /** A user was added. */
  added: User;
  /** A user was removed. */
  removed: User;
  /** A large room has sent its number of members, which is the event. */
  counted: number;
  /** A user went away or returned. */
  presence: User;
}

/** The users in the client's room; while the client reconnects, the last known users. */
export class Roster extends Emitter<RosterEvents> {
  #byId = new Map<number, User>();
  #users: readonly User[] | undefined;
  #selfId = 0;
  // The number of members of a large room that the server has counted but not sent.
  #unnamed = 0;

  /** All users, in the order of their arrival. The same array is returned until the roster changes. */
  get users(): readonly User[] {
    return (this.#users ??= [...this.#byId.values()]);
  }

  /** The number of users in the roster. */
  get size(): number {
    return this.#byId.size;
  }

  /** The number of members. In a large room, this includes members that the server has counted but not sent, which are not in `users`. */
  get count(): number {
    return this.size + this.#unnamed;
  }

  /** The client's own user; undefined outside of a room. */
  get self(): User | undefined {
    return this.get(this.#selfId);
  }

  /** Returns the user with an id; undefined if the roster has none. */
  get(id: number): User | undefined {
    return this.#byId.get(id);
  }

  /** @internal */
  add(user: User): void {
    if (!this.remove(user.id) && this.#unnamed > 0) this.#unnamed--;
    this.#byId.set(user.id, user);
    this.#users = undefined;
    this.emit('added', user);
  }

  /** @internal */
  remove(id: number): User | undefined {
    const user = this.#byId.get(id);
    if (user) {
      this.#byId.delete(id);
      this.#users = undefined;
      this.emit('removed', user);
    }
    return user;
  }

  /**
   * @returns The changed user; undefined if nothing has changed.
   * @internal
   */
  mark(id: number, isAway: boolean): User | undefined {
    const user = this.#byId.get(id);
    if (!user || !user.away === !isAway) return undefined;
    const marked = presence(user, isAway);
    this.#byId.set(id, marked);
    this.#users = undefined;
    this.emit('presence', marked);
    return marked;
  }

  /** @internal */
  setCount(count: number): void {
    this.#unnamed = Math.max(0, count - this.size);
    this.emit('counted', count);
  }

  /**
   * Replaces all users, and then raises events for the differences.
   * @internal
   */
  setUsers(byId: Map<number, User>, selfId: number): void {
    const before = this.#byId;
    this.#byId = byId;
    this.#users = undefined;
    this.#selfId = selfId;
    this.#unnamed = 0;
    for (const user of before.values()) if (byId.get(user.id)?.nick !== user.nick) this.emit('removed', user);
    for (const user of byId.values()) {
      const known = before.get(user.id);
      if (known?.nick !== user.nick) this.emit('added', user);
      else if (known.away !== user.away) this.emit('presence', user);
    }
  }
}

/** Returns the user with another presence. */
export const presence = ({ id, nick }: User, isAway?: boolean): User => ({ id, nick, ...(isAway && { away: true }) });
