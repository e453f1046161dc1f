namespace TPacket.Server.Stores.Logs;

/// <summary>The requests that a log remembers: requests of its members, and of the latest 64 authors that are not members.</summary>
/// <param name="isMember">Returns whether an author is currently a member.</param>
/// <param name="onForgotten">Called with the author and the number of a forgotten request; the number is null for all requests of the author.</param>
internal sealed class RequestMemories(Func<long, bool> isMember, Action<long, long?>? onForgotten = null)
{
    private const int MaxOthers = 64;

    private readonly Dictionary<long, RequestMemory> _memories = [];

    // Authors that were not members when they were queued. An author may be queued several times.
    private readonly Queue<long> _others = new();

    /// <summary>Looks up a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="digest">The hash of its events.</param>
    /// <param name="answer">The first answer, without the epoch; or the reason of a rejection.</param>
    /// <returns>False if the request is new.</returns>
    public bool TryAnswer(RequestId request, ulong digest, out AppendResult answer)
    {
        if (_memories.TryGetValue(request.Author, out var memory))
            return memory.TryAnswer(request.Number, digest, out answer);
        answer = default;
        return false;
    }

    /// <summary>Remembers an appended request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="digest">The hash of its events.</param>
    /// <param name="position">The position after its events.</param>
    /// <param name="time">The time of its events.</param>
    public void Add(RequestId request, ulong digest, RoomPosition position, long time)
    {
        if (!_memories.TryGetValue(request.Author, out var memory))
        {
            _memories.Add(request.Author, memory = new RequestMemory());
            // The requests of a member are remembered while it is a member.
            if (!isMember(request.Author))
                AddOther(request.Author);
        }

        if (memory.Add(request.Number, digest, position, time) is { } forgotten)
            onForgotten?.Invoke(request.Author, forgotten);
    }

    /// <summary>Completes the restoration. An author with the maximum number of requests may have had older requests.</summary>
    public void EndRestore()
    {
        foreach (var memory in _memories.Values)
            memory.EndRestore();
    }

    /// <summary>Records that an author is no longer a member.</summary>
    public void OnLeft(long author)
    {
        if (_memories.ContainsKey(author))
            AddOther(author);
    }

    private void AddOther(long author)
    {
        _others.Enqueue(author);
        if (_others.Count <= MaxOthers)
            return;
        var oldest = _others.Dequeue();
        if (!isMember(oldest) && _memories.Remove(oldest))
            onForgotten?.Invoke(oldest, null);
    }
}
