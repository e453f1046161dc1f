using TPacket.Protocol;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>The decision about a client's request for a session.</summary>
internal readonly record struct SessionDecision
{
    /// <summary>Whether the client has the session.</summary>
    public bool IsAccepted => Code == default;

    /// <summary>The error code; 0 if accepted.</summary>
    public PacketErrorCode Code { get; private init; }

    /// <summary>A short English sentence with the reason; null if accepted.</summary>
    public string? Text { get; private init; }

    /// <summary>The granted grace; zero if refused.</summary>
    public TimeSpan Grace { get; private init; }

    /// <summary>The delay after which the client may try again; zero unless the code is <see cref="PacketErrorCode.TryLater"/>.</summary>
    public TimeSpan RetryAfter { get; private init; }

    /// <summary>Refuses a session that does not exist.</summary>
    internal static SessionDecision Unknown => Refuse(PacketErrorCode.SessionUnknown, "There is no such session.");

    /// <summary>Accepts the request.</summary>
    /// <param name="grace">The granted grace.</param>
    public static SessionDecision Accept(TimeSpan grace) => new() { Grace = grace };

    /// <summary>Refuses the request.</summary>
    /// <param name="code">The error code, negative.</param>
    /// <param name="text">A short English sentence.</param>
    public static SessionDecision Refuse(PacketErrorCode code, string text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)code, 0, nameof(code));
        ArgumentNullException.ThrowIfNull(text);
        return new SessionDecision { Code = code, Text = text };
    }

    /// <summary>Refuses the request for now.</summary>
    /// <param name="after">The delay after which the client may try again.</param>
    public static SessionDecision Postpone(TimeSpan after) => new() { Code = PacketErrorCode.TryLater, Text = "Too many clients resume at once; try again later.", RetryAfter = after };
}
