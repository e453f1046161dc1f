using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>A static field has the longest question that was ever asked in this process.</summary>
public sealed class StaticMaximum : PollRules
{
    private static string _longest = "";

    public override Decision<PollEvent> Decide(PollState state, PollCommand command, RoomMember who, DateTimeOffset time)
    {
        if (command is Ask ask && string.CompareOrdinal(ask.Question, _longest) > 0)
            _longest = ask.Question;
        return command is Ask && state.ClosesAt is null ? new Asked(_longest, 2, time.AddSeconds(5)) : base.Decide(state, command, who, time);
    }
}
