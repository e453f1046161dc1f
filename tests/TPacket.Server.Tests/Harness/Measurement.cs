namespace TPacket.Server.Tests.Harness;

/// <summary>A value that an instrument has reported.</summary>
internal sealed record Measurement(string Instrument, double Value, IReadOnlyDictionary<string, object?> Tags)
{
    public bool Is(string instrument, string tag, string value) => Instrument == instrument && Tags.TryGetValue(tag, out var found) && (string?)found == value;

    public bool EndedBy(string cause) => Is("tpacket.server.connection.duration", "tpacket.end", cause);
}
