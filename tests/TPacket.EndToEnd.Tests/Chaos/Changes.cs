namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>Waits for conditions, which are checked whenever a client has reported an event. Thread-safe.</summary>
internal sealed class Changes
{
    private volatile TaskCompletionSource _next = Create();

    /// <summary>Reports a change.</summary>
    public void Signal() => Interlocked.Exchange(ref _next, Create()).TrySetResult();

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="isTrue">The condition.</param>
    /// <param name="what">The condition's name, for the message of a timeout.</param>
    /// <param name="deadline">Ends the wait.</param>
    public async Task UntilAsync(Func<bool> isTrue, Func<string> what, CancellationToken deadline)
    {
        try
        {
            while (true)
            {
                var next = _next.Task;
                if (isTrue())
                    return;
                await next.WaitAsync(deadline);
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException(what(), e);
        }
    }

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
