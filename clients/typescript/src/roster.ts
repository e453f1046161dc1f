import { Emitter } from './emitter.js';

/** Somebody in the room. */
export interface User {
  /** Positive; belongs to the connection, so a user that reconnects has another. */
  readonly id: number;
  readonly nick: string;
}

export interface RosterEvents {
  /** A user is in the roster. */
  added: User;
  /** A user is in it no more. */
  removed: User;
  /** A large room has told how many members it has. */
  counted: number;
}

/** Who is in the room. While the client reconnects: who was, when that was last heard. */
export class Roster extends Emitter<RosterEvents> {
  #byId = new Map<number, User>();
  #users: readonly User[] | undefined;
  #selfId = 0;
  // Members of a large room whom it has not told of.
  #unnamed = 0;

  /** All users, in the order in which they came. The same array until somebody comes or goes. */
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

  /** @internal */
  tellCount(count: number): void {
    this.#unnamed = Math.max(0, count - this.size);
    this.emit('counted', count);
  }

  /**
   * Tells of the difference only. All is done when the first listener is called.
   * @internal
   */
  replace(byId: Map<number, User>, selfId: number): void {
    const before = this.#byId;
    const lacks = (users: Map<number, User>) => (user: User) => users.get(user.id)?.nick !== user.nick;
    this.#byId = byId;
    this.#users = undefined;
    this.#selfId = selfId;
    this.#unnamed = 0;
    for (const user of [...before.values()].filter(lacks(byId))) this.emit('removed', user);
    for (const user of [...byId.values()].filter(lacks(before))) this.emit('added', user);
  }
}
