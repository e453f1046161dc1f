using TPacket.Server.Diagnostics;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions;

/// <summary>Records the handshakes of sessions as activities.</summary>
internal static class SessionTrace
{
    /// <summary>Calls the handshake policy within an activity, to which the session's commands are linked.</summary>
    public static async ValueTask<UpgradeDecision> DecideUpgradeAsync(ServerActivities activities, HandshakeCall handshake, Session session, UpgradeRequest request)
    {
        using var activity = activities.StartHandshake(request);
        try
        {
            var decision = await handshake.DecideAsync(request, session, ServerActivities.LinkTo(activity)).ConfigureAwait(false);
            ServerActivities.StopHandshake(activity, decision.Refusal?.StatusCode ?? ServerActivities.AcceptedStatusOf(request));
            return decision;
        }
        catch
        {
            ServerActivities.StopHandshake(activity, 500);
            throw;
        }
    }
}
