import { PacketCommand } from './commands.js';
import { asError, textOf } from './connection.js';
import { ProtocolError } from './errors.js';
import type { RoomEvent } from './events.js';
import { type LogPlace, type LogPosition, movePosition, readPackets, readPlace, readPosition } from './log.js';
import type { Packet } from './packet.js';
import { presence, Roster, type User } from './roster.js';

type Event<Member = RoomEvent> = Member extends RoomEvent ? Omit<Member, keyof LogPlace> : never;

/** Builds from the server's packets what the client knows of its room. The .NET client has the same in RoomView.cs. */
export class RoomView {
  readonly roster = new Roster();
  /** The own nick, by which the client finds itself where the server has not told the id. */
  nick = '';
  /** The own id; 0 where the server has not told it, which only one with sessions does. */
  ownId = 0;
  /** Undefined for none. */
  name: string | undefined;
  /** Whether the server has let the user in, and has not taken it out since; false while the room is only wished for. */
  isIn = false;
  /** The last event of the room's log that the client has; undefined where it does not follow the log. Kept while there is no connection. */
  position: LogPosition | undefined;

  // The roster while it arrives; then whether what is logged is history.
  #arriving: Map<number, User> | undefined;
  #inHistory = false;
  #again = false;
  // While a snapshot arrives: the last event of the history.
  #history: number | undefined;
  // Of the event that is being handled; undefined for a bare packet.
  #place: LogPlace | undefined;
  // A user that has left within the event was away, if it comes back within it under another nick.
  #left: User | undefined;

  /**
   * @param follows Whether the client asks to follow the room's log.
   * @param knowsPresence Whether it asks which users are away.
   * @param told Is called with each event.
   * @param moved Is called when the server has moved the user to another room.
   */
  constructor(
    readonly maxUsers: number,
    readonly follows: boolean,
    readonly knowsPresence: boolean,
    readonly told: (event: RoomEvent) => void,
    readonly moved: () => void,
  ) {}

  /** The server has let the client in: its members and its history follow. */
  enter(name: string, again: boolean): void {
    this.name = name;
    this.isIn = true;
    this.position = this.#history = undefined;
    this.#arriving = new Map();
    this.#inHistory = true;
    this.#again = again;
  }

  /** Members and history have come. */
  complete(): void {
    this.#endRoster();
    this.#inHistory = false;
  }

  /** The connection has ended: what has not come will not. A position that a snapshot has begun with is none, unless the snapshot is complete. */
  interrupt(): void {
    if (this.#arriving || this.#history !== undefined) this.position = undefined;
    this.#arriving = this.#history = undefined;
  }

  /** The client signs in as a new user, which has not entered yet. */
  signIn(): void {
    this.ownId = 0;
    this.isIn = false;
    this.position = undefined;
  }

  /** The client is in no room. */
  leave(): void {
    this.interrupt();
    this.signIn();
    this.roster.exchange(new Map(), 0);
  }

  /**
   * Takes a packet that is no reply.
   * @throws ProtocolError The server should not have sent it.
   */
  receive(packet: Packet): void {
    const { command } = packet;
    if (!this.follows) this.#handle(packet);
    else if (command === PacketCommand.Event) this.#receiveEvent(packet);
    else if (command === PacketCommand.Snapshot) this.#receiveSnapshot(packet);
    // A second receipt is that of a packet which was sent twice.
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
      this.#place = this.#left = undefined;
    }
  }

  #receiveSnapshot(packet: Packet): void {
    const begin = packet.p1 === 1 ? readPosition(packet) : undefined;
    if (begin) return this.#beginSnapshot(textOf(begin.rest), begin.position);
    if (packet.p1 !== 0 || this.#history === undefined) throw new ProtocolError('BadSnapshot');
    this.complete();
    this.#history = undefined;
  }

  /** What was known of the room is past. A snapshot that nothing has asked for may be of another room, to which the application on the server has moved the user. */
  #beginSnapshot(name: string, position: LogPosition): void {
    const isMoved = name !== this.name;
    this.enter(name, this.#arriving && !isMoved ? this.#again : this.isIn && !isMoved);
    this.position = position;
    this.#history = -1;
    if (isMoved) this.moved();
  }

  #handle(packet: Packet): void {
    const { command, p1, data } = packet;
    if (command === PacketCommand.Nop) return;
    if (command === PacketCommand.RespError) return this.#tell({ type: 'refused', error: asError(packet) });
    if (command === PacketCommand.NewUser) return this.#add(presence({ id: p1, nick: textOf(data) }, this.#left?.id === p1 && this.#left.away));
    if (command === PacketCommand.Presence && this.knowsPresence) return this.#mark(p1, packet.p2 === 1);
    this.#endRoster();
    if (command === PacketCommand.NewMsg) {
      const sender = this.roster.get(p1) ?? { id: p1, nick: '' };
      this.#tell({ type: 'message', sender, text: textOf(data), history: this.#history !== undefined });
    } else if (command === PacketCommand.LoggedMsg) {
      this.#tell(this.#logged(packet));
    } else if (command === PacketCommand.DelUser) {
      const user = this.roster.remove(p1);
      if (this.#place) this.#left = user;
      if (user) this.#tell({ type: 'left', user });
    } else if (command === PacketCommand.MemberCount) {
      this.roster.tellCount(p1);
    } else {
      this.#tell({ type: 'packet', packet });
    }
  }

  /** A LOGGED_MSG. In the log's history p1 is the sender's id, and p2 the length of the nick in `nick: text`; one that does not fit is text without a sender. */
  #logged({ p1, p2, data }: Packet): Event {
    const history = this.#inHistory;
    // ": "
    if (!this.#place || p2 <= 0 || data[p2] !== 0x3a || data[p2 + 1] !== 0x20) return { type: 'message', text: textOf(data), history };
    return { type: 'message', sender: { id: p1, nick: textOf(data.subarray(0, p2)) }, text: textOf(data.subarray(p2 + 2)), history };
  }

  #tell(event: Event): void {
    this.told({ ...event, ...this.#place });
  }

  #add(user: User): void {
    const room = this.#arriving ?? this.roster;
    // A large room tells of the client itself once more.
    if (room.get(user.id)?.nick === user.nick) return;
    if (room.size >= this.maxUsers) throw new ProtocolError('TooManyUsers');
    if (this.#arriving) {
      this.#arriving.set(user.id, user);
      return;
    }
    this.roster.add(user);
    // The server lets users change their nicks, and the own has.
    if (user === this.roster.self) this.nick = user.nick;
    this.#tell({ type: 'joined', user });
  }

  /** The client's own user is never away as it sees it: what the log has of that happened while it had no connection. */
  #mark(id: number, isAway: boolean): void {
    if (id === this.ownId) return;
    const arriving = this.#arriving?.get(id);
    if (arriving) this.#arriving!.set(id, presence(arriving, isAway));
    const marked = this.#arriving ? undefined : this.roster.mark(id, isAway);
    if (marked) this.#tell({ type: isAway ? 'away' : 'returned', user: marked });
  }

  /** The roster is complete when something else comes, or the fence behind it. */
  #endRoster(): void {
    const users = this.#arriving;
    if (!users) return;
    this.#arriving = undefined;
    // A nick that was changed while there was no connection is known by the id alone.
    const self = users.get(this.ownId) ?? [...users.values()].find(({ nick }) => nick === this.nick);
    this.nick = self?.nick ?? this.nick;
    this.roster.exchange(users, self?.id ?? 0);
    // It has no place in the log, whatever has come behind it.
    this.told({ type: 'entered', room: this.name!, again: this.#again });
  }
}
