using TPacket.Server;

namespace TPacket.Stores.Tests.Rules.Broken;

/// <summary>Decide depends on the hash code of a string, which is another one in each process.</summary>
public sealed class HashCodes : PollRules
{
    public override Decision<PollEvent> Decide(PollState state, PollCommand command, RoomMember who, DateTimeOffset time) =>
        command is Vote && state.Options > 0 ? new Voted((int)((uint)who.Nick.GetHashCode(StringComparison.Ordinal) % (uint)state.Options)) : base.Decide(state, command, who, time);
}
