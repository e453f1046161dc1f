namespace TPacket.Testing;

/// <summary>
/// Decides by a seed which calls and deliveries of a <see cref="FaultyRoomStore"/> fail, and how. The decision about a call depends on the seed, the room, the user and how many calls came before from it, so that it is the same
/// in each run, whichever threads make the calls. Thread-safe.
/// </summary>
/// <param name="seed">The seed.</param>
/// <param name="timeProvider">The clock of all delays; the system's where null.</param>
public sealed class FaultPlan(int seed, TimeProvider? timeProvider = null)
{
    private const int Certain = 100;

    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;
    private readonly int[] _percents = new int[Enum.GetValues<StoreFault>().Length];
    private readonly int[] _counts = new int[Enum.GetValues<StoreFault>().Length];
    private readonly TaskCompletionSource _healed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The seed, for the message of a test that fails.</summary>
    public int Seed { get; } = seed;

    /// <summary>The longest delay of a <see cref="StoreFault.Slow"/> call. The default is 2 seconds: less than a server waits for a store.</summary>
    public TimeSpan ShortDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest delay of all. The default is 20 seconds: more than a server waits for a store.</summary>
    public TimeSpan LongDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether the faults are over.</summary>
    public bool IsHealed => _healed.Task.IsCompleted;

    /// <summary>How many of a hundred calls, or deliveries, have a fault; 0 to begin with.</summary>
    /// <param name="fault">The fault.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 0 and 100.</exception>
    public int this[StoreFault fault]
    {
        get => _percents[(int)fault];
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Certain);
            _percents[(int)fault] = value;
        }
    }

    /// <summary>A plan whose percentages come from the seed too: some faults not at all, others often.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="timeProvider">The clock of all delays; the system's where null.</param>
    public static FaultPlan Draw(int seed, TimeProvider? timeProvider = null)
    {
        var plan = new FaultPlan(seed, timeProvider);
        ReadOnlySpan<int> often = [0, 0, 1, 3, 10];
        foreach (var fault in Enum.GetValues<StoreFault>())
            plan._percents[(int)fault] = often[plan.Next(often.Length, "", (int)fault, 0)];
        return plan;
    }

    /// <summary>How often a fault has happened.</summary>
    public int Count(StoreFault fault) => Volatile.Read(ref _counts[(int)fault]);

    /// <summary>Ends all faults, for good: calls that wait go on at once, and what is delayed is delivered.</summary>
    public void Heal() => _healed.TrySetResult();

    /// <summary>The percentages and the seed, for the message of a test that fails.</summary>
    public override string ToString() =>
        $"seed {Seed}: {string.Join(", ", Enum.GetValues<StoreFault>().Where(fault => this[fault] > 0).Select(fault => $"{fault} {this[fault]} % ({Count(fault)})"))}";

    /// <summary>Decides about a call.</summary>
    internal StoreFault? OfCall(string room, long caller, long number) => Draw(StoreFault.Slow, StoreFault.Hung, room, caller, number);

    /// <summary>Decides about a delivery.</summary>
    internal StoreFault? OfDelivery(string room, long subscription, long offset) =>
        Draw(StoreFault.DeliveryDelayed, StoreFault.SubscriptionLost, room, ~subscription, offset);

    internal void Happened(StoreFault fault) => Interlocked.Increment(ref _counts[(int)fault]);

    /// <summary>Waits for a part of the delay that the seed decides about, or until the faults are over.</summary>
    internal async Task DelayAsync(TimeSpan from, TimeSpan to, string room, long caller, long number)
    {
        var delay = from + ((to - from) * (Next(1000, room, caller, ~number) / 1000.0));
        await _healed.Task.WaitAsync(delay, _timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Waits until the faults are over.</summary>
    internal Task WaitForHealAsync() => _healed.Task;

    internal bool Tosses(string room, long caller, long number) => Next(2, room, caller, -number - 2) == 0;

    private StoreFault? Draw(StoreFault first, StoreFault last, string room, long caller, long number)
    {
        if (IsHealed)
            return null;
        var drawn = Next(Certain, room, caller, number);
        for (var fault = first; fault <= last; fault++)
        {
            drawn -= this[fault];
            if (drawn < 0)
                return fault;
        }

        return null;
    }

    private int Next(int count, string room, long caller, long number)
    {
        var hash = Mix((ulong)Seed + 1);
        foreach (var character in room)
            hash = Mix(hash ^ character);
        hash = Mix(hash ^ (ulong)caller);
        hash = Mix(hash ^ (ulong)number);
        return (int)(hash % (ulong)count);
    }

    /// <summary>The finalizer of SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
