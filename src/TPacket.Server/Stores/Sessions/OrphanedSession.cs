namespace TPacket.Server;

/// <summary>A session of a server that has stopped or failed.</summary>
/// <param name="Session">The session.</param>
/// <param name="AwayFor">The time for which the user has been away while any server was running.</param>
public sealed record OrphanedSession(SessionRecord Session, TimeSpan AwayFor);
