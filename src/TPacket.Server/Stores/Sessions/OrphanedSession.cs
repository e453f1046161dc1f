namespace TPacket.Server;

/// <summary>A session whose user had a connection to a server that runs no more, or was away from it.</summary>
/// <param name="Session">The session.</param>
/// <param name="AwayFor">How long the user has been away while a server ran.</param>
public sealed record OrphanedSession(SessionRecord Session, TimeSpan AwayFor);
