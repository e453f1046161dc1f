using TPacket.Server;

namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>A store of user ids that breaks one rule, or none.</summary>
/// <param name="counter">The place where it counts, which may be shared.</param>
/// <param name="broken">The rule.</param>
internal sealed class BrokenUserIdStore(BrokenUserIdStore.Counter counter, UserIdRule? broken) : IUserIdStore
{
    private int _calls;

    public Counter Place => counter;

    public async ValueTask<UserIdBlock> ReserveAsync(int count)
    {
        if (broken == UserIdRule.IdsAreUnique && Interlocked.Increment(ref _calls) is var call and > 10 and < 1000 && call % 7 == 0)
            return new UserIdBlock(IUserIdStore.FirstId, count);
        if (broken == UserIdRule.BlocksAreWhole && count > 500)
            return new UserIdBlock(await counter.TakeAsync(count, wrapsTo: IUserIdStore.FirstId), count - 1);
        var wrapsTo = broken switch
        {
            UserIdRule.IdsBeginAgain => (int?)null,
            UserIdRule.IdsBeginAgainAtTheFirst => 1,
            _ => IUserIdStore.FirstId,
        };
        return new UserIdBlock(await counter.TakeAsync(count, wrapsTo), count);
    }

    /// <summary>Counts.</summary>
    internal sealed class Counter(int first = IUserIdStore.FirstId)
    {
        private readonly Lock _gate = new();
        private int _next = first;

        public ValueTask<int> TakeAsync(int count, int? wrapsTo)
        {
            lock (_gate)
            {
                if (_next > int.MaxValue - count && wrapsTo is { } start)
                    _next = start;
                var first = _next;
                _next = unchecked(_next + count);
                return new ValueTask<int>(first);
            }
        }
    }
}
