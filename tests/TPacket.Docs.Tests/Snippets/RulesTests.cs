using System.Text.Json.Serialization;
using TPacket.Server;

namespace TPacket.Docs.Tests.Snippets;

public sealed record Tally(int Yes, int No);

public sealed record Ballot(bool Yes);

public sealed record Counted(bool Yes);

[JsonSerializable(typeof(Tally))]
[JsonSerializable(typeof(Ballot))]
[JsonSerializable(typeof(Counted))]
internal sealed partial class TallyJson : JsonSerializerContext;

/// <summary>Ten may vote.</summary>
public sealed class TallyRules() : RoomRules<Tally, Ballot, Counted>("tally", 1, new JsonPayloadSerializer(TallyJson.Default))
{
    public override Tally Start(RulesStart start) => new(0, 0);

    public override Tally Evolve(Tally state, in RulesEvent<Counted> happened) => happened.Event switch
    {
        { Yes: true } => state with { Yes = state.Yes + 1 },
        { Yes: false } => state with { No = state.No + 1 },
        _ => state,
    };

    public override Decision<Counted> Decide(Tally state, Ballot command, RoomMember who, DateTimeOffset time) =>
        state.Yes + state.No == 10 ? Refuse("Ten have voted.") : new Counted(command.Yes);
}
