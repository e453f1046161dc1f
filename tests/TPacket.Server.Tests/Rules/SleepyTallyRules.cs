using System.Collections.Concurrent;

namespace TPacket.Server.Tests.Rules;

/// <summary>Want to be woken, and do not get up.</summary>
internal sealed class SleepyTallyRules : TallyRules
{
    private static readonly ConcurrentDictionary<long, int> _wakes = new();

    public override bool ReadsPresence => false;

    /// <summary>How often a room was woken.</summary>
    public static int WakesOf(long seed) => _wakes.GetValueOrDefault(seed);

    public override Decision<TallyEvent> Wake(Tally state, DateTimeOffset time)
    {
        _wakes.AddOrUpdate(state.Seed, 1, static (_, times) => times + 1);
        return Nothing;
    }
}
