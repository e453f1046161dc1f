using System.Collections.Concurrent;
using System.Text;
using TPacket.Server;

namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>A log of a <see cref="BrokenStore"/>: breaks the rules about appends and reads.</summary>
internal sealed class BrokenLog(BrokenStore store, string room, IRoomLog inner, BrokenSubscriber subscriber, int handle) : IRoomLog
{
    private readonly ConcurrentDictionary<int, RoomMember> _members = new();
    private readonly ConcurrentDictionary<RequestId, RoomEvent> _firsts = new();
    private readonly HashSet<int> _gone = [];
    private readonly TaskCompletionSource _overtaken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _last = Task.CompletedTask;
    private long? _wakeAt;
    private int _requests;

    private Rule Broken => store.Broken;

    public ValueTask<AppendResult> AppendAsync(RoomAppend append)
    {
        subscriber.ReleaseHeld();
        switch (Broken)
        {
            case Rule.DataIsCopied:
                return AppendNextAsync(append);
            case Rule.AuthorsKeepTheirOrder when KindOf(append) == RoomEventKind.Message && Encoding.UTF8.GetString(append[0].Data.Span) == "2":
                return AppendLateAsync(new RoomAppend(append[0] with { Data = append[0].Data.ToArray() }) { Condition = append.Condition, Request = append.Request });
            case Rule.AuthorsKeepTheirOrder when KindOf(append) == RoomEventKind.Message && Encoding.UTF8.GetString(append[0].Data.Span) == "3":
                return AppendEarlyAsync(append);
            case Rule.EventsAreAppendedTogether when append.Count > 1 && !append.Request.IsSet:
                return AppendOneByOneAsync(append);
            case Rule.AfterIsChecked when append.Condition is { After: not null } condition:
                return inner.AppendAsync(Copy(append, condition with { After = null }, append.Request));
            case Rule.StreamsAreChecked when append.Condition is { } condition:
                return inner.AppendAsync(Copy(append, condition with { Streams = [] }, append.Request));
            case Rule.EveryStreamIsChecked when append.Condition is { } condition:
                return inner.AppendAsync(Copy(append, condition with { Streams = [.. condition.Streams.Take(1)] }, append.Request));
            case Rule.NotBeforeIsChecked when append.Condition is { } condition:
                return inner.AppendAsync(Copy(append, condition with { NotBefore = null }, append.Request));
            case Rule.NotAfterIsChecked when append.Condition is { } condition:
                return inner.AppendAsync(Copy(append, condition with { NotAfter = null }, append.Request));
            case Rule.MaxMembersAreChecked when append.Condition is { } condition:
                return inner.AppendAsync(Copy(append, condition with { MaxMembers = null }, append.Request));
            case Rule.DeletionsTakeTheText when KindOf(append) == RoomEventKind.Deletion:
                return inner.AppendAsync(Copy(append, RoomEvent.Packet(256, 0, 0, default, stream: RoomStream.Moderation)));
            case Rule.DeletionsNeedAMessage when KindOf(append) == RoomEventKind.Deletion:
                return DeleteAnythingAsync(append);
            case Rule.ConditionsComeBeforeAuthors when KindOf(append) == RoomEventKind.Message && !IsMember(append[0]):
                return inner.AppendAsync(Copy(append, null, append.Request));
            case Rule.ConflictsAreAnswered when append.Condition is { After: not null }:
                return AnswerNoConflictAsync(append);
            case Rule.RequestsAreRemembered:
            case Rule.ManyRequestsAreRemembered when append.Request.IsSet && Interlocked.Increment(ref _requests) > 100:
            case Rule.RequestsOfSeveralEventsAreRemembered when append.Count > 1:
            case Rule.RequestsComeBeforeConditions when append.Condition is not null:
            case Rule.RequestsComeBeforeAuthors when KindOf(append) == RoomEventKind.Message && !IsMember(append[0]):
            case Rule.KeptRequestsAreRemembered when store.IsNextServer:
                return inner.AppendAsync(Copy(append, append.Condition, default));
            case Rule.RequestsOutliveTheirHandle when append.Request.IsSet:
                return inner.AppendAsync(Copy(append, append.Condition, append.Request with { Author = append.Request.Author + (handle * 1_000_000L) }));
            case Rule.RequestsOutliveTheirNick when append is { Count: > 0, Request.IsSet: true } && append[0].Member is { } named:
                return inner.AppendAsync(Copy(append, append.Condition, append.Request with { Author = append.Request.Author + (named.Generation * 1_000_000L) + named.Nick.Length }));
            case Rule.RequestsCoverEverything when append is { Count: 1, Request.IsSet: true }:
                return AppendFirstAsync(append);
            case Rule.MembersComeAgain when KindOf(append) == RoomEventKind.Left:
                _gone.Add(append[0].Member!.Id);
                return inner.AppendAsync(append);
            case Rule.MembersComeAgain when KindOf(append) == RoomEventKind.Joined && _gone.Contains(append[0].Member!.Id):
                return new ValueTask<AppendResult>(new AppendResult(AppendStatus.Fenced, default));
            case Rule.SessionsAreFenced or Rule.GenerationsAreFenced when append is { Count: 1 } && append[0].Member is { } author:
                return AppendAsMemberAsync(append, author);
            case Rule.CheckpointsComeWithEvents when append is { Count: > 0, Checkpoint: not null }:
                return inner.AppendAsync(append with { Checkpoint = append.Checkpoint with { State = null } });
            case Rule.CheckpointsComeAlone when append is { Count: 0, Checkpoint: not null }:
                return inner.AppendAsync(append with { Checkpoint = append.Checkpoint with { State = null } });
            case Rule.CheckpointsHaveConditions when append is { Count: 0, Checkpoint: not null, Request.IsSet: false }:
                return inner.AppendAsync(append with { Condition = null });
            case Rule.StatesAreKept when append.Checkpoint is { State: null } stateless:
                return inner.AppendAsync(append with { Checkpoint = stateless with { State = ReadOnlyMemory<byte>.Empty } });
            case Rule.WakesEnd when append.Checkpoint is { } checkpoint:
                _wakeAt = checkpoint.WakeAt ?? _wakeAt ?? 1;
                return inner.AppendAsync(append with { Checkpoint = checkpoint with { WakeAt = _wakeAt } });
            case Rule.NewRulesAreWoken when KindOf(append) == RoomEventKind.Rules && append.Checkpoint is null:
                return inner.AppendAsync(append with { Checkpoint = new RulesCheckpoint() });
            case Rule.RostersWakeRules or Rule.RostersWakeNoOtherRules when KindOf(append) == RoomEventKind.Rules:
                return inner.AppendAsync(Copy(append, RoomEvent.Rules(append[0].RulesName, append[0].P1, Broken == Rule.RostersWakeNoOtherRules, append[0].Seed)));
            case Rule.LookupsAreAnswered when append is { Count: 0, Request.IsSet: true }:
                return new ValueTask<AppendResult>(new AppendResult(AppendStatus.NotFound, default));
            case Rule.LookupsAppendNothing when append is { Count: 0, Request.IsSet: true }:
                return inner.AppendAsync(new RoomAppend(RoomEvent.Packet(256, 0, 0, default)) { Request = append.Request, Content = append.Content, Condition = append.Condition });
            case Rule.ContentsTellRequestsApart when append.Count > 0:
                return inner.AppendAsync(append with { Content = default });
            case Rule.ContentsAreCompared when !append.Content.IsEmpty:
                return inner.AppendAsync(append with { Content = "content"u8.ToArray() });
            case Rule.KeptTimeDoesNotGoBack when store.IsNextServer:
                return AppendNowAsync(append);
            default:
                return inner.AppendAsync(Observe(append));
        }
    }

