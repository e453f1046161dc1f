namespace TPacket.Server.Stores;

/// <summary>The requests that a log remembers: those of each member, and of the authors that were the last to append without being members.</summary>
/// <param name="isMember">Whether an author is a member now.</param>
/// <param name="onForgotten">Gets an author and the number of a request that is forgotten; null for all requests of that author.</param>
internal sealed class RequestMemories(Func<long, bool> isMember, Action<long, long?>? onForgotten = null)
{
    private const int MaxOthers = 64;

    private readonly Dictionary<long, RequestMemory> _memories = [];

    // Authors that are not members, or were not when they were put here; each once or more.
    private readonly Queue<long> _others = new();

    /// <summary>Looks a request up.</summary>
    /// <param name="request">The request.</param>
    /// <param name="digest">The hash of its events.</param>
    /// <param name="answer">The answer: the first one, without the epoch; or why there is none.</param>
    /// <returns>False when the request is new.</returns>
    public bool TryAnswer(RequestId request, ulong digest, out AppendResult answer)
    {
        if (_memories.TryGetValue(request.Author, out var memory))
            return memory.TryAnswer(request.Number, digest, out answer);
        answer = default;
        return false;
    }

    /// <summary>Remembers a request that was appended.</summary>
    /// <param name="request">The request.</param>
    /// <param name="digest">The hash of its events.</param>
    /// <param name="position">Behind its events.</param>
    /// <param name="time">Their time.</param>
    public void Add(RequestId request, ulong digest, RoomPosition position, long time)
    {
        if (!_memories.TryGetValue(request.Author, out var memory))
        {
            _memories.Add(request.Author, memory = new RequestMemory());
            // A member's requests are remembered for as long as it is one.
            if (!isMember(request.Author))
                AddOther(request.Author);
        }

        if (memory.Add(request.Number, digest, position, time) is { } forgotten)
            onForgotten?.Invoke(request.Author, forgotten);
    }

    /// <summary>All requests that were kept elsewhere are added again. Where an author has as many as are remembered, older ones may have been forgotten before.</summary>
    public void EndRestore()
    {
        foreach (var memory in _memories.Values)
            memory.EndRestore();
    }

    /// <summary>An author is no member any more.</summary>
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
