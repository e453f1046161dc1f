using TPacket.Protocol;

namespace TPacket.Server;

/// <summary>The decision of a nick policy.</summary>
public readonly record struct NickDecision
{
    private NickDecision(PacketErrorCode code, string text) => (Code, Text) = (code, text);

    /// <summary>The decision that the user has the nick.</summary>
    public static NickDecision Accepted => default;

    /// <summary>Whether the nick is accepted.</summary>
    public bool IsAccepted => Code == default;

    /// <summary>The error code for the client; 0 if accepted.</summary>
    public PacketErrorCode Code { get; }

    /// <summary>The error text for the client; null if accepted.</summary>
    public string? Text { get; }

    /// <summary>Refuses the nick. The client may try another.</summary>
    /// <param name="code">The error code, which is negative.</param>
    /// <param name="text">A short English sentence.</param>
    public static NickDecision Refuse(PacketErrorCode code, string text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)code, 0, nameof(code));
        ArgumentNullException.ThrowIfNull(text);
        return new NickDecision(code, text);
    }
}
