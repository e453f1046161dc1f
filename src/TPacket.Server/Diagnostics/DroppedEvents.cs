namespace TPacket.Server.Diagnostics;

/// <summary>Reports the number of dropped events of one id.</summary>
internal sealed class DroppedEvents(LogEventLimiter limiter, int count) : QueuedEvent
{
    protected override void WriteInContext() => ServerLog.EventsDropped(limiter.Log, count, limiter.Id.Id, limiter.Id.Name);
}
