namespace TPacket.Server.Diagnostics;

/// <summary>A log event on its way to the host's log. It is formatted where it is written, not where it is logged.</summary>
internal abstract class QueuedEvent
{
    // The scopes and the activity of the code that has logged.
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
            // A log that throws costs no connection, and there is no other log to tell.
        }
    }

    protected abstract void WriteInContext();
}
