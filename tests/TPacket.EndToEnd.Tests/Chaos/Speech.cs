namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A text that a client sends.</summary>
/// <param name="Text">The text, which no other client sends.</param>
/// <param name="Number">The number of the text, which rises with each text of the client.</param>
/// <param name="Sent">The moment before the send. Moments are rising numbers, which all clients share.</param>
internal sealed record Speech(string Text, int Number, long Sent)
{
    /// <summary>The outcome.</summary>
    public SpeechOutcome Outcome { get; set; }

    /// <summary>The offset in the receipt.</summary>
    public long Offset { get; set; } = -1;

    /// <summary>The time in the receipt.</summary>
    public long Time { get; set; }

    /// <summary>The moment after the receipt.</summary>
    public long Answered { get; set; } = long.MaxValue;
}
