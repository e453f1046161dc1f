using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client;

/// <summary>Limits, deadlines and habits of a client, which copies them when it is made.</summary>
public sealed class TPacketClientOptions
{
    // What a timer can wait: 2^32 milliseconds.
    private static readonly TimeSpan _longestWait = TimeSpan.FromDays(49);

    // The largest p1 of a packet: 2^31 - 1 milliseconds.
    private static readonly TimeSpan _longestGrace = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>The first thing that the server hears. Default: <c>magic string :)</c>.</summary>
    public string MagicString { get; set; } = "magic string :)";

    /// <summary>
    /// Ranges of commands of 10 and more that the client wants to receive, both ends included. A server takes 16, of which <see cref="FollowLog"/> and <see cref="KeepSession"/> need two together. Default: none.
    /// </summary>
    public IReadOnlyList<(int First, int Last)> AcceptedCommands { get; set; } = [];

    /// <summary>
    /// Whether the client follows the log of its room where the server knows that: events have <see cref="ClientEvent.Offset"/> and <see cref="ClientEvent.Time"/>, messages of the history have their senders, and
    /// <see cref="TPacketClient.SendAsync(string, CancellationToken)"/> returns a receipt. Takes two of the ranges that a server accepts. Default: true.
    /// </summary>
    public bool FollowLog { get; set; } = true;

    /// <summary>
    /// Whether the client asks for a session where the server knows that: a user whose connection drops keeps its id, its nick and its place in the room until it is back or its grace is over, and receives what it has
    /// missed. Default: true.
    /// </summary>
    public bool KeepSession { get; set; } = true;

    /// <summary>How long the server is asked to keep the user while there is no connection. Zero, the default, leaves that to the server, which may grant less than it is asked for.</summary>
    public TimeSpan SessionGrace { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// How the connection is made: headers, TLS, compression, limits, and the pings that keep it alive. Its clock is the client's, its <see cref="WebSocketOptions.MaxMessageLength"/>
    /// the longest packet, its <see cref="WebSocketOptions.InboundQueueBytes"/> what is received ahead of slow handlers before the server has to wait.
    /// </summary>
    public WebSocketClientOptions WebSocket { get; set; } = WebSocketClientOptions.Default;

    /// <summary>
    /// Gives the target of each attempt anew, with a fresh token. Gets the address of the client, or the address that the server has named for the next connection (MOVE_ON). Returns null where there is nobody to connect as;
    /// the client closes. If it throws, the attempt has failed, and the client tries again. The client waits for <see cref="Timeout"/> at most. With this function, a refusal by 401 or 403 is not final.
    /// Called by the client's loop. Default: null, the address of the client.
    /// </summary>
    public Func<Uri, CancellationToken, ValueTask<ConnectTarget?>>? Target { get; set; }

    /// <summary>How a lost connection is sought again.</summary>
    public ReconnectOptions Reconnect { get; set; } = ReconnectOptions.Default;

    /// <summary>Time for each reply. Default: 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most users in a room; one more ends the connection. Default: 16,384.</summary>
    public int MaxUsers { get; set; } = 16_384;

    /// <summary>Most requests that wait for replies, and as many messages that wait until fewer than 128 are without their receipts. Default: 1,024.</summary>
    public int MaxPendingRequests { get; set; } = 1024;

    /// <summary>A copy that is checked, and that nobody changes any more.</summary>
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
