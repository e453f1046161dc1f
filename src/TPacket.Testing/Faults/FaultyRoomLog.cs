using System.Collections.Concurrent;
using TPacket.Server;

namespace TPacket.Testing.Faults;

/// <summary>A log of a <see cref="FaultyRoomStore"/>.</summary>
internal sealed class FaultyRoomLog(IRoomLog inner, FaultPlan plan, string room, FaultySubscription subscription, ConcurrentDictionary<(string Room, int Id), FaultyRoomLog.Author> authors) : IRoomLog
{
    private const long Reading = -2;
    private const long Closing = -3;

    private int _reads;

    public ValueTask<AppendResult> AppendAsync(RoomAppend append)
    {
        var id = append.Count == 0 ? 0 : append[0].Member?.Id ?? 0;
        var author = authors.GetOrAdd((room, id), static _ => new Author());
        lock (author)
        {
            var number = author.Calls++;
            var fault = plan.OfCall(room, id, number);
            if (fault is null && author.Last.IsCompleted)
            {
                var appending = inner.AppendAsync(append);
                if (appending.IsCompletedSuccessfully)
                    return appending;
                var task = appending.AsTask();
                author.Last = task;
                return new ValueTask<AppendResult>(task);
            }

            // Copied, because the caller may reuse its buffers when the call returns.
            var next = AppendAsync(author.Last, Copy(append), fault, id, number);
            author.Last = next;
            return new ValueTask<AppendResult>(next);
        }
    }

    public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) =>
        ReadAsync(() => inner.ReadAsync(after, maxEvents, cancellationToken), cancellationToken);

    public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken) =>
        ReadAsync(() => inner.ReadRulesAsync(after, maxEvents, cancellationToken), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        var fault = plan.OfCall(room, Closing, subscription.Number);
        if (fault == StoreFault.AnswerLost)
            throw FaultyCall.AnswerLost(plan);
        await FaultyCall.BeginAsync(plan, fault, room, Closing, subscription.Number).ConfigureAwait(false);
    }

    /// <summary>Ends the subscription without a fault.</summary>
    public ValueTask CloseAsync()
    {
        subscription.End();
        return inner.DisposeAsync();
    }

    private static RoomAppend Copy(in RoomAppend append)
    {
        var events = new RoomEvent[append.Count];
        for (var i = 0; i < events.Length; i++)
            events[i] = append[i] with { Data = append[i].Data.ToArray() };
        var checkpoint = append.Checkpoint is { State: { } state } kept ? kept with { State = state.ToArray() } : append.Checkpoint;
        return events.Length == 0
            ? new RoomAppend { Condition = append.Condition, Request = append.Request, Content = append.Content.ToArray(), Checkpoint = checkpoint }
            : new RoomAppend(events) { Condition = append.Condition, Request = append.Request, Content = append.Content.ToArray(), Checkpoint = checkpoint };
    }

    private async ValueTask<RoomPage> ReadAsync(Func<ValueTask<RoomPage>> read, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _reads);
        var fault = plan.OfCall(room, Reading, number);
        await FaultyCall.BeginAsync(plan, fault, room, Reading, number).WaitAsync(cancellationToken).ConfigureAwait(false);
        var page = await read().ConfigureAwait(false);
        return fault == StoreFault.AnswerLost ? throw FaultyCall.AnswerLost(plan) : page;
    }

    private async Task<AppendResult> AppendAsync(Task previous, RoomAppend append, StoreFault? fault, int author, long number)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await FaultyCall.BeginAsync(plan, fault, room, author, number).ConfigureAwait(false);
        var result = await inner.AppendAsync(append).ConfigureAwait(false);
        return fault == StoreFault.AnswerLost ? throw FaultyCall.AnswerLost(plan) : result;
    }

    /// <summary>The appends of one user or of the host. Each append waits for the previous append.</summary>
    internal sealed class Author
    {
        public long Calls { get; set; }

        public Task Last { get; set; } = Task.CompletedTask;
    }
}
