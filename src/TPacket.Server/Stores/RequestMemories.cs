namespace TPacket.Server.Stores;

/// <summary>The requests that a log remembers: those of each member, and of the authors that were the last to append without being members.</summary>
/// <param name="onForgotten">Gets an author and the number of a request that is forgotten; null for all requests of that author.</param>
internal sealed class RequestMemories(Action<long, long?>? onForgotten = null)
{
    private const int MaxOthers = 64;

    private readonly Dictionary<long, RequestMemory> _memories = [];

    // Authors that are not members, or were not when they were put here; each once or more.
    private readonly Queue<long> _others = new();

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
    /// <param name="isMembers">Whether the author is a member, whose requests are remembered for as long as it is one.</param>
    /// <param name="isMember">Whether an author is a member now.</param>
    public void Add(RequestId request, ulong digest, RoomPosition position, long time, bool isMembers, Func<long, bool> isMember)
    {
        if (!_memories.TryGetValue(request.Author, out var memory))
        {
            _memories.Add(request.Author, memory = new RequestMemory());
            if (!isMembers)
                AddOther(request.Author, isMember);
        }

        if (memory.Add(request.Number, digest, position, time) is { } forgotten)
            onForgotten?.Invoke(request.Author, forgotten);
    }

    /// <summary>An author is no member any more.</summary>
    public void OnLeft(long author, Func<long, bool> isMember)
    {
        if (_memories.ContainsKey(author))
            AddOther(author, isMember);
    }

    private void AddOther(long author, Func<long, bool> isMember)
    {
        _others.Enqueue(author);
        if (_others.Count <= MaxOthers)
            return;
        var oldest = _others.Dequeue();
        if (!isMember(oldest) && _memories.Remove(oldest))
            onForgotten?.Invoke(oldest, null);
    }
}
