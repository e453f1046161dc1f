namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>The outcome of a text, as its client knows it.</summary>
internal enum SpeechOutcome
{
    /// <summary>The client waits for the answer.</summary>
    Pending,

    /// <summary>The server has appended it, and the client has the receipt.</summary>
    Receipted,

    /// <summary>The client has not sent it, or the server has refused it: it is in no log.</summary>
    NotAppended,

    /// <summary>The client has no answer: the text is in a log once, or not at all.</summary>
    Unknown,
}
