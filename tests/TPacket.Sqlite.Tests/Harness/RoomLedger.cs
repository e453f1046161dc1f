namespace TPacket.Sqlite.Tests.Harness;

/// <summary>The events of a room's log that any client has seen. Checks that an offset has the same event for all clients and after every restart. Thread-safe.</summary>
internal sealed class RoomLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, (ulong Check, string? Text)> _events = [];
    private ulong? _epoch;

    /// <summary>The last seen offset.</summary>
    public long Last { get; private set; } = -1;

    /// <summary>Records and checks an event that a client has seen.</summary>
    /// <param name="epoch">The log's epoch. It must never change.</param>
    /// <param name="offset">The event's offset; -1 for the start of the log.</param>
    /// <param name="check">The event's check.</param>
    /// <param name="text">The text; null if the event is not a message.</param>
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

    /// <summary>Checks a position that a client has received.</summary>
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
