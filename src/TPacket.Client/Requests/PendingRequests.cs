namespace TPacket.Client.Requests;

/// <summary>The requests of a connection that wait for their replies. Thread-safe.</summary>
/// <param name="capacity">Most requests of the application's.</param>
/// <param name="uids">The client's uids.</param>
internal sealed class PendingRequests(int capacity, UidCounter uids)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Pending> _requests = [];
    private ClientState? _end;

    /// <summary>A uid that no waiting request has.</summary>
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

    /// <summary>Adds a request of the application's that is about to be sent.</summary>
    /// <returns>As <see cref="Add(int, Action{Packet})"/>; null when there are too many.</returns>
    public Task<Packet>? TryAdd(int uid, Action<Packet>? replied) => Add(uid, replied, capacity);

    /// <summary>Adds a request that is about to be sent.</summary>
    /// <param name="uid">Its uid, which no other has.</param>
    /// <param name="replied">Called where the reply is received, before the packet behind it is.</param>
    /// <returns>Completes with the reply, RESP_ERROR included, or fails with the end of the connection.</returns>
    public Task<Packet> Add(int uid, Action<Packet>? replied) => Add(uid, replied, int.MaxValue)!;

    /// <summary>Gives a request its reply.</summary>
    /// <returns>False when nobody waits for it, any more.</returns>
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

    /// <summary>Nobody waits for a reply any more.</summary>
    public void Remove(int uid)
    {
        lock (_gate)
            _requests.Remove(uid);
    }

    /// <summary>No reply comes any more, to those that wait and to those to come.</summary>
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
