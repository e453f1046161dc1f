using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Rules;

/// <summary>The views that members have of the state of a room's rules. If the rules throw, there is none. Guarded by the delivery's lock.</summary>
/// <param name="binding">The rules.</param>
/// <param name="room">The room's name.</param>
/// <param name="logger">Gets the exceptions that the rules throw.</param>
internal sealed class RulesViews(RulesBinding binding, string room, ILogger logger)
{
    /// <summary>The command of the packets.</summary>
    public int Command => binding.Command;

    /// <summary>Whether members do not see who has acted.</summary>
    public bool HidesAuthors => binding.Rules.HidesAuthors;

    /// <summary>The state.</summary>
    public RulesReplica? Replica { get; set; }

    /// <summary>Names what a member sees of the last event.</summary>
    /// <param name="member">The member.</param>
    /// <param name="hasView">Whether it has seen the state before the event.</param>
    /// <param name="key">The name.</param>
    public bool TryName(RoomMember member, bool hasView, out ViewKey key)
    {
        try
        {
            key = Replica!.ViewOf(member, hasView);
            return true;
        }
        catch (Exception e)
        {
            RulesLog.ViewFailed(logger, e, room);
            key = default;
            return false;
        }
    }

    /// <summary>Writes what members of a key see: the whole view where the rules fail to write the part.</summary>
    public bool TryWrite(ViewKey key, out RulesView view)
    {
        try
        {
            view = Replica!.Write(key);
            return true;
        }
        catch (Exception e)
        {
            RulesLog.ViewFailed(logger, e, room);
            view = default;
            return key.IsChange && TryWrite(key with { IsChange = false }, out view);
        }
    }
}
