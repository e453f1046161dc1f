using TPacket.Protocol;
using TPacket.Server.Rooms.Presence;
using TPacket.Server.Rules;
using TPacket.Server.Rules.Views;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms.Delivery;

/// <summary>
/// Sends views of the state of a room's rules to the members on this server. Sends nothing until the state is computed. Guarded by the delivery's lock.
/// </summary>
internal sealed class RoomViews(RulesRoom rules, RoomMembers members, RoomPresence presence, RoomBroadcast broadcast)
{
    /// <summary>Sends the views of an event to the members who accept the rules' command.</summary>
    public void Send(in RoomEvent roomEvent)
    {
        if (rules.Replica is null)
            return;
        presence.SendPending();
        broadcast.SendViews(roomEvent, rules.Views);
    }

    /// <summary>Sends the whole view to a member.</summary>
    public void SendTo(Session session)
    {
        if (TryName(session, out var key))
            Send(session, rules.Views.TryWrite(key, out var view) ? view : null);
    }

    /// <summary>Sends the whole view to all members. Members with the same view share its bytes.</summary>
    public void SendToAll()
    {
        var written = new Dictionary<ViewKey, RulesView?>();
        foreach (var session in members.All)
        {
            if (!TryName(session, out var key))
                continue;
            if (!written.TryGetValue(key, out var view))
                written.Add(key, view = rules.Views.TryWrite(key, out var seen) ? seen : null);
            Send(session, view);
        }
    }

    private bool TryName(Session session, out ViewKey key)
    {
        key = default;
        if (rules.Replica is null || !session.Accepts(rules.Command))
            return false;
        session.Membership.HasView = rules.Views.TryGetKey(session.Member!, hasView: false, out key);
        return session.Membership.HasView;
    }

    private void Send(Session session, RulesView? view) =>
        session.Membership.HasView = view is { } seen && session.SendPacket(PacketHeader.Unasked, rules.Command, 0, 1, seen.Data.Span);
}
