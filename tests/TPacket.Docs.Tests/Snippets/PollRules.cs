// begin-snippet: rules
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: rules
internal class PollRules() : RoomRules<PollState, Vote, Voted>("poll", version: 1, new JsonPayloadSerializer(PollStateJson.Default))
{
    public override PollState Start(RulesStart start) => new(ImmutableSortedDictionary<string, int>.Empty);

    public override Decision<Voted> Decide(PollState poll, Vote vote, RoomMember who, DateTimeOffset time) =>
        vote.Choice is 0 or 1 ? new Voted(vote.Choice) : Refuse("There is no such choice.");

    public override PollState Evolve(PollState poll, in RulesEvent<Voted> happened) =>
        happened.Event is { } voted ? new PollState(poll.Votes.SetItem(happened.Member!.Nick, voted.Choice)) : poll;
}

internal sealed record Vote(int Choice);
internal sealed record Voted(int Choice);
internal sealed record PollState(ImmutableSortedDictionary<string, int> Votes);

[JsonSerializable(typeof(Vote)), JsonSerializable(typeof(Voted)), JsonSerializable(typeof(PollState))]
internal sealed partial class PollStateJson : JsonSerializerContext;
// end-snippet
