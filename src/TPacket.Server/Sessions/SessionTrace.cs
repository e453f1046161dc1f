using System.Diagnostics;
using TPacket.Server.Commands;
using TPacket.Server.Diagnostics;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions;

/// <summary>Leads handshakes and commands through activities, where somebody listens to these.</summary>
internal static class SessionTrace
{
    public static async ValueTask<UpgradeDecision> DecideUpgradeAsync(SessionHost host, Session session, UpgradeRequest request)
    {
        using var activity = host.Activities.StartHandshake(request);
        session.HandshakeLink = ServerActivities.LinkTo(activity);
        try
        {
            var decision = await host.DecideUpgradeAsync(request, session.RemoteEndPoint).ConfigureAwait(false);
            ServerActivities.StopHandshake(activity, decision.Refusal?.StatusCode ?? ServerActivities.AcceptedStatusOf(request));
            return decision;
        }
        catch
        {
            ServerActivities.StopHandshake(activity, 500);
            throw;
        }
    }

    public static ValueTask Handle(SessionHost host, Session session, SessionContext context, CommandRoute route)
    {
        var around = Activity.Current;
        context.Activity = host.Activities.StartCommand(context.Command, session.HandshakeLink);
        try
        {
            return session.Handle(route);
        }
        finally
        {
            // The thread goes on with something else.
            Activity.Current = around is { IsStopped: true } ? null : around;
        }
    }
}
