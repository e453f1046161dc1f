using System.Collections.Immutable;
using System.Text.Json.Serialization;
using TPacket.Server;

namespace Poll;

/// <summary>Everybody in the room has one vote, and may change it until the poll is closed, a minute after the first one.</summary>
internal sealed class PollRules() : RoomRules<Ballot, Vote, PollEvent>("poll", version: 1, new JsonPayloadSerializer(PollJson.Default))
{
    public override Ballot Start(RulesStart start) => new(ImmutableSortedDictionary<string, int>.Empty, null, false);

    public override Decision<PollEvent> Decide(Ballot ballot, Vote vote, RoomMember who, DateTimeOffset time) => vote.Choice switch
    {
        _ when ballot.IsClosed => Refuse("The poll is closed."),
        0 or 1 => new Voted(vote.Choice),
        _ => Refuse("There is no such choice."),
    };

    public override Ballot Evolve(Ballot ballot, in RulesEvent<PollEvent> happened) => happened.Event switch
    {
        Voted voted => ballot with { Votes = ballot.Votes.SetItem(happened.Member!.Nick, voted.Choice), ClosesAt = ballot.ClosesAt ?? happened.Time.AddMinutes(1) },
        Closed => ballot with { IsClosed = true },
        _ => ballot,
    };

    public override DateTimeOffset? WakeAt(Ballot ballot) => ballot.IsClosed ? null : ballot.ClosesAt;

    public override Decision<PollEvent> Wake(Ballot ballot, DateTimeOffset time) => new Closed();
}

internal sealed record Vote(int Choice);

[JsonDerivedType(typeof(Voted), "voted"), JsonDerivedType(typeof(Closed), "closed")]
internal abstract record PollEvent;
internal sealed record Voted(int Choice) : PollEvent;
internal sealed record Closed : PollEvent;

internal sealed record Ballot(ImmutableSortedDictionary<string, int> Votes, DateTimeOffset? ClosesAt, bool IsClosed);

[JsonSerializable(typeof(Vote)), JsonSerializable(typeof(PollEvent)), JsonSerializable(typeof(Ballot))]
internal sealed partial class PollJson : JsonSerializerContext;
