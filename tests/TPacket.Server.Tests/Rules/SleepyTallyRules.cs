using System.Collections.Concurrent;

namespace TPacket.Server.Tests.Rules;

/// <summary>Rules that request a wake-up and then decide nothing.</summary>
internal sealed class SleepyTallyRules : TallyRules
{
    private static readonly ConcurrentDictionary<long, int> _wakes = new();

    public override bool ReadsPresence => false;

    /// <summary>The number of wake-ups.</summary>
    public static int WakesOf(long seed) => _wakes.GetValueOrDefault(seed);

    public override Decision<TallyEvent> Wake(Tally state, DateTimeOffset time)
    {
        _wakes.AddOrUpdate(state.Seed, 1, static (_, times) => times + 1);
        return Nothing;
    }
}
