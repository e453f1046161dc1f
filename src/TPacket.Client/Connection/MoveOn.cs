using TPacket.Protocol;

namespace TPacket.Client.Connection;

/// <summary>
/// The delay and the address that a server names for the next connection: MOVE_ON, or RESP_ERROR -41 in answer to RESUME (docs/protocol.md, Sessions).
/// </summary>
/// <param name="Delay">The delay before the next attempt.</param>
/// <param name="Address">The address for the next connection; null if it stays the same.</param>
internal readonly record struct MoveOn(TimeSpan Delay, Uri? Address)
{
    /// <summary>The longest delay that a server may ask for.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(5);

    /// <summary>Reads a MOVE_ON.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="current">The address of the connection that received the packet.</param>
    /// <param name="isRefused">Whether the client rejects the address in the packet.</param>
    public static MoveOn Read(Packet packet, Uri current, out bool isRefused)
    {
        var named = packet.Data.Length > 0;
        var address = named && Uri.TryCreate(packet.Text, UriKind.Absolute, out var uri) && IsAllowed(uri, current) ? uri : null;
        isRefused = named && address is null;
        return new MoveOn(Bound(packet.P1), address);
    }

    /// <summary>Returns the delay that RESP_ERROR -41 names; null for another error.</summary>
    public static MoveOn? After(Packet refusal) => refusal.P1 == (int)PacketErrorCode.TryLater ? new MoveOn(Bound(refusal.P2), Address: null) : null;

    // A server cannot downgrade a client from TLS to a connection without it.
    private static bool IsAllowed(Uri address, Uri current) => address.Scheme == "wss" || (address.Scheme == "ws" && current.Scheme == "ws");

    private static TimeSpan Bound(int milliseconds) => TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, MaxDelay.TotalMilliseconds));
}
