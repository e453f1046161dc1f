namespace TPacket.Server;

/// <summary>Options of invitations: the private rooms, the signing key and the validity.</summary>
public sealed class InvitationOptions
{
    /// <summary>The prefix of the names of private rooms. Default: <c>private/</c>.</summary>
    public string RoomPrefix { get; set; } = "private/";

    /// <summary>
    /// The key that signs invitations: at least 32 random bytes, the same on all servers that share rooms. Keep the key secret:
    /// it gives access to every private room. Default: null, for a random key; invitations are then valid on this server only, until the server stops.
    /// </summary>
    public ReadOnlyMemory<byte>? Key { get; set; }

    /// <summary>
    /// The maximum validity of an invitation that a client requests, and the validity if
    /// the client requests none; in whole seconds. 1 s to 3,650 days. Default: 1 day.
    /// </summary>
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromDays(1);
}
