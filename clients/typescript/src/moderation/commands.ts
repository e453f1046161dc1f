/** The commands of moderators and of private rooms (docs/protocol.md, Moderation and Private rooms). */
export const ModerationCommand = {
  /** Disconnects a user and ends its session. p1: the user's id; data: the reason. */
  Kick: 20,
  /**
   * Bans a nick (p2 is 0), an address (1) or the address of a user (2). p1: seconds, 0 for no end; data: nick, address or user id in digits,
   * then optionally a line feed and the reason.
   */
  Ban: 21,
  /** Lifts a ban. p2: 0 for a nick, 1 for an address; data: the nick or address. */
  Unban: 22,
  /** Mutes the user of a nick. p1: seconds, 0 for no end; data: the nick, then optionally a line feed and the reason. */
  Mute: 23,
  /** Lifts a mute. Data: the nick. */
  Unmute: 24,
  /**
   * To the server: deletes a message of the client's room. From the server: a message was deleted.
   * p1 and p2: low and high half of the offset of the message's event.
   */
  DeleteMsg: 25,
  /**
   * Requests an invitation to the client's private room (p2 is 0) or to a new one (1). p1: the validity in seconds, 0 for the longest.
   * Reply: p1 is the validity in seconds, data the invitation.
   */
  Invite: 26,
  /** Requests bans and mutes. p1: the number to skip. Reply: p1 is the total number, data a page of them as JSON. */
  ListBans: 27,
} as const;

/** The range with DELETE_MSG, for a client's option `accept`: a client that accepts it is notified of deletions. */
export const deletions = [ModerationCommand.DeleteMsg, ModerationCommand.DeleteMsg] as const;
