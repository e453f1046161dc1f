namespace TPacket.Interop.Tests.Peers;

/// <summary>The offer of an independent client.</summary>
public sealed record ClientOffer
{
    public IReadOnlyList<string> Subprotocols { get; init; } = [];

    /// <summary>The offered parameters of permessage-deflate; null for no compression. A browser always offers it with its own parameters.</summary>
    public Agreement? Deflate { get; init; }

    /// <summary>Whether the client answers pings. Only Node's client can be configured not to.</summary>
    public bool AnswersPings { get; init; } = true;
}
