namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>Lets the run wait until something is true, which is asked whenever a client has reported something. Thread-safe.</summary>
internal sealed class Changes
{
    private volatile TaskCompletionSource _next = Create();

    /// <summary>Something has changed.</summary>
    public void Signal() => Interlocked.Exchange(ref _next, Create()).TrySetResult();

    /// <summary>Waits until something is true.</summary>
    /// <param name="isTrue">Says whether it is.</param>
    /// <param name="what">Names it, where the wait is too long.</param>
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
