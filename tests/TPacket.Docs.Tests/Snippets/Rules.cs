using System.Text.Json.Serialization;
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

[JsonSerializable(typeof(Vote)), JsonSerializable(typeof(Voted)), JsonSerializable(typeof(NewPollState))]
internal sealed partial class NewPollStateJson : JsonSerializerContext;
