using TPacket.Protocol;

namespace TPacket.Server;

/// <summary>How a client's request for a session ended.</summary>
public readonly record struct SessionDecision
{
    /// <summary>Whether the client has the session.</summary>
    public bool IsAccepted => Code == default;

    /// <summary>Why the client has not; 0 when accepted.</summary>
    public PacketErrorCode Code { get; private init; }

    /// <summary>A short English sentence that says why; null when accepted.</summary>
    public string? Text { get; private init; }

    /// <summary>How long the user may be away; zero when refused.</summary>
    public TimeSpan Grace { get; private init; }

    /// <summary>When the client may try again; zero unless the code is <see cref="PacketErrorCode.TryLater"/>.</summary>
    public TimeSpan RetryAfter { get; private init; }

    /// <summary>There is no such session.</summary>
    internal static SessionDecision Unknown => Refuse(PacketErrorCode.SessionUnknown, "There is no such session.");

    /// <summary>The client has the session.</summary>
    /// <param name="grace">How long the user may be away.</param>
    public static SessionDecision Accept(TimeSpan grace) => new() { Grace = grace };

    /// <summary>The client has no session.</summary>
    /// <param name="code">Negative.</param>
    /// <param name="text">A short English sentence.</param>
    public static SessionDecision Refuse(PacketErrorCode code, string text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)code, 0, nameof(code));
        ArgumentNullException.ThrowIfNull(text);
        return new SessionDecision { Code = code, Text = text };
    }

    /// <summary>The client has to try again later.</summary>
    /// <param name="after">When, from now on.</param>
    public static SessionDecision Postpone(TimeSpan after) => new() { Code = PacketErrorCode.TryLater, Text = "Too many clients come back at once; try again later.", RetryAfter = after };
}
