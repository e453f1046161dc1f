namespace TPacket.Transports;

/// <summary>What the operating system may hold for a connection, and for how long. Immutable; one instance serves any number of transports.</summary>
public sealed record TransportOptions
{
    /// <summary>Largest value of <see cref="SendBufferBytes"/>: 1 GiB.</summary>
    internal const int LargestSendBuffer = 1 << 30;

    /// <summary>Largest value of <see cref="ReceiveBufferBytes"/>: 1 GiB.</summary>
    internal const int LargestReceiveBuffer = 1 << 30;

    // What TCP_USER_TIMEOUT takes: milliseconds in 31 bits.
    private static readonly TimeSpan _longest = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>The defaults.</summary>
    public static TransportOptions Default { get; } = new();

    /// <summary>
    /// How many bytes the system buffers for an accepted connection whose peer has not acknowledged them (SO_SNDBUF); 0 leaves it to the system, which lets a buffer grow to some MiB. A connection
    /// sends at most about so much in a round trip. Connections made by <see cref="Transport.ConnectAsync"/> keep the system's. Default: 128 KiB.
    /// </summary>
    /// <remarks>
    /// Linux counts its own bookkeeping with the bytes and therefore reserves twice as much; it takes no more than net.core.wmem_max, and raises a value of less than 2,304.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or more than 1 GiB.</exception>
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
    /// How many bytes the system buffers for an accepted connection before they are read (SO_RCVBUF); 0 leaves it to the system, which lets a buffer grow to some MiB while a peer sends fast. The peer of a
    /// connection whose receiving is paused can fill this buffer, and a peer sends at most about so much in a round trip. For TCP only. Connections made by <see cref="Transport.ConnectAsync"/> keep the
    /// system's. Default: 128 KiB.
    /// </summary>
    /// <remarks>Linux counts its own bookkeeping with the bytes and therefore reserves twice as much; it takes no more than net.core.rmem_max, and raises a value of less than 1,152.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or more than 1 GiB.</exception>
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
    /// How long the peer of an accepted TCP connection may leave what was sent unacknowledged, or its window shut, before the system ends the connection (TCP_USER_TIMEOUT, RFC 5482); zero leaves it
    /// to the system, which waits for a quarter of an hour. On Linux only. Default: 47 seconds, two more than a WebSocket's ping and pong take by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or longer than 24 days.</exception>
    public TimeSpan UnacknowledgedTimeout
    {
        get;
        init => field = Checked(value);
    } = TimeSpan.FromSeconds(47);

    /// <summary>
    /// How long the system keeps sending what a connection has taken after <see cref="TransportConnection.Close"/>, to a peer that acknowledges nothing; each acknowledgement starts it anew. Zero leaves it to
    /// the system, which tries for minutes. On Linux and for TCP only. Default: 5 seconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or longer than 24 days.</exception>
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
