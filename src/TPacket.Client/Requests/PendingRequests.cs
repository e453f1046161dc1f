namespace TPacket.Client.Requests;

/// <summary>The requests of a connection that wait for replies. Thread-safe.</summary>
/// <param name="capacity">The maximum number of requests that the application may add.</param>
/// <param name="uids">The client's uids.</param>
internal sealed class PendingRequests(int capacity, UidCounter uids)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Pending> _requests = [];
    private ClientState? _end;

    /// <summary>Returns a uid that no pending request has.</summary>
    public int NextUid()
    {
        lock (_gate)
        {
            int uid;
            do
                uid = uids.Next();
            while (_requests.ContainsKey(uid));
            return uid;
        }
    }

    /// <summary>Adds a request of the application, before it is sent.</summary>
    /// <returns>The same task as <see cref="Add(int, Action{Packet})"/>; null if too many requests wait.</returns>
    public Task<Packet>? TryAdd(int uid, Action<Packet>? replied) => Add(uid, replied, capacity);

    /// <summary>Adds a request, before it is sent.</summary>
    /// <param name="uid">The request's uid, which no other pending request has.</param>
    /// <param name="replied">Called by the receiving loop with the reply, before it receives the next packet.</param>
    /// <returns>A task that completes with the reply, which may be RESP_ERROR, and fails when the connection ends.</returns>
    public Task<Packet> Add(int uid, Action<Packet>? replied) => Add(uid, replied, int.MaxValue)!;

    /// <summary>Completes a request with its reply.</summary>
    /// <returns>False if no request waits for it.</returns>
    public bool TryComplete(Packet reply)
    {
        Pending? pending;
        lock (_gate)
        {
            if (!_requests.Remove(reply.Uid, out pending))
                return false;
        }

        pending.Replied?.Invoke(reply);
        pending.Completion.SetResult(reply);
        return true;
    }

    /// <summary>Removes a request that no caller waits for.</summary>
    public void Remove(int uid)
    {
        lock (_gate)
            _requests.Remove(uid);
    }

    /// <summary>Fails all requests, and every request that is added later.</summary>
    public void End(ClientState state)
    {
        Pending[] lost;
        lock (_gate)
        {
            _end = state;
            lost = [.. _requests.Values];
            _requests.Clear();
        }

        foreach (var pending in lost)
            Fail(pending.Completion, state);
    }

    private Task<Packet>? Add(int uid, Action<Packet>? replied, int most)
    {
        var completion = new TaskCompletionSource<Packet>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_end is null)
            {
                if (_requests.Count >= most)
                    return null;
                _requests.Add(uid, new Pending(completion, replied));
                return completion.Task;
            }
        }

        Fail(completion, _end);
        return completion.Task;
    }

    private static void Fail(TaskCompletionSource<Packet> completion, ClientState state)
    {
        completion.SetException(new RequestLostException(state));
        _ = completion.Task.Exception; // Marks the exception as observed: a caller that has stopped waiting does not observe it.
    }

    private sealed record Pending(TaskCompletionSource<Packet> Completion, Action<Packet>? Replied);
}
