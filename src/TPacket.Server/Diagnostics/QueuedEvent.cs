namespace TPacket.Server.Diagnostics;

/// <summary>A log event in the queue. It is formatted when it is written, not when it is logged.</summary>
internal abstract class QueuedEvent
{
    // Carries the scopes and the activity of the code that logged the event.
    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    /// <summary>Writes the event to the host's log, which may block.</summary>
    public void Write()
    {
        try
        {
            if (_context is null)
                WriteInContext();
            else
                ExecutionContext.Run(_context, static queued => ((QueuedEvent)queued!).WriteInContext(), this);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // An exception of the log must not end a connection, and there is no other log to report it to.
        }
    }

    protected abstract void WriteInContext();
}
