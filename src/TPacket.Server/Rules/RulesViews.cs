namespace TPacket.Server.Rules;

/// <summary>What members see of the state of a room's rules. Rules that throw show them nothing. Guarded by the delivery's lock.</summary>
/// <param name="command">The command of the packets that carry it.</param>
/// <param name="replica">The state.</param>
/// <param name="onFailed">Gets what the rules have thrown.</param>
internal sealed class RulesViews(int command, RulesReplica replica, Action<Exception> onFailed)
{
    /// <summary>The command of the packets.</summary>
    public int Command => command;

    /// <summary>Names what a member sees of the last event.</summary>
    public bool TryName(RoomMember member, out ViewKey key)
    {
        try
        {
            key = replica.ViewOf(member, isEvent: true);
            return true;
        }
        catch (Exception e)
        {
            onFailed(e);
            key = default;
            return false;
        }
    }

    /// <summary>Writes what members of a key see.</summary>
    public bool TryWrite(ViewKey key, out RulesView view)
    {
        try
        {
            view = replica.Write(key);
            return true;
        }
        catch (Exception e)
        {
            onFailed(e);
            view = default;
            return false;
        }
    }

    /// <summary>Writes the whole view of a member.</summary>
    public bool TryWriteWhole(RoomMember member, out RulesView view)
    {
        try
        {
            view = replica.Write(replica.ViewOf(member, isEvent: false));
            return true;
        }
        catch (Exception e)
        {
            onFailed(e);
            view = default;
            return false;
        }
    }
}
