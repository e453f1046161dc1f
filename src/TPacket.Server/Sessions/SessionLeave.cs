namespace TPacket.Server.Sessions;

/// <summary>Has a user leave once, however many ask for it. Thread-safe; a field that is never copied.</summary>
internal struct SessionLeave
{
    private TaskCompletionSource<Task>? _leave;

    /// <summary>Begins the leave, or finds the one that has begun.</summary>
    /// <returns>Completes when the nick is free, with what completes when the log of the room has the leave.</returns>
    public Task<Task> BeginAsync(SessionHost host, Session session)
    {
        var leave = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _leave, leave, null) is { } begun)
            return begun.Task;
        _ = RunAsync(host, session, leave);
        return leave.Task;
    }

    private static async Task RunAsync(SessionHost host, Session session, TaskCompletionSource<Task> leave)
    {
        try
        {
            leave.SetResult(await host.LeaveAsync(session).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            leave.SetException(e);
        }
    }
}
