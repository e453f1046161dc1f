namespace TPacket.Server.Tests.Harness;

/// <summary>Items in the order in which they were recorded, for tests that read them and tests that wait for them. Thread-safe.</summary>
internal sealed class Recorder<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];
    private readonly List<(Func<T, bool> Predicate, TaskCompletionSource<T> Found)> _waiting = [];

    public T[] All
    {
        get
        {
            lock (_gate)
                return [.. _items];
        }
    }

    public void Add(T item)
    {
        List<TaskCompletionSource<T>> found = [];
        lock (_gate)
        {
            _items.Add(item);
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (!_waiting[i].Predicate(item))
                    continue;
                found.Add(_waiting[i].Found);
                _waiting.RemoveAt(i);
            }
        }

        foreach (var waiter in found)
            waiter.TrySetResult(item);
    }

    /// <summary>Waits for the first item that fits, which may have been recorded before.</summary>
    public Task<T> FirstAsync(Func<T, bool> predicate) => NthAsync(1, predicate);

    /// <summary>Waits for the n-th item that fits, counted from the first one that was recorded.</summary>
    public async Task<T> NthAsync(int n, Func<T, bool> predicate)
    {
        var found = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            var seen = 0;
            foreach (var item in _items)
            {
                if (predicate(item) && ++seen == n)
                    return item;
            }

            _waiting.Add((item => predicate(item) && ++seen == n, found));
        }

        return await found.Task.WaitAsync(Deadline.Limit);
    }
}
