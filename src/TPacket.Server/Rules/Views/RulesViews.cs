using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rules.Registration;
using TPacket.Server.Rules.State;

namespace TPacket.Server.Rules.Views;

/// <summary>Computes the members' views of a room's state. Exceptions of the rules are logged. Guarded by the delivery's lock.</summary>
/// <param name="binding">The rules.</param>
/// <param name="room">The room's name.</param>
/// <param name="logger">Logs exceptions of the rules.</param>
internal sealed class RulesViews(RulesBinding binding, string room, ILogger logger)
{
    /// <summary>The command of the packets.</summary>
    public int Command => binding.Command;

    /// <summary>Whether authors are hidden from members.</summary>
    public bool HidesAuthors => binding.Rules.HidesAuthors;

    /// <summary>The state; null before it is computed for the first time.</summary>
    public RulesReplica? Replica { get; set; }

    /// <summary>Returns the key of a member's view after the last event.</summary>
    /// <param name="member">The member.</param>
    /// <param name="hasView">Whether the member has the view before the event.</param>
    /// <param name="key">The key.</param>
    /// <returns>False if the rules have thrown.</returns>
    public bool TryGetKey(RoomMember member, bool hasView, out ViewKey key)
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

    /// <summary>Computes the view, or the change, of a key. If the rules fail to compute the change, returns the whole view.</summary>
    /// <returns>False if the rules have thrown.</returns>
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
