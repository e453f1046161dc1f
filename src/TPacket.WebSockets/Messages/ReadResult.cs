namespace TPacket.WebSockets.Messages;

/// <summary>Result of <see cref="MessageReader.Read"/>.</summary>
internal enum ReadResult
{
    /// <summary>All input was consumed, and the next message or control frame is incomplete.</summary>
    NeedMore,

    /// <summary>A complete text message, which is valid UTF-8.</summary>
    Text,

    /// <summary>A complete binary message.</summary>
    Binary,

    /// <summary>A ping.</summary>
    Ping,

    /// <summary>A pong.</summary>
    Pong,

    /// <summary>A close frame with a valid payload.</summary>
    Close,

    /// <summary>A fragment of less than 64 bytes that is not the last of its message.</summary>
    ShortFragment,

    /// <summary>The peer violated the protocol; see <see cref="MessageReader.Violation"/>.</summary>
    Violation,
}
