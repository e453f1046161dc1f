import { PacketCommand } from './commands.js';
import { asError, textOf } from './connection.js';
import { ProtocolError } from './errors.js';
import type { RoomEvent } from './events.js';
import { type LogPlace, type LogPosition, movePosition, readPackets, readPlace, readPosition } from './log.js';
import type { Packet } from './packet.js';
import { presence, Roster, type User } from './roster.js';

type Event<Member = RoomEvent> = Member extends RoomEvent ? Omit<Member, keyof LogPlace> : never;

/** The client's view of its room: handles the server's packets, keeps the roster, and raises events. RoomView.cs of the .NET client does the same. */
export class RoomView {
  readonly roster = new Roster();
  /** The nick of the client's own user. If the server has not sent the user's id, the client finds the user in the roster by this nick. */
  nick = '';
  /** The id of the client's own user; 0 if the server has not sent the id. Only a server with sessions sends it. */
  ownId = 0;
  /** The name of the room; undefined for none. */
  name: string | undefined;
  /** Whether the user is a member of the room; false while the client has only requested it. */
  isIn = false;
  /** The position of the last received event; undefined if the client does not follow the log. Kept while there is no connection. */
  position: LogPosition | undefined;

  // The roster while it arrives.
  #arriving: Map<number, User> | undefined;
  // Whether a LOGGED_MSG is history.
  #inHistory = false;
  #again = false;
  // While a snapshot arrives: the offset of the last event of its history, -1 before the first.
  #history: number | undefined;
  // The place of the EVENT that is being handled; undefined for a bare packet.
  #place: LogPlace | undefined;
  // A changed nick is DEL_USER and NEW_USER in one EVENT: the new user takes over the presence of the user that left.
  #leftInEvent: User | undefined;

  /**
   * @param follows Whether the client follows the room's log.
   * @param knowsPresence Whether the client accepts PRESENCE.
   * @param dispatch Called with each event.
   * @param onMoved Called when the server has moved the user to another room.
   */
  constructor(
    readonly maxUsers: number,
    readonly follows: boolean,
    readonly knowsPresence: boolean,
    readonly dispatch: (event: RoomEvent) => void,
    readonly onMoved: () => void,
  ) {}

  /** Handles a SET_ROOM or RESUME that succeeded: roster and history follow. */
  enter(name: string, again: boolean): void {
    this.name = name;
    this.isIn = true;
    this.position = this.#history = undefined;
    this.#arriving = new Map();
    this.#inHistory = true;
    this.#again = again;
  }

  /** Handles the end of roster and history. */
  complete(): void {
    this.#endRoster();
    this.#inHistory = false;
  }

