namespace TPacket.Server.Diagnostics;

/// <summary>Tells how many events of a kind were left out.</summary>
internal sealed class DroppedEvents(LogEventLimiter kind, int count) : QueuedEvent
{
    protected override void WriteInContext() => ServerLog.EventsDropped(kind.Log, count, kind.Id.Id, kind.Id.Name);
}
