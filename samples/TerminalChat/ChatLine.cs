using System.Globalization;

namespace TPacket.TerminalChat;

/// <summary>A line of the history.</summary>
internal sealed record ChatLine(ChatLineKind Kind, string Text, string? Speaker = null)
{
    /// <summary>When it was said; null where nobody tells.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The local time of the message and a blank; empty if the server sends no time.</summary>
    public string Stamp => Time is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.ToLocalTime():HH:mm} ") : "";

    /// <summary>As a line of plain text.</summary>
    public override string ToString() => Kind switch
    {
        ChatLineKind.Said or ChatLineKind.SaidHere => $"{Stamp}{Speaker}: {Text}",
        ChatLineKind.Logged => $"{Stamp}{Text}",
        ChatLineKind.Notice => $"* {Text}",
        _ => $"! {Text}",
    };
}

/// <summary>What a line is.</summary>
internal enum ChatLineKind
{
    /// <summary>Somebody else has said it.</summary>
    Said,

    /// <summary>This user has said it.</summary>
    SaidHere,

    /// <summary>It was said before this user came, or the host says it.</summary>
    Logged,

    /// <summary>Who comes and goes, and what the client does.</summary>
    Notice,

    /// <summary>Something was refused, or has failed.</summary>
    Error,
}
