using System.Globalization;

namespace TPacket.TerminalChat;

/// <summary>A line of the history.</summary>
internal sealed record ChatLine(ChatLineKind Kind, string Text, string? Speaker = null)
{
    /// <summary>The time of the message; null if the server sends no time.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The local time and a space; empty if the server sends no time.</summary>
    public string Stamp => Time is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.ToLocalTime():HH:mm} ") : "";

    /// <summary>Formats the line as plain text.</summary>
    public override string ToString() => Kind switch
    {
        ChatLineKind.Said or ChatLineKind.SaidHere => $"{Stamp}{Speaker}: {Text}",
        ChatLineKind.Logged => $"{Stamp}{Text}",
        ChatLineKind.Notice => $"* {Text}",
        _ => $"! {Text}",
    };
}

/// <summary>The kinds of lines.</summary>
internal enum ChatLineKind
{
    /// <summary>A message of another user.</summary>
    Said,

    /// <summary>A message of this user.</summary>
    SaidHere,

    /// <summary>A message of the history, or an announcement of the host.</summary>
    Logged,

    /// <summary>A change of presence or of the connection.</summary>
    Notice,

    /// <summary>A rejected request or a failure.</summary>
    Error,
}
