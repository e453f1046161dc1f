namespace TPacket.Interop.Tests.Peers;

/// <summary>How an independent client connects.</summary>
public sealed record ClientOffer
{
    public IReadOnlyList<string> Subprotocols { get; init; } = [];

    /// <summary>Whether pings are answered. All do that; Node's can leave it.</summary>
    public bool AnswersPings { get; init; } = true;
}
