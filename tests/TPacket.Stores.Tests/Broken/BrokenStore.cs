using System.Collections.Concurrent;
using TPacket.Server;

namespace TPacket.Stores.Tests.Broken;

/// <summary>A store that keeps to every rule but one.</summary>
internal sealed class BrokenStore(IRoomStore inner, Rule broken) : IRoomStore
{
    public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        var name = broken == Rule.RoomsAreToldApart ? room.ToUpperInvariant() : room;
        var between = new Subscriber(subscriber, broken);
        return new Log(await inner.OpenAsync(name, between, cancellationToken), between, broken);
    }

    private sealed class Log(IRoomLog inner, Subscriber subscriber, Rule broken) : IRoomLog
    {
        private readonly ConcurrentDictionary<int, RoomMember> _members = new();
        private int _requests;

        public ValueTask<AppendResult> AppendAsync(RoomAppend append)
        {
            switch (broken)
            {
                case Rule.DataIsCopied:
                    return AppendLateAsync(append);
                case Rule.EventsAreAppendedTogether when append.Count > 1:
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
                case Rule.RequestsAreRemembered:
                    return inner.AppendAsync(Copy(append, append.Condition, default));
                case Rule.ManyRequestsAreRemembered when append.Request.IsSet && Interlocked.Increment(ref _requests) > 100:
                    return inner.AppendAsync(Copy(append, append.Condition, default));
                case Rule.RequestsComeBeforeConditions when append.Condition is not null:
                    return inner.AppendAsync(Copy(append, append.Condition, default));
                case Rule.SessionsAreFenced or Rule.GenerationsAreFenced when append is { Count: 1 } && append[0].Member is { } author:
                    return AppendAsMemberAsync(append, author);
                default:
                    return inner.AppendAsync(append);
            }
        }

        public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken)
        {
            var position = after is { } known ? subscriber.Mend(known) : after;
            return inner.ReadAsync(position, broken == Rule.PagesAreBounded ? int.MaxValue : maxEvents, cancellationToken);
        }

        public ValueTask DisposeAsync() => broken == Rule.DisposingEndsTheSubscription ? default : inner.DisposeAsync();

        private static RoomAppend Copy(RoomAppend append, AppendCondition? condition, RequestId request) => append.Count == 1
            ? new RoomAppend(append[0]) { Condition = condition, Request = request }
            : new RoomAppend(Enumerable.Range(0, append.Count).Select(i => append[i]).ToArray()) { Condition = condition, Request = request };

        private async ValueTask<AppendResult> AppendLateAsync(RoomAppend append)
        {
            await Task.Delay(1);
            return await inner.AppendAsync(append);
        }

        private async ValueTask<AppendResult> AppendOneByOneAsync(RoomAppend append)
        {
            var result = default(AppendResult);
            for (var i = 0; i < append.Count; i++)
                result = await inner.AppendAsync(new RoomAppend(append[i]));
            return result;
        }

        /// <summary>Takes whoever has the id for the member.</summary>
        private async ValueTask<AppendResult> AppendAsMemberAsync(RoomAppend append, RoomMember author)
        {
            var roomEvent = append[0];
            if (_members.TryGetValue(author.Id, out var member) && (broken == Rule.SessionsAreFenced || member.Session == author.Session))
            {
                var generation = broken == Rule.GenerationsAreFenced && roomEvent.Kind != RoomEventKind.Returned ? member.Generation : author.Generation;
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

            var result = await inner.AppendAsync(new RoomAppend(roomEvent) { Condition = append.Condition, Request = append.Request });
            if (result.IsAppended && roomEvent.Kind is RoomEventKind.Joined or RoomEventKind.Returned)
                _members[author.Id] = roomEvent.Member!;
            if (result.IsAppended && roomEvent.Kind == RoomEventKind.Left)
                _members.TryRemove(author.Id, out _);
            return result;
        }
    }

    private sealed class Subscriber(IRoomSubscriber inner, Rule broken) : IRoomSubscriber
    {
        private readonly ConcurrentDictionary<long, RoomPosition> _positions = new();
        private ulong _epoch;
        private bool _hasSnapshot;

        public void OnReset(RoomSnapshot snapshot)
        {
            _epoch = snapshot.Position.Epoch;
            _positions[snapshot.Position.Offset] = snapshot.Position;
            if (broken == Rule.SubscriptionsBeginWithASnapshot && !_hasSnapshot)
                inner.OnReset(snapshot with { Members = [], History = [], Streams = [] });
            else if (broken != Rule.FaultySubscribersAreReset || !_hasSnapshot)
                inner.OnReset(snapshot);
            _hasSnapshot = true;
        }

        public void OnEvents(ReadOnlySpan<RoomEvent> events)
        {
            RoomEvent[] copies = [.. events];
            foreach (var roomEvent in copies)
                _positions[roomEvent.Offset] = new RoomPosition(_epoch, roomEvent.Offset, roomEvent.Check);
            if (broken == Rule.EventsAreDeliveredOnce && copies[0].Offset % 5 == 4)
                inner.OnEvents(copies);
            if (broken == Rule.EventsAreNotLost && copies[0].Offset % 5 == 4)
                return;
            if (broken == Rule.TimeDoesNotGoBack)
                copies = [.. copies.Select(roomEvent => roomEvent with { Time = -roomEvent.Time })];
            inner.OnEvents(copies);
        }

        public void OnLost(Exception cause)
        {
            if (broken != Rule.LostSubscribersHearOfIt)
                inner.OnLost(cause);
        }

        /// <summary>Has a wrong position pass where it has to be refused.</summary>
        public RoomPosition Mend(RoomPosition position) => broken switch
        {
            Rule.EpochsAreChecked => position with { Epoch = _epoch },
            Rule.ChecksAreChecked when _positions.TryGetValue(position.Offset, out var known) => position with { Check = known.Check },
            _ => position,
        };
    }
}
