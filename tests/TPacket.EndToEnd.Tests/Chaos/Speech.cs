namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A text that a client was asked to say.</summary>
/// <param name="Text">The text, which nobody else says.</param>
/// <param name="Number">Rises with each text of the client.</param>
/// <param name="Sent">The moment before it was said. Moments are numbers that rise, the same for all clients.</param>
internal sealed record Speech(string Text, int Number, long Sent)
{
    /// <summary>What has become of it.</summary>
    public SpeechOutcome Outcome { get; set; }

    /// <summary>The offset in the receipt.</summary>
    public long Offset { get; set; } = -1;

    /// <summary>The time in the receipt.</summary>
    public long Time { get; set; }

    /// <summary>The moment behind the receipt.</summary>
    public long Answered { get; set; } = long.MaxValue;
}
