import { Emitter } from './emitter.js';

/** Somebody in the room. */
export interface User {
  /** Positive. Stays the same while the user's session lasts; without a session, a user that reconnects has another. */
  readonly id: number;
  readonly nick: string;
  /** True while the user's connection has dropped and its session waits for it to come back; missing otherwise, for the client's own user, and where the client has no session. */
  readonly away?: true;
}

export interface RosterEvents {
  /** A user is in the roster. */
  added: User;
  /** A user is in it no more. */
  removed: User;
  /** A large room has told how many members it has. */
  counted: number;
  /** A user is away, or is not away any more. */
  presence: User;
}

/** Who is in the room. While the client reconnects: who was, when that was last heard. */
export class Roster extends Emitter<RosterEvents> {
  #byId = new Map<number, User>();
  #users: readonly User[] | undefined;
  #selfId = 0;
  // Members of a large room whom it has not told of.
  #unnamed = 0;

  /** All users, in the order in which they came. The same array until somebody comes, goes, or changes its presence. */
  get users(): readonly User[] {
    return (this.#users ??= [...this.#byId.values()]);
  }

  get size(): number {
    return this.#byId.size;
  }

  /** How many members the room has: those of the roster, and in a large room that is only counted the others too. */
  get count(): number {
    return this.size + this.#unnamed;
  }

  /** The client's own user. */
  get self(): User | undefined {
    return this.get(this.#selfId);
  }

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
   * @returns The user as it is now; undefined if nothing has changed.
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
  tellCount(count: number): void {
    this.#unnamed = Math.max(0, count - this.size);
    this.emit('counted', count);
  }

  /**
   * Tells of the difference only. All is done when the first listener is called.
   * @internal
   */
  exchange(byId: Map<number, User>, selfId: number): void {
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

/** The user, away or not. */
export const presence = ({ id, nick }: User, isAway?: boolean): User => ({ id, nick, ...(isAway && { away: true }) });
