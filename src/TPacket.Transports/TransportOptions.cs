namespace TPacket.Transports;

/// <summary>Limits of the data that the operating system holds for a connection. Immutable; several transports may share one instance.</summary>
public sealed record TransportOptions
{
    /// <summary>The largest value of <see cref="SendBufferBytes"/>: 1 GiB.</summary>
    internal const int LargestSendBuffer = 1 << 30;

    /// <summary>The largest value of <see cref="ReceiveBufferBytes"/>: 1 GiB.</summary>
    internal const int LargestReceiveBuffer = 1 << 30;

    // TCP_USER_TIMEOUT is a number of milliseconds in 31 bits.
    private static readonly TimeSpan _longest = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>The default options.</summary>
    public static TransportOptions Default { get; } = new();

    /// <summary>
    /// The size in bytes of the system's send buffer of an accepted connection (SO_SNDBUF), which holds bytes until the peer acknowledges them. The size bounds the bytes sent in one round trip. 0
    /// leaves the size to the system, which lets the buffer grow to several MiB. Connections made by <see cref="Transport.ConnectAsync"/> have the system's size. Default: 128 KiB.
    /// </summary>
    /// <remarks>
    /// Linux doubles the value to make room for its own bookkeeping. It limits the value to net.core.wmem_max and raises a value below 2,304.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or more than 1 GiB.</exception>
    public int SendBufferBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LargestSendBuffer);
            field = value;
        }
    } = 128 * 1024;

    /// <summary>
    /// The size in bytes of the system's receive buffer of an accepted TCP connection (SO_RCVBUF), which holds bytes until they are read. A peer can fill it while receiving is paused, and it bounds
    /// the bytes received in one round trip. 0 leaves the size to the system, which lets the buffer grow to several MiB for a fast peer. Connections made by <see cref="Transport.ConnectAsync"/> have
    /// the system's size. Default: 128 KiB.
    /// </summary>
    /// <remarks>Linux doubles the value to make room for its own bookkeeping. It limits the value to net.core.rmem_max and raises a value below 1,152.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or more than 1 GiB.</exception>
    public int ReceiveBufferBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LargestReceiveBuffer);
            field = value;
        }
    } = 128 * 1024;

    /// <summary>
    /// The time after which the system ends an accepted TCP connection whose peer acknowledges no bytes or keeps its window closed (TCP_USER_TIMEOUT, RFC 5482). Zero leaves the time to the system,
    /// which waits for about 15 minutes. Linux only. Default: 47 seconds, which is two seconds more than the default time for a WebSocket's ping and pong.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or more than 24 days.</exception>
    public TimeSpan UnacknowledgedTimeout
    {
        get;
        init => field = Checked(value);
    } = TimeSpan.FromSeconds(47);

    /// <summary>
    /// The time for which the system still sends accepted bytes after <see cref="TransportConnection.Close"/> to a peer that acknowledges nothing. Each acknowledgement restarts the time. Zero leaves
    /// the time to the system, which tries for minutes. Linux and TCP only. Default: 5 seconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or more than 24 days.</exception>
    public TimeSpan Linger
    {
        get;
        init => field = Checked(value);
    } = TimeSpan.FromSeconds(5);

    private static TimeSpan Checked(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, _longest);
        return value;
    }
}
