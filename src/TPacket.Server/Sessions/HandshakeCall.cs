using System.Diagnostics;
using System.Net;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions;

/// <summary>Calls the application's handshake policy.</summary>
internal sealed class HandshakeCall(IHandshakePolicy policy)
{
    /// <summary>Returns the policy's decision about an upgrade request.</summary>
    public ValueTask<HandshakeDecision> DecideAsync(UpgradeRequest request, EndPoint? remote) => policy.DecideAsync(new HandshakeRequest(request, remote));

    /// <summary>Returns the policy's decision about the upgrade request of a session. The session keeps the principal of the decision.</summary>
    /// <param name="request">The request.</param>
    /// <param name="session">The session.</param>
    /// <param name="links">The links to the activity of the handshake, which the session keeps as well; null for none.</param>
    public ValueTask<UpgradeDecision> DecideAsync(UpgradeRequest request, Session session, ActivityLink[]? links = null)
    {
        var deciding = DecideAsync(request, session.RemoteEndPoint);
        return deciding.IsCompletedSuccessfully ? new ValueTask<UpgradeDecision>(Record(deciding.Result, session, links)) : WaitAsync(deciding, session, links);
    }

    private static async ValueTask<UpgradeDecision> WaitAsync(ValueTask<HandshakeDecision> deciding, Session session, ActivityLink[]? links) =>
        Record(await deciding.ConfigureAwait(false), session, links);

    private static UpgradeDecision Record(HandshakeDecision decision, Session session, ActivityLink[]? links)
    {
        session.Handshake = HandshakeRecord.Create(links, decision.Principal);
        return decision.Upgrade;
    }
}
