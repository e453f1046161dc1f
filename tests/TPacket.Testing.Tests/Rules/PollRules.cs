using TPacket.Server;

namespace TPacket.Testing.Tests.Rules;

/// <summary>A poll that closes at a time. Its rules are pure.</summary>
public class PollRules() : RoomRules<PollState, PollCommand, PollEvent>("poll", 1, new JsonPayloadSerializer(PollJson.Default))
{
    public override PollState Start(RulesStart start) => PollState.Empty;

    public override PollState Evolve(PollState state, in RulesEvent<PollEvent> happened) => happened.Event switch
    {
        Asked asked => new PollState(asked.Question, asked.Options, asked.ClosesAt, PollState.Empty.Votes),
        Voted voted => state with { Votes = state.Votes.SetItem(happened.Member!.Id, voted.Option) },
        Withdrawn => state with { Votes = state.Votes.Remove(happened.Member!.Id) },
        Closed => state with { ClosesAt = null },
        _ => state,
    };

    public override Decision<PollEvent> Decide(PollState state, PollCommand command, RoomMember who, DateTimeOffset time) => command switch
    {
        Ask when state.ClosesAt is not null => Refuse("A poll is open already."),
        Ask ask => new Asked(ask.Question, ask.Options, time.AddSeconds(ask.Seconds)),
        _ when !(time < state.ClosesAt) => Refuse("The poll is closed."),
        Vote vote when vote.Option < 0 || vote.Option >= state.Options => Refuse("There is no such option."),
        Vote vote when state.Votes.TryGetValue(who.Id, out var before) && before == vote.Option => Nothing,
        Vote vote => Then(new Voted(vote.Option)) with { NotAfter = state.ClosesAt },
        Withdraw when state.Votes.ContainsKey(who.Id) => new Withdrawn(),
        _ => Nothing,
    };

    public override DateTimeOffset? WakeAt(PollState state) => state.ClosesAt;

    public override Decision<PollEvent> Wake(PollState state, DateTimeOffset time) => new Closed();

    /// <summary>A command that a member might send.</summary>
    public static PollCommand Draw(Random random, PollState state) => random.Next(state.ClosesAt is null ? 3 : 12) switch
    {
        0 or 1 => new Ask($"Question {random.Next(100)}?", random.Next(2, 5), random.Next(1, 90)),
        2 or 3 => new Withdraw(),
        _ => new Vote(random.Next(state.Options + 1)),
    };
}
