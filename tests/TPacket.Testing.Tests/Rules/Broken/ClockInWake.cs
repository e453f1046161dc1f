using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>Wake reads the clock. Its result stays the same for decades.</summary>
public sealed class ClockInWake : PollRules
{
    public override Decision<PollEvent> Wake(PollState state, DateTimeOffset time) => DateTimeOffset.UtcNow < state.ClosesAt ? Nothing : new Closed();
}
