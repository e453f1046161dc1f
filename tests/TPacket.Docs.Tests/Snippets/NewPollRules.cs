// begin-snippet: rules-versions
using System.Collections.Immutable;
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: rules-versions
/// <summary>Version 2 keeps who has voted first. In a state of version 1 that is null.</summary>
internal sealed class NewPollRules() : RoomRules<NewPollState, Vote, Voted>("poll", version: 2, new JsonPayloadSerializer(NewPollStateJson.Default))
{
    public override int OldestVersion => 1;

    public override NewPollState Start(RulesStart start) => new(ImmutableSortedDictionary<string, int>.Empty, First: null);

    public override Decision<Voted> Decide(NewPollState poll, Vote vote, RoomMember who, DateTimeOffset time) =>
        vote.Choice is 0 or 1 ? new Voted(vote.Choice) : Refuse("There is no such choice.");

    public override NewPollState Evolve(NewPollState poll, in RulesEvent<Voted> happened) => happened.Event is { } voted
        ? new NewPollState(poll.Votes.SetItem(happened.Member!.Nick, voted.Choice), poll.First ?? happened.Member.Nick)
        : poll;
}

internal sealed record NewPollState(ImmutableSortedDictionary<string, int> Votes, string? First);
// end-snippet
