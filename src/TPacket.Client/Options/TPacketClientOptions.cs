using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client;

/// <summary>Options of a <see cref="TPacketClient"/>. The constructor copies them, so later changes have no effect.</summary>
public sealed class TPacketClientOptions
{
    // Timers wait for less than 2^32 milliseconds, which is 49.7 days.
    private static readonly TimeSpan _longestWait = TimeSpan.FromDays(49);

    // The largest p1 of a packet: 2^31 - 1 milliseconds.
    private static readonly TimeSpan _longestGrace = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>The text that the client sends first (docs/protocol.md, Engagement). Default: <c>magic string :)</c>.</summary>
    public string MagicString { get; set; } = "magic string :)";

    /// <summary>
    /// Ranges of commands from 10 that the client accepts, both ends included. A server accepts up to 16 ranges from a client.
    /// The client uses two of them if <see cref="FollowLog"/> or <see cref="KeepSession"/> is true. Default: none.
    /// </summary>
    public IReadOnlyList<(int First, int Last)> AcceptedCommands { get; set; } = [];

    /// <summary>
    /// Whether the client follows the log of its room, if the server supports that:
    /// events have <see cref="ClientEvent.Offset"/> and <see cref="ClientEvent.Time"/>, messages of the history have their senders,
    /// and <see cref="TPacketClient.SendAsync(string, CancellationToken)"/> returns a receipt. Default: true.
    /// </summary>
    public bool FollowLog { get; set; } = true;

    /// <summary>
    /// Whether the client asks for a session, if the server supports that. When the connection drops, the user keeps its id, its nick and its place in the room
    /// until it returns or its grace is over. A user who returns receives the missed events. Default: true.
    /// </summary>
    public bool KeepSession { get; set; } = true;

    /// <summary>
    /// The requested grace: the time for which the server keeps the user without a connection; zero for the server's default, and at most 2^31 - 1 ms.
    /// The server may grant less. Default: zero.
    /// </summary>
    public TimeSpan SessionGrace { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// Options of the WebSocket: headers, TLS, compression, limits and pings. Its clock is the clock of the client.
    /// <see cref="WebSocketOptions.MaxMessageLength"/> limits a received packet in bytes. <see cref="WebSocketOptions.InboundQueueBytes"/> limits the bytes
    /// that the client buffers while handlers run; at this limit the client stops reading from the server.
    /// </summary>
    public WebSocketClientOptions WebSocket { get; set; } = WebSocketClientOptions.Default;

    /// <summary>
    /// A function that returns the target of each attempt, such as an address with a fresh token. The client's loop calls it with the address of the client,
    /// or with the address that the server has named for the next connection (MOVE_ON). If the function returns null, the client closes.
    /// If it throws, or takes longer than <see cref="Timeout"/>, the attempt has failed, and a client that was ready tries again.
    /// With a function, the client also tries again after the HTTP statuses 401 and 403. Default: null, the address of the client.
    /// </summary>
    public Func<Uri, CancellationToken, ValueTask<ConnectTarget?>>? Target { get; set; }

    /// <summary>Options of reconnecting.</summary>
    public ReconnectOptions Reconnect { get; set; } = ReconnectOptions.Default;

    /// <summary>The longest wait for a reply, for a receipt, and for <see cref="Target"/>. From 1 ms to 49 days. Default: 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum number of users in the roster. One more user ends the connection. Default: 16,384.</summary>
    public int MaxUsers { get; set; } = 16_384;

    /// <summary>
    /// The maximum number of requests that wait for replies. The same limit applies to the packets that are queued while 128 packets wait for receipts.
    /// Default: 1,024.
    /// </summary>
    public int MaxPendingRequests { get; set; } = 1024;

    /// <summary>Returns a validated copy, which does not change.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal TPacketClientOptions Snapshot()
    {
        var copy = (TPacketClientOptions)MemberwiseClone();
        ArgumentNullException.ThrowIfNull(copy.AcceptedCommands, nameof(AcceptedCommands));
        copy.AcceptedCommands = [.. copy.AcceptedCommands];
        copy.Check();
        return copy;
    }

    internal static void CheckWait(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromMilliseconds(1), name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, _longestWait, name);
    }

    private void Check()
    {
        ArgumentNullException.ThrowIfNull(MagicString);
        ArgumentNullException.ThrowIfNull(WebSocket);
        ArgumentNullException.ThrowIfNull(Reconnect);
        foreach (var (first, last) in AcceptedCommands)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(first, CommandRange.FirstExtension, nameof(AcceptedCommands));
            ArgumentOutOfRangeException.ThrowIfLessThan(last, first, nameof(AcceptedCommands));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(SessionGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SessionGrace, _longestGrace);
        CheckWait(Timeout, nameof(Timeout));
        CheckWait(Reconnect.InitialDelay, nameof(Reconnect.InitialDelay));
        CheckWait(Reconnect.MaxDelay, nameof(Reconnect.MaxDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(Reconnect.StableAfter, TimeSpan.Zero, nameof(Reconnect.StableAfter));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Reconnect.StableAfter, _longestWait, nameof(Reconnect.StableAfter));
        ArgumentOutOfRangeException.ThrowIfNegative(Reconnect.MaxAttempts, nameof(Reconnect.MaxAttempts));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxUsers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPendingRequests, 1);
    }
}