  /** Handles the end of the connection. Discards the position of an incomplete snapshot. */
  interrupt(): void {
    if (this.#arriving || this.#history !== undefined) this.position = undefined;
    this.#arriving = this.#history = undefined;
  }

  /** Resets the view for a new user, who has not entered a room yet. */
  signIn(): void {
    this.ownId = 0;
    this.isIn = false;
    this.position = undefined;
  }

  /** Resets the view for a client without a room. */
  leave(): void {
    this.interrupt();
    this.signIn();
    this.roster.setUsers(new Map(), 0);
  }

  /**
   * Handles a packet that is not a reply.
   * @throws ProtocolError The packet violates the protocol.
   */
  receive(packet: Packet): void {
    const { command } = packet;
    if (!this.follows) this.#handle(packet);
    else if (command === PacketCommand.Event) this.#receiveEvent(packet);
    else if (command === PacketCommand.Snapshot) this.#receiveSnapshot(packet);
    // A packet that was sent twice gets a second receipt, which the view ignores.
    else if (command !== PacketCommand.Receipt) this.#handle(packet);
  }

  #receiveEvent(packet: Packet): void {
    const place = readPlace(packet);
    const packets = readPackets(packet);
    if (!place || !packets) throw new ProtocolError('BadEvent');
    const { offset } = place;
    const last = this.#history ?? this.position?.offset ?? Infinity;
    if (offset <= last || (this.#history !== undefined && offset > this.position!.offset)) throw new ProtocolError('OutOfOrder');
    if (this.#history !== undefined) this.#history = offset;
    else this.position = movePosition(this.position!, place, packet);
    this.#place = place;
    try {
      packets.forEach(inner => this.#handle(inner));
    } finally {
      this.#place = this.#leftInEvent = undefined;
    }
  }

  #receiveSnapshot(packet: Packet): void {
    const begin = packet.p1 === 1 ? readPosition(packet) : undefined;
    if (begin) return this.#beginSnapshot(textOf(begin.rest), begin.position);
    if (packet.p1 !== 0 || this.#history === undefined) throw new ProtocolError('BadSnapshot');
    this.complete();
    this.#history = undefined;
  }

  /** Begins a SNAPSHOT, which replaces roster and history. Without a SET_ROOM before it, the host may have moved the user to another room. */
  #beginSnapshot(name: string, position: LogPosition): void {
    const isMoved = name !== this.name;
    this.enter(name, this.#arriving && !isMoved ? this.#again : this.isIn && !isMoved);
    this.position = position;
    this.#history = -1;
    if (isMoved) this.onMoved();
  }

  #handle(packet: Packet): void {
    const { command, p1, data } = packet;
    if (command === PacketCommand.Nop) return;
    if (command === PacketCommand.RespError) return this.#publish({ type: 'refused', error: asError(packet) });
    if (command === PacketCommand.NewUser) return this.#add(presence({ id: p1, nick: textOf(data) }, this.#leftInEvent?.id === p1 && this.#leftInEvent.away));
    if (command === PacketCommand.Presence && this.knowsPresence) return this.#mark(p1, packet.p2 === 1);
    this.#endRoster();
    if (command === PacketCommand.NewMsg) {
      const sender = this.roster.get(p1) ?? { id: p1, nick: '' };
      this.#publish({ type: 'message', sender, text: textOf(data), history: this.#history !== undefined });
    } else if (command === PacketCommand.LoggedMsg) {
      this.#publish(this.#logged(packet));
    } else if (command === PacketCommand.DelUser) {
      const user = this.roster.remove(p1);
      if (this.#place) this.#leftInEvent = user;
      if (user) this.#publish({ type: 'left', user });
    } else if (command === PacketCommand.MemberCount) {
      this.roster.setCount(p1);
    } else {
      this.#publish({ type: 'packet', packet });
    }
  }

  /**
   * Reads a LOGGED_MSG. In an EVENT, p1 is the sender's id and p2 the length of the nick in `nick: text`.
   * If the length does not fit, the message has no sender.
   */
  #logged({ p1, p2, data }: Packet): Event {
    const history = this.#inHistory;
    // ": "
    if (!this.#place || p2 <= 0 || data[p2] !== 0x3a || data[p2 + 1] !== 0x20) return { type: 'message', text: textOf(data), history };
    return { type: 'message', sender: { id: p1, nick: textOf(data.subarray(0, p2)) }, text: textOf(data.subarray(p2 + 2)), history };
  }

  #publish(event: Event): void {
    this.dispatch({ ...event, ...this.#place });
  }

  #add(user: User): void {
    const room = this.#arriving ?? this.roster;
    // A large room sends the client's own user a second time.
    if (room.get(user.id)?.nick === user.nick) return;
    if (room.size >= this.maxUsers) throw new ProtocolError('TooManyUsers');
    if (this.#arriving) {
      this.#arriving.set(user.id, user);
      return;
    }
    this.roster.add(user);
    // The client's own user has changed its nick.
    if (user === this.roster.self) this.nick = user.nick;
    this.#publish({ type: 'joined', user });
  }

  /** Handles a PRESENCE. Ignores the PRESENCE of the client's own user, who was away only while the client had no connection. */
  #mark(id: number, isAway: boolean): void {
    if (id === this.ownId) return;
    const arriving = this.#arriving?.get(id);
    if (arriving) this.#arriving!.set(id, presence(arriving, isAway));
    const marked = this.#arriving ? undefined : this.roster.mark(id, isAway);
    if (marked) this.#publish({ type: isAway ? 'away' : 'returned', user: marked });
  }

  /** Handles the end of the roster: another packet than NEW_USER and PRESENCE has arrived, or the reply to the probe. */
  #endRoster(): void {
    const users = this.#arriving;
    if (!users) return;
    this.#arriving = undefined;
    // Searched by the id first: the nick may have changed while there was no connection.
    const self = users.get(this.ownId) ?? [...users.values()].find(({ nick }) => nick === this.nick);
    this.nick = self?.nick ?? this.nick;
    this.roster.setUsers(users, self?.id ?? 0);
    // `entered` has no place in the log.
    this.dispatch({ type: 'entered', room: this.name!, again: this.#again });
  }
}
