/** The commands of moderators, and those of private rooms (docs/protocol.md, Moderation and Private rooms). */
export const ModerationCommand = {
  /** The user is disconnected, and its session ends. p1: the user's id; data: the reason. */
  Kick: 20,
  /** Nobody may have a nick (p2 is 0), or sign in from an address (1) or from where a user comes (2). p1: seconds, 0 for no end; data: nick, address or the user's id in digits, then a line feed and the reason where there is one. */
  Ban: 21,
  /** Lifts a ban. p2: 0 for a nick, 1 for an address; data: the nick or address. */
  Unban: 22,
  /** The user of a nick may not speak. p1: seconds, 0 for no end; data: the nick, then a line feed and the reason where there is one. */
  Mute: 23,
  /** Lifts a mute. Data: the nick. */
  Unmute: 24,
  /** To the server: a message of the client's room is deleted. From the server: a message was deleted. p1 and p2: low and high half of the offset of the message's event. */
  DeleteMsg: 25,
  /** Asks for an invitation to the client's private room (p2 is 0) or to a new one (1). p1: seconds, 0 for as long as the server allows. The reply has in p1 for how many seconds it is good; data: the invitation. */
  Invite: 26,
  /** Asks for bans and mutes. p1: how many to skip. The reply has in p1 how many there are; data: some of them, as JSON. */
  ListBans: 27,
} as const;

/** What the server sends of these unasked, for the option `accept` of a client. */
export const deletions = [ModerationCommand.DeleteMsg, ModerationCommand.DeleteMsg] as const;
