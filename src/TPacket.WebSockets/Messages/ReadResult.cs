namespace TPacket.WebSockets.Messages;

/// <summary>What <see cref="MessageReader.Read"/> came to.</summary>
internal enum ReadResult
{
    /// <summary>All input was consumed; more is needed.</summary>
    NeedMore,

    /// <summary>A whole text message, valid UTF-8.</summary>
    Text,

    /// <summary>A whole binary message.</summary>
    Binary,

    /// <summary>A ping; answer with its payload.</summary>
    Ping,

    /// <summary>A pong.</summary>
    Pong,

    /// <summary>A close frame with a legal payload.</summary>
    Close,

    /// <summary>A short fragment, with more of its message to come.</summary>
    ShortFragment,

    /// <summary>The peer broke the protocol; <see cref="MessageReader.Violation"/> says how.</summary>
    Violation,
}
