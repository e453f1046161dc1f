using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>Decide draws a random number of its own.</summary>
public sealed class RandomInDecide : PollRules
{
    public override Decision<PollEvent> Decide(PollState state, PollCommand command, RoomMember who, DateTimeOffset time) =>
        command is Vote && state.Options > 0 ? new Voted(Random.Shared.Next(state.Options)) : base.Decide(state, command, who, time);
}
