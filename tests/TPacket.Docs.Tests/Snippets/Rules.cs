using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using MessagePack;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server;

namespace TPacket.Docs.Tests.Snippets;

internal static class Rules
{
    public static void Register(IServiceCollection services)
    {
        // begin-snippet: rules-registration
        services.AddTPacketServer().AddRules<PollRules>("poll-*", command: 256);
        // end-snippet
    }

    public static int CountVotes(IRoomDirectory rooms)
    {
        // begin-snippet: rules-state
        var votes = rooms.Find("poll-tea") is { } room && room.TryGetState<Ballot>(out var ballot) ? ballot.Votes.Count : 0;
        // end-snippet
        return votes;
    }
}

// begin-snippet: rules
internal class PollRules() : RoomRules<Ballot, Vote, Voted>("poll", version: 1, new JsonPayloadSerializer(BallotJson.Default))
{
    public override Ballot Start(RulesStart start) => new(ImmutableSortedDictionary<string, int>.Empty);

    public override Decision<Voted> Decide(Ballot ballot, Vote vote, RoomMember who, DateTimeOffset time) =>
        vote.Choice is 0 or 1 ? new Voted(vote.Choice) : Refuse("There is no such choice.");

    public override Ballot Evolve(Ballot ballot, in RulesEvent<Voted> happened) =>
        happened.Event is { } voted ? new Ballot(ballot.Votes.SetItem(happened.Member!.Nick, voted.Choice)) : ballot;
}

internal sealed record Vote(int Choice);
internal sealed record Voted(int Choice);
internal sealed record Ballot(ImmutableSortedDictionary<string, int> Votes);

[JsonSerializable(typeof(Vote)), JsonSerializable(typeof(Voted)), JsonSerializable(typeof(Ballot))]
internal sealed partial class BallotJson : JsonSerializerContext;
// end-snippet

// begin-snippet: rules-views
/// <summary>Members see the votes once they have voted, and before that only how many votes there are.</summary>
internal sealed class SecretPollRules : PollRules
{
    private const int HasVoted = 1;

    public override int ViewerOf(Ballot ballot, RoomMember member) => ballot.Votes.ContainsKey(member.Nick) ? HasVoted : 0;

    public override byte[] View(Ballot ballot, int viewer) => viewer == HasVoted ? Bytes(ballot) : Bytes(new Voted(ballot.Votes.Count));
}
// end-snippet

// begin-snippet: rules-versions
/// <summary>Version 2 keeps who has voted first, which version 1 did not.</summary>
internal sealed class NewPollRules() : RoomRules<NewBallot, Vote, Voted>("poll", version: 2, new JsonPayloadSerializer(NewBallotJson.Default))
{
    public override int OldestVersion => 1;

    public override NewBallot Start(RulesStart start) => new(ImmutableSortedDictionary<string, int>.Empty, First: null);

    public override Decision<Voted> Decide(NewBallot ballot, Vote vote, RoomMember who, DateTimeOffset time) =>
        vote.Choice is 0 or 1 ? new Voted(vote.Choice) : Refuse("There is no such choice.");

    public override NewBallot Evolve(NewBallot ballot, in RulesEvent<Voted> happened) => happened.Event is { } voted
        ? new NewBallot(ballot.Votes.SetItem(happened.Member!.Nick, voted.Choice), ballot.First ?? happened.Member.Nick)
        : ballot;

    // The JSON of version 1 has no First, which is null then.
    public override bool TryReadState(int version, ReadOnlyMemory<byte> data, [MaybeNullWhen(false)] out NewBallot state) =>
        Serializer.TryDeserialize(data, out state);
}

internal sealed record NewBallot(ImmutableSortedDictionary<string, int> Votes, string? First);
// end-snippet

[JsonSerializable(typeof(Vote)), JsonSerializable(typeof(Voted)), JsonSerializable(typeof(NewBallot))]
internal sealed partial class NewBallotJson : JsonSerializerContext;

// begin-snippet: rules-messagepack
internal sealed class MessagePackPayloadSerializer : IPayloadSerializer
{
    // The data comes from clients.
    private static readonly MessagePackSerializerOptions _options = MessagePackSerializerOptions.Standard.WithSecurity(MessagePackSecurity.UntrustedData);

    public void Serialize<T>(IBufferWriter<byte> destination, T value) => MessagePackSerializer.Serialize(destination, value, _options);

    public bool TryDeserialize<T>(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out T? value)
    {
        try
        {
            value = MessagePackSerializer.Deserialize<T>(data, _options);
            return value is not null;
        }
        catch (MessagePackSerializationException)
        {
            value = default;
            return false;
        }
    }
}

[MessagePackObject]
public sealed record Move([property: Key(0)] int X, [property: Key(1)] int Y);

[Union(0, typeof(Moved)), Union(1, typeof(GameOver))]
public abstract record BoardEvent;

[MessagePackObject]
public sealed record Moved([property: Key(0)] int X, [property: Key(1)] int Y) : BoardEvent;

[MessagePackObject]
public sealed record GameOver([property: Key(0)] string Winner) : BoardEvent;
// end-snippet
