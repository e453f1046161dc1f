namespace TPacket.Interop.Tests.Peers;

/// <summary>How an independent client connects.</summary>
public sealed record ClientOffer
{
    public IReadOnlyList<string> Subprotocols { get; init; } = [];

    /// <summary>What is offered of permessage-deflate; nothing where null. A browser offers it always, and its own way.</summary>
    public Agreement? Deflate { get; init; }

    /// <summary>Whether pings are answered. All do that; Node's can leave it.</summary>
    public bool AnswersPings { get; init; } = true;
}
