namespace TPacket.WebSockets;

/// <summary>The limits and deadlines of a WebSocket connection. Immutable; one instance serves any number of connections.</summary>
public sealed record WebSocketOptions
{
    /// <summary>The defaults.</summary>
    public static WebSocketOptions Default { get; } = new();

    /// <summary>Longest incoming message in bytes; a longer one is refused with 1009 from its frame header. Default: 64 KiB.</summary>
    public int MaxMessageLength { get; init; } = 64 * 1024;

    /// <summary>
    /// Most control frames that the peer may send in a second, on average; more are refused with 1008. Fragments of less than 64 bytes that do not end their message count as control frames.
    /// 0 for no limit. Default: 50.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int ControlFramesPerSecond
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 50;

    /// <summary>Most control frames that the peer may send at once. Default: 200.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int ControlFrameBurst
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 200;

    /// <summary>Longest head of the peer's part of the handshake in bytes; a longer request is refused with 431. Default: 8 KiB.</summary>
    public int MaxHandshakeHeadLength { get; init; } = 8 * 1024;

    /// <summary>Most header lines of the peer's part of the handshake; a request with more is refused with 431. Default: 64.</summary>
    public int MaxHandshakeHeaders { get; init; } = 64;

    /// <summary>Time for the peer's part of the handshake to arrive and be judged. Default: 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A ping is sent after this long without a byte from the peer. Default: 30 s.</summary>
    public TimeSpan PingAfterIdle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for any byte to arrive after a ping. Default: 15 s.</summary>
    public TimeSpan PongTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time for what is queued to be sent and for the peer's close frame or end of stream, once a close began. Default: 5 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most bytes that wait for a peer that reads slowly. Default: 256 KiB.</summary>
    public int OutboundQueueBytes { get; init; } = 256 * 1024;

    /// <summary>Most messages that wait for a peer that reads slowly. Default: 1,024.</summary>
    public int OutboundQueueMessages { get; init; } = 1024;

    /// <summary>What is offered or accepted of permessage-deflate (RFC 7692). Default: null, nothing.</summary>
    public DeflateOptions? Compression { get; init; }

    /// <summary>How many bytes of messages a <see cref="WebSocketChannel"/> keeps for whoever receives; beyond, the peer has to wait. Default: 64 KiB.</summary>
    public int InboundQueueBytes { get; init; } = 64 * 1024;

    /// <summary>What happens when more would have to wait. Default: <see cref="SlowConsumerPolicy.Disconnect"/>.</summary>
    public SlowConsumerPolicy SlowConsumerPolicy { get; init; } = SlowConsumerPolicy.Disconnect;
}
