using TPacket.Server;

namespace TPacket.Testing.Tests.Rules;

/// <summary>Counts who is in the room, and closes a poll that nobody watches. Its rules are pure.</summary>
public sealed class Audience : PollRules
{
    public override bool ReadsPresence => true;

    public override PollState Evolve(PollState state, in RulesEvent<PollEvent> happened) => happened.Kind switch
    {
        RoomEventKind.Joined => state with { Votes = state.Votes.SetItem(happened.Member!.Id, -1) },
        RoomEventKind.Left => state with { Votes = state.Votes.Remove(happened.Member!.Id), ClosesAt = state.Votes.Count > 1 ? state.ClosesAt : null },
        _ => base.Evolve(state, happened),
    };
}
