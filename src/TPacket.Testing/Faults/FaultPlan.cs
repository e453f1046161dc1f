namespace TPacket.Testing;

/// <summary>
/// Draws the faults of the calls and deliveries of a <see cref="FaultyRoomStore"/> from a seed. The fault of a call depends on the seed,
/// the room, the user and the number of the user's earlier calls. It is therefore the same in each run, on any threads. Thread-safe.
/// </summary>
/// <param name="seed">The seed.</param>
/// <param name="timeProvider">The clock of all delays; null for the system clock.</param>
public sealed class FaultPlan(int seed, TimeProvider? timeProvider = null)
{
    private const int Certain = 100;

    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;
    private readonly int[] _percents = new int[Enum.GetValues<StoreFault>().Length];
    private readonly int[] _counts = new int[Enum.GetValues<StoreFault>().Length];
    private readonly TaskCompletionSource _healed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The seed, for the message of a failing test.</summary>
    public int Seed { get; } = seed;

    /// <summary>The longest delay of a <see cref="StoreFault.Slow"/> call. Default: 2 s, less than a server's deadline for store calls.</summary>
    public TimeSpan ShortDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest delay of other faults. Default: 20 s, more than a server's deadline for store calls.</summary>
    public TimeSpan LongDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether <see cref="Heal"/> was called.</summary>
    public bool IsHealed => _healed.Task.IsCompleted;

    /// <summary>The percentage of calls or deliveries with a fault. Default: 0.</summary>
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

    /// <summary>Creates a plan, and draws its percentages from the seed as well: 0, 1, 3 or 10.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="timeProvider">The clock of all delays; null for the system clock.</param>
    public static FaultPlan Draw(int seed, TimeProvider? timeProvider = null)
    {
        var plan = new FaultPlan(seed, timeProvider);
        ReadOnlySpan<int> often = [0, 0, 1, 3, 10];
        foreach (var fault in Enum.GetValues<StoreFault>())
            plan._percents[(int)fault] = often[plan.Next(often.Length, "", (int)fault, 0)];
        return plan;
    }

    /// <summary>Returns the number of times that a fault has occurred.</summary>
    /// <param name="fault">The fault.</param>
    public int Count(StoreFault fault) => Volatile.Read(ref _counts[(int)fault]);

    /// <summary>Ends all faults permanently: waiting calls continue at once, and delayed events are delivered.</summary>
    public void Heal() => _healed.TrySetResult();

    /// <summary>Returns the seed and the percentages, for the message of a failing test.</summary>
    public override string ToString() =>
        $"seed {Seed}: {string.Join(", ", Enum.GetValues<StoreFault>().Where(fault => this[fault] > 0).Select(fault => $"{fault} {this[fault]} % ({Count(fault)})"))}";

    /// <summary>Draws the fault of a call; null for none.</summary>
    internal StoreFault? OfCall(string room, long caller, long number) => Draw(StoreFault.Slow, StoreFault.Hung, room, caller, number);

    /// <summary>Draws the fault of a delivery; null for none.</summary>
    internal StoreFault? OfDelivery(string room, long subscription, long offset) =>
        Draw(StoreFault.DeliveryDelayed, StoreFault.SubscriptionLost, room, ~subscription, offset);

    internal void Record(StoreFault fault) => Interlocked.Increment(ref _counts[(int)fault]);

    /// <summary>Waits for a drawn delay between two limits, or until <see cref="Heal"/>.</summary>
    internal async Task DelayAsync(TimeSpan from, TimeSpan to, string room, long caller, long number)
    {
        var delay = from + ((to - from) * (Next(1000, room, caller, ~number) / 1000.0));
        await _healed.Task.WaitAsync(delay, _timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Waits until <see cref="Heal"/>.</summary>
    internal Task WaitForHealAsync() => _healed.Task;

    internal bool TossCoin(string room, long caller, long number) => Next(2, room, caller, -number - 2) == 0;

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
