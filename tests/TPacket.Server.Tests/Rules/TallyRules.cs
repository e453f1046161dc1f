using System.Collections.Immutable;

namespace TPacket.Server.Tests.Rules;

/// <summary>Rules for tests: a sum below 100, a deadline, secrets, and methods that throw on command.</summary>
internal class TallyRules(int version = 1, string name = "tally") : RoomRules<Tally, TallyCommand, TallyEvent>(name, version, new JsonPayloadSerializer(TallyJson.Default))
{
    public const int Command = 300;

    /// <summary>The oldest version that these rules can read; 0 for their own.</summary>
    public int Oldest { get; init; }

    public override int OldestVersion => Oldest > 0 ? Oldest : Version;

    public override bool ReadsPresence => true;

    public override Tally Start(RulesStart start) => new(0, ImmutableSortedDictionary<int, int>.Empty, null, 0, [], 0, start.Seed);

    public override Tally Evolve(Tally state, in RulesEvent<TallyEvent> happened) => happened.Event switch
    {
        TallyEvent.Added added => state with { Sum = state.Sum + added.Number },
        TallyEvent.Kept kept => state with { Secrets = state.Secrets.SetItem(happened.Member!.Id, kept.Secret) },
        TallyEvent.Planned planned => state with { Deadline = planned.At },
        TallyEvent.Woken => state with { Deadline = null, Wakes = state.Wakes + 1 },
        TallyEvent.Broken => throw new InvalidOperationException("Evolve was made to fail."),
        _ => happened.Kind switch
        {
            RoomEventKind.Joined => state with { Present = state.Present.Add(happened.Member!.Nick) },
            RoomEventKind.Left => state with { Present = state.Present.Remove(happened.Member!.Nick) },
            RoomEventKind.Opened => state with { Downtime = state.Downtime + (long)happened.Downtime.TotalMilliseconds },
            _ => state,
        },
    };

    public override Decision<TallyEvent> Decide(Tally state, TallyCommand command, RoomMember who, DateTimeOffset time) => command switch
    {
        TallyCommand.Add add when state.Sum + add.Number >= 100 => Refuse("The sum would be too large.", (TPacket.Protocol.PacketErrorCode)(-1001)),
        TallyCommand.Add add => new TallyEvent.Added(add.Number),
        TallyCommand.AddTwice two => Then(new TallyEvent.Added(two.First), new TallyEvent.Added(two.Second)),
        TallyCommand.Keep keep => new TallyEvent.Kept(keep.Secret),
        TallyCommand.WakeIn wake => new TallyEvent.Planned(time.ToUnixTimeMilliseconds() + wake.Milliseconds),
        TallyCommand.FailAt { Member: "Decide" } => throw new InvalidOperationException("Decide was made to fail."),
        TallyCommand.FailAt fail => new TallyEvent.Broken(fail.Member),
        _ => Nothing,
    };

    public override DateTimeOffset? WakeAt(Tally state) => state.Deadline is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    public override Decision<TallyEvent> Wake(Tally state, DateTimeOffset time) => new TallyEvent.Woken();
}