    public async ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken)
    {
        subscriber.ReleaseHeld();
        var position = after is { } known ? subscriber.Mend(known) : after;
        if (Broken == Rule.KeptPositionsAreReadOn && store.IsNextServer)
            return new RoomPage(true, default, []);
        var page = await inner.ReadAsync(position, Broken == Rule.PagesAreBounded ? int.MaxValue : maxEvents, cancellationToken);
        // The log returns the kept events as if they followed the position.
        return page.IsGone && Broken == Rule.PagesHaveNoGap && position is { } old && subscriber.Knows(old) ? await inner.ReadAsync(null, maxEvents, cancellationToken) : page;
    }

    public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken)
    {
        subscriber.ReleaseHeld();
        var position = subscriber.MendRules(after);
        return Broken switch
        {
            Rule.RulesKeepTheirEvents => ReadKeptAsync(position, maxEvents, cancellationToken),
            Rule.RulesReadNoMessages => inner.ReadAsync(position, maxEvents, cancellationToken),
            Rule.RulesPagesAreBounded => inner.ReadRulesAsync(position, int.MaxValue, cancellationToken),
            _ => inner.ReadRulesAsync(position, maxEvents, cancellationToken),
        };
    }

    public async ValueTask DisposeAsync()
    {
        subscriber.End();
        if (Broken == Rule.DisposingEndsTheSubscription)
            return;
        if (Broken == Rule.RulesSleepWithoutSubscriptions)
            await inner.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint() });
        await inner.DisposeAsync();
        if (Broken == Rule.KeptRoomsGoOn)
            ((KeepingStore)store.Inner).Place.Forget();
    }

    private static RoomAppend Copy(RoomAppend append, RoomEvent roomEvent)
    {
        RoomEvent[] events = [roomEvent, .. Enumerable.Range(1, append.Count - 1).Select(i => append[i])];
        return new RoomAppend(events) { Condition = append.Condition, Request = append.Request, Content = append.Content, Checkpoint = append.Checkpoint };
    }

    private static RoomAppend Copy(RoomAppend append, AppendCondition? condition, RequestId request) => append with { Condition = condition, Request = request };

    private static RoomEventKind? KindOf(RoomAppend append) => append.Count == 0 ? null : append[0].Kind;

    private bool IsMember(in RoomEvent roomEvent)
    {
        lock (store.Members)
            return store.Members.Contains((room, roomEvent.Member!.Id));
    }

    private RoomAppend Observe(RoomAppend append)
    {
        if (append.Count == 0 || append[0] is not { ChangesRoster: true, Member: { } member })
            return append;
        lock (store.Members)
        {
            if (append[0].Kind == RoomEventKind.Left)
                store.Members.Remove((room, member.Id));
            else
                store.Members.Add((room, member.Id));
        }

        return append;
    }

    /// <summary>Appends asynchronously, after the earlier appends.</summary>
    private async ValueTask<AppendResult> AppendNextAsync(RoomAppend append)
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var last = Interlocked.Exchange(ref _last, next.Task);
        await Task.Yield();
        await last;
        try
        {
            return await inner.AppendAsync(append);
        }
        finally
        {
            next.SetResult();
        }
    }

    /// <summary>Appends after the next message, or after <see cref="BrokenStore.Lateness"/> if there is none.</summary>
    private async ValueTask<AppendResult> AppendLateAsync(RoomAppend append)
    {
        await Task.WhenAny(_overtaken.Task, Task.Delay(store.Lateness));
        return await inner.AppendAsync(append);
    }

    private async ValueTask<AppendResult> AppendEarlyAsync(RoomAppend append)
    {
        var result = await inner.AppendAsync(append);
        _overtaken.TrySetResult();
        return result;
    }

    /// <summary>Reads the rules' events only while the log keeps all other events too.</summary>
    private async ValueTask<RoomPage> ReadKeptAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken)
    {
        var page = await inner.ReadAsync(after, 1, cancellationToken);
        return page.IsGone ? page : await inner.ReadRulesAsync(after, maxEvents, cancellationToken);
    }

    private async ValueTask<AppendResult> AnswerNoConflictAsync(RoomAppend append)
    {
        var result = await inner.AppendAsync(append);
        if (result.Status == AppendStatus.Conflict)
            await new TaskCompletionSource().Task;
        return result;
    }

    private async ValueTask<AppendResult> DeleteAnythingAsync(RoomAppend append)
    {
        var result = await inner.AppendAsync(append);
        return result.Status == AppendStatus.NotFound ? result with { Status = AppendStatus.Appended } : result;
    }

    private async ValueTask<AppendResult> AppendNowAsync(RoomAppend append) =>
        await inner.AppendAsync(append) with { Time = store.Time.GetUtcNow().ToUnixTimeMilliseconds() };

    private ValueTask<AppendResult> AppendFirstAsync(RoomAppend append)
    {
        var first = _firsts.GetOrAdd(append.Request, append[0] with { Data = append[0].Data.ToArray() });
        return inner.AppendAsync(first.Data.Span.SequenceEqual(append[0].Data.Span) && first.Kind == append[0].Kind ? Copy(append, first) : append);
    }

    private async ValueTask<AppendResult> AppendOneByOneAsync(RoomAppend append)
    {
        var result = default(AppendResult);
        for (var i = 0; i < append.Count; i++)
            result = await inner.AppendAsync(new RoomAppend(append[i]) { Checkpoint = i < append.Count - 1 ? null : append.Checkpoint });
        return result;
    }

    /// <summary>Accepts any author with the id of a member.</summary>
    private async ValueTask<AppendResult> AppendAsMemberAsync(RoomAppend append, RoomMember author)
    {
        var roomEvent = append[0];
        if (_members.TryGetValue(author.Id, out var member) && (Broken == Rule.SessionsAreFenced || member.Session == author.Session))
        {
            var generation = Broken == Rule.GenerationsAreFenced && roomEvent.Kind != RoomEventKind.Returned ? member.Generation : author.Generation;
            var posing = new RoomMember(author.Id, author.Nick, member.Session, generation);
            roomEvent = roomEvent.Kind switch
            {
                RoomEventKind.Joined => RoomEvent.Joined(posing),
                RoomEventKind.Left => RoomEvent.Left(posing, roomEvent.Cause),
                RoomEventKind.Renamed => RoomEvent.Renamed(posing, roomEvent.Data),
                RoomEventKind.Away => RoomEvent.Away(posing),
                RoomEventKind.Returned => RoomEvent.Returned(posing),
                RoomEventKind.Message => RoomEvent.Message(posing, roomEvent.Data),
                _ => RoomEvent.Packet(roomEvent.Command, roomEvent.P1, roomEvent.P2, roomEvent.Data, posing, roomEvent.Stream),
            };
        }

        var result = await inner.AppendAsync(new RoomAppend(roomEvent) { Condition = append.Condition, Request = append.Request, Content = append.Content, Checkpoint = append.Checkpoint });
        if (result.IsAppended && roomEvent.Kind is RoomEventKind.Joined or RoomEventKind.Returned)
            _members[author.Id] = roomEvent.Member!;
        if (result.IsAppended && roomEvent.Kind == RoomEventKind.Left)
            _members.TryRemove(author.Id, out _);
        return result;
    }
}
