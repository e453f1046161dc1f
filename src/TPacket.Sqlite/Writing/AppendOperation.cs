using System.Threading.Tasks.Sources;
using TPacket.Server.Sqlite.Rooms;
using TPacket.Transports.Loops;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>Appends to a room's log. Owns copies of the events. Returns to the pool when its caller has the result.</summary>
internal sealed class AppendOperation : RoomOperation, IValueTaskSource<AppendResult>
{
    // The length in bytes of the largest buffer that is reused.
    private const int KeptLength = 1024;

    private readonly OperationQueue _queue;
    private readonly AppendPool _pool;
    private readonly Action _answerOnLoop;
    private ManualResetValueTaskSourceCore<AppendResult> _answer;
    private byte[] _data = [];
    private RoomEvent[] _requested = new RoomEvent[1];
    private RoomEvent[] _appended = new RoomEvent[1];
    private int _requestedCount;
    private int _appendedCount;
    private RequestId _request;
    private AppendCondition? _condition;
    private RulesCheckpoint? _checkpoint;
    private ReadOnlyMemory<byte> _content;
    private bool _hasKept;
    private AppendResult _result;

    public AppendOperation(OperationQueue queue, AppendPool pool)
        : base(null) => (_queue, _pool, _answerOnLoop) = (queue, pool, AnswerOnLoop);

    /// <inheritdoc/>
    public override bool HasChanged => _appendedCount > 0 || _hasKept;

    /// <summary>The appended events.</summary>
    public ReadOnlySpan<RoomEvent> Events => _appended.AsSpan(0, _appendedCount);

    /// <summary>The subscriptions of the room at the append.</summary>
    public Subscription[] Subscriptions { get; private set; } = [];

    /// <summary>Sets the request. Copies its events and their data.</summary>
    public ValueTask<AppendResult> Begin(OpenRoom room, in RoomAppend append)
    {
        Room = room;
        Loop = EventLoop.Current;
        _request = append.Request;
        _condition = append.Condition;
        _requestedCount = append.Count;
        if (_requested.Length < _requestedCount)
            (_requested, _appended) = (new RoomEvent[_requestedCount], new RoomEvent[_requestedCount]);
        var state = append.Checkpoint?.State;
        var length = append.Content.Length + (state?.Length ?? 0);
        for (var i = 0; i < _requestedCount; i++)
            length += append[i].Data.Length;
        if (_data.Length < length)
            _data = new byte[length];
        var start = 0;
        for (var i = 0; i < _requestedCount; i++)
        {
            var roomEvent = append[i];
            roomEvent.Data.Span.CopyTo(_data.AsSpan(start));
            _requested[i] = roomEvent with { Data = _data.AsMemory(start, roomEvent.Data.Length) };
            start += roomEvent.Data.Length;
        }

        _content = Keep(append.Content, ref start);
        _checkpoint = state is { } rest ? append.Checkpoint! with { State = Keep(rest, ref start) } : append.Checkpoint;
        Size = length;
        return new ValueTask<AppendResult>(this, _answer.Version);
    }

    /// <summary>Returns the operation to the pool after the queue has rejected it.</summary>
    public void Abandon()
    {
        Clear();
        _pool.Return(this);
    }

    /// <inheritdoc/>
    public override void Execute(Writer writer)
    {
        (_appendedCount, _hasKept) = (0, false);
        var room = Room!;
        if (room.IsClosed)
        {
            _result = new AppendResult(AppendStatus.Closed, default);
            return;
        }

        var state = writer.Load(room);
        var append = _requestedCount switch
        {
            0 => default,
            1 => new RoomAppend(_requested[0]),
            _ => new RoomAppend(_requested.AsMemory(0, _requestedCount)),
        };
        append = append with { Request = _request, Condition = _condition, Content = _content, Checkpoint = _checkpoint };
        if (state.Decide(append, writer.Now, out var digest) is { } answer)
        {
            _result = answer;
            return;
        }

        var keeps = _checkpoint is not null && state.Rules is not null;
        if (_requestedCount > 0 || keeps)
            writer.Touch(room);
        for (var i = 0; i < _requestedCount; i++)
        {
            _appended[i] = state.Apply(_requested[i]);
            writer.Tables.Append(room.Record!, _appended[i]);
        }

        _appendedCount = _requestedCount;
        state.Keep(_checkpoint);
        _hasKept = keeps;
        // Inserted before state.Answer, which may forget this request and delete its row.
        if (_request.IsSet)
            writer.Tables.PutRequest(room.Record!.Id, _request, digest, state.Last, state.Time);
        _result = state.Answer(append, digest);
        Subscriptions = room.Subscriptions;
    }

    /// <inheritdoc/>
    public override void Deliver()
    {
        if (Loop is { } loop && loop != EventLoop.Current)
            loop.Post(_answerOnLoop);
        else
            AnswerOnLoop();
    }

    /// <summary>Completes the caller's task.</summary>
    /// <param name="inline">Whether the caller continues within this call. Only pass true if no other work waits for this thread.</param>
    public void Complete(bool inline)
    {
        _queue.Release(Size);
        _answer.RunContinuationsAsynchronously = !inline;
        _answer.SetResult(_result);
    }

    /// <inheritdoc/>
    public override void Fail(Writer writer, RoomStoreException error)
    {
        _queue.Release(Size);
        _answer.RunContinuationsAsynchronously = true;
        _answer.SetException(error);
    }

    AppendResult IValueTaskSource<AppendResult>.GetResult(short token)
    {
        try
        {
            return _answer.GetResult(token);
        }
        finally
        {
            _answer.Reset();
            Clear();
            _pool.Return(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<AppendResult>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<AppendResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

    /// <summary>
    /// Completes the task. On its own event loop the caller continues inline, as after an append in memory; elsewhere it could block this thread.
    /// </summary>
    private void AnswerOnLoop() => Complete(inline: Loop is not null && Loop == EventLoop.Current);

    private ReadOnlyMemory<byte> Keep(ReadOnlyMemory<byte> bytes, ref int start)
    {
        if (bytes.IsEmpty)
            return default;
        var kept = _data.AsMemory(start, bytes.Length);
        bytes.CopyTo(kept);
        start += bytes.Length;
        return kept;
    }

    private void Clear()
    {
        Array.Clear(_requested, 0, _requestedCount);
        Array.Clear(_appended, 0, _requestedCount);
        _appendedCount = 0;
        _requestedCount = 0;
        Room = null;
        Loop = null;
        Subscriptions = [];
        (_condition, _checkpoint, _content) = (null, null, default);
        if (_data.Length > KeptLength)
            _data = [];
    }
}
