using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>The state has a part that is not written, and Decide depends on it.</summary>
public sealed class HiddenState : NameRules
{
    public override Names Evolve(Names state, in RulesEvent<NameEvent> happened)
    {
        var copy = Copy(state);
        copy.Hidden++;
        return copy;
    }

    public override Decision<NameEvent> Decide(Names state, NameEvent command, RoomMember who, DateTimeOffset time) => state.Hidden > 3 ? Refuse("Enough.") : command;
}
