using Microsoft.Extensions.Logging;
using TPacket.Server.Stores.InMemory;

namespace TPacket.Server.Tests.Stores;

/// <summary>Collects the ids and levels of what is logged.</summary>
internal sealed class ListLogger : ILogger<InMemoryRoomStore>
{
    public List<string> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Entries.Add($"{eventId.Id} {logLevel}");
}
