namespace TPacket.Sqlite.Tests.Harness;

/// <summary>All that anybody has seen of a room's log: each offset has one event, whoever saw it and however often the server was started since. Thread-safe.</summary>
internal sealed class RoomLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, (ulong Check, string? Text)> _events = [];
    private ulong? _epoch;

    /// <summary>The last offset that somebody has seen.</summary>
    public long Last { get; private set; } = -1;

    /// <summary>Somebody has seen an event.</summary>
    /// <param name="epoch">The log's epoch, which stays the same.</param>
    /// <param name="offset">The event's offset; -1 for the beginning of the log.</param>
    /// <param name="check">The event's check.</param>
    /// <param name="text">What was said; null where the event is no message.</param>
    public void Confirm(ulong epoch, long offset, ulong check, string? text)
    {
        lock (_gate)
        {
            Assert.Equal(_epoch ??= epoch, epoch);
            if (_events.TryGetValue(offset, out var seen))
                Assert.True(seen == (check, text), $"Event {offset} was '{seen}', and is '{(check, text)}'.");
            else
                _events.Add(offset, (check, text));
            Last = Math.Max(Last, offset);
        }
    }

    /// <summary>Somebody was given a position.</summary>
    public void ConfirmPosition(ulong epoch, long offset, ulong check)
    {
        lock (_gate)
        {
            Assert.Equal(_epoch ??= epoch, epoch);
            if (_events.TryGetValue(offset, out var seen))
                Assert.True(seen.Check == check, $"The check of event {offset} was {seen.Check:x}, and is {check:x}.");
            Last = Math.Max(Last, offset);
        }
    }
}
