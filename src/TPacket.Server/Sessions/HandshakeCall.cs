using System.Net;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions;

/// <summary>Calls the application's handshake policy.</summary>
internal sealed class HandshakeCall(IHandshakePolicy policy)
{
    /// <summary>Returns the policy's decision about an upgrade request.</summary>
    public ValueTask<UpgradeDecision> DecideAsync(UpgradeRequest request, EndPoint? remote)
    {
        var deciding = policy.DecideAsync(new HandshakeRequest(request, remote));
        return deciding.IsCompletedSuccessfully ? new ValueTask<UpgradeDecision>(deciding.Result.Upgrade) : WaitAsync(deciding);
    }

    private static async ValueTask<UpgradeDecision> WaitAsync(ValueTask<HandshakeDecision> deciding) => (await deciding.ConfigureAwait(false)).Upgrade;
}
