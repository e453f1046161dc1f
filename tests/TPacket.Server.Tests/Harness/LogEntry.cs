using Microsoft.Extensions.Logging;

namespace TPacket.Server.Tests.Harness;

/// <summary>A log event as it was written.</summary>
internal sealed record LogEntry(int Id, LogLevel Level, string Message, IReadOnlyDictionary<string, object?> Values, Exception? Error)
{
    public bool Is(int id, string name, object value) => Id == id && Values.TryGetValue(name, out var found) && Equals(found?.ToString(), value.ToString());
}
