namespace TPacket.Server.Tests.Harness;

/// <summary>What happened, in order, for tests that look back and for tests that wait for it. Thread-safe.</summary>
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

    /// <summary>The first item that fits: one that was recorded before, or the next one.</summary>
    public Task<T> FirstAsync(Func<T, bool> predicate) => NthAsync(1, predicate);

    /// <summary>The n-th item that fits, counted from the beginning.</summary>
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
