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
        var votes = rooms.Find("poll-tea") is { } room && room.TryGetState<PollState>(out var poll) ? poll.Votes.Count : 0;
        // end-snippet
        return votes;
    }
}

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

// begin-snippet: rules-views
/// <summary>Members see the votes once they have voted, and before that only how many votes there are.</summary>
internal sealed class SecretPollRules : PollRules
{
    private const int HasVoted = 1;

    public override int ViewerOf(PollState poll, RoomMember member) => poll.Votes.ContainsKey(member.Nick) ? HasVoted : 0;

    public override byte[] View(PollState poll, int viewer) => viewer == HasVoted ? Bytes(poll) : Bytes(new Voted(poll.Votes.Count));
}
// end-snippet

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

[JsonSerializable(typeof(Vote)), JsonSerializable(typeof(Voted)), JsonSerializable(typeof(NewPollState))]
internal sealed partial class NewPollStateJson : JsonSerializerContext;

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
