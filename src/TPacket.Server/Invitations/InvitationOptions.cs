namespace TPacket.Server;

/// <summary>Which rooms are private, and how invitations to them are signed.</summary>
public sealed class InvitationOptions
{
    /// <summary>Rooms whose names begin with this prefix are private. Default: <c>private/</c>.</summary>
    public string RoomPrefix { get; set; } = "private/";

    /// <summary>
    /// The key that signs invitations, at least 32 random bytes; all servers that share rooms have the same one. Whoever knows it can enter every private room. Default: null, a key that the process draws, so that its
    /// invitations end with it and are known to no other server.
    /// </summary>
    public ReadOnlyMemory<byte>? Key { get; set; }

    /// <summary>The longest time that an invitation of a client is good for, in whole seconds; the time that a client gets which asks for none. 1 s to 3,650 days. Default: 1 day.</summary>
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromDays(1);
}
