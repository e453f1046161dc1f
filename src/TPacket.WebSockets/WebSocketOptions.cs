namespace TPacket.WebSockets;

/// <summary>Limits and timeouts of a WebSocket connection. Immutable; one instance serves any number of connections.</summary>
public sealed record WebSocketOptions
{
    /// <summary>The defaults.</summary>
    public static WebSocketOptions Default { get; } = new();

    /// <summary>
    /// Maximum length of a received message in bytes, after decompression. The connection is closed with 1009 as soon as a frame header or the decompressor exceeds it. Default: 64 KiB.
    /// </summary>
    public int MaxMessageLength { get; init; } = 64 * 1024;

    /// <summary>
    /// Maximum average of control frames that the peer may send per second; the connection is closed with 1008 if the peer sends more. A fragment of less than 64 bytes that is not the last of its
    /// message counts as a control frame. 0 means no limit. Default: 50.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int ControlFramesPerSecond
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 50;

    /// <summary>Maximum number of control frames that the peer may send in one burst, beyond <see cref="ControlFramesPerSecond"/>. Default: 200.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int ControlFrameBurst
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 200;

    /// <summary>Maximum length in bytes of the request or response head that the peer sends; a server rejects a longer request with 431. Default: 8 KiB.</summary>
    public int MaxHandshakeHeadLength { get; init; } = 8 * 1024;

    /// <summary>Maximum number of header lines in the request or response head that the peer sends; a server rejects a longer list with 431. Default: 64.</summary>
    public int MaxHandshakeHeaders { get; init; } = 64;

    /// <summary>Maximum time until the opening handshake is complete, including the decision of <see cref="WebSocketHandler.OnUpgrade"/>. Default: 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time without a byte from the peer after which a ping is sent. An unused compressor with context takeover is released after the same time. Default: 30 s.
    /// </summary>
    public TimeSpan PingAfterIdle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Maximum time until any byte arrives after a ping; then the connection is aborted. Default: 15 s.</summary>
    public TimeSpan PongTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Maximum time of the closing handshake: to write the queued messages and to receive the peer's close frame or end of stream. Then the
    /// connection is aborted. Default: 5 s.
    /// </summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Maximum number of bytes that wait in the outbound queue for a peer that reads slowly. Default: 256 KiB.</summary>
    public int OutboundQueueBytes { get; init; } = 256 * 1024;

    /// <summary>Maximum number of messages that wait in the outbound queue for a peer that reads slowly. Default: 1,024.</summary>
    public int OutboundQueueMessages { get; init; } = 1024;

    /// <summary>Options of message compression (RFC 7692); null disables it. Default: null.</summary>
    public DeflateOptions? Compression { get; init; }

    /// <summary>
    /// Bytes of received messages that a <see cref="WebSocketChannel"/> buffers; at this bound it stops reading from the peer until the
    /// application receives. Default: 64 KiB.
    /// </summary>
    public int InboundQueueBytes { get; init; } = 64 * 1024;

    /// <summary>The way in which the connection ends when the outbound queue overflows. Default: <see cref="SlowConsumerPolicy.Disconnect"/>.</summary>
    public SlowConsumerPolicy SlowConsumerPolicy { get; init; } = SlowConsumerPolicy.Disconnect;
}
