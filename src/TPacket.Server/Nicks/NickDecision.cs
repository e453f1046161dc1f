using TPacket.Protocol;

namespace TPacket.Server;

/// <summary>What a nick policy decided.</summary>
public readonly record struct NickDecision
{
    private NickDecision(PacketErrorCode code, string text) => (Code, Text) = (code, text);

    /// <summary>The nick is the user's.</summary>
    public static NickDecision Accepted => default;

    /// <summary>Whether the nick is the user's.</summary>
    public bool IsAccepted => Code == default;

    /// <summary>The code that the client is told; 0 when accepted.</summary>
    public PacketErrorCode Code { get; }

    /// <summary>The text that the client is told; null when accepted.</summary>
    public string? Text { get; }

    /// <summary>The nick is refused; the client may try another.</summary>
    /// <param name="code">Negative.</param>
    /// <param name="text">A short English sentence.</param>
    public static NickDecision Refuse(PacketErrorCode code, string text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)code, 0, nameof(code));
        ArgumentNullException.ThrowIfNull(text);
        return new NickDecision(code, text);
    }
}
