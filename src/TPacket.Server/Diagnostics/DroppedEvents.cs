namespace TPacket.Server.Diagnostics;

/// <summary>Reports how many events of one id were dropped.</summary>
internal sealed class DroppedEvents(LogEventLimiter limiter, int count) : QueuedEvent
{
    protected override void WriteInContext() => ServerLog.EventsDropped(limiter.Log, count, limiter.Id.Id, limiter.Id.Name);
}
