using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>The event has a part that is not written.</summary>
public sealed class HiddenEvent : NameRules
{
    public override Names Evolve(Names state, in RulesEvent<NameEvent> happened) => state;

    public override Decision<NameEvent> Decide(Names state, NameEvent command, RoomMember who, DateTimeOffset time) => command with { Hidden = who.Id };
}
