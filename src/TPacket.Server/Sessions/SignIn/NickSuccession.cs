using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Cluster;
using TPacket.Server.Diagnostics;
using TPacket.Server.Nicks;
using TPacket.Server.Rooms;

namespace TPacket.Server.Sessions.SignIn;

/// <summary>
/// Gives a taken nick to a new client of the same principal, whether its holder is on
/// this server or on another server (<see cref="TPacketServerOptions.NickTakeover"/>).
/// </summary>
internal sealed class NickSuccession(
    NickReservations nicks,
    NickTakeover takeover,
    ServerCluster cluster,
    StoreDeadline storeDeadline,
    TimeProvider timeProvider,
    IOptions<TPacketServerOptions> options,
    ILogger<Session> logger)
{
    private static readonly TimeSpan _firstDelay = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _longestDelay = TimeSpan.FromMilliseconds(320);

    /// <summary>Disconnects the principal's earlier users of the nick, then reserves the nick.</summary>
    /// <param name="nick">The nick.</param>
    /// <param name="newcomer">A client that is not signed in.</param>
    /// <param name="refusal">The policy's refusal, which the method returns if the principal does not have the nick.</param>
    /// <exception cref="TimeoutException">The policy did not decide in time.</exception>
    public async ValueTask<NickDecision> SucceedAsync(string nick, Session newcomer, NickDecision refusal)
    {
        if (!options.Value.NickTakeover || newcomer.Handshake?.HashedPrincipal is not { } principal)
            return refusal;
        var until = storeDeadline.Begin();
        var leaving = takeover.Begin(nick, principal);
        // A user that has just moved to another server may still be here, while its session is on the other server.
        var isElsewhere = await TryTakeElsewhereAsync(nick, principal).ConfigureAwait(false);
        if (leaving is null && !isElsewhere)
            return refusal;
        if (leaving is not null && !await storeDeadline.TryWaitAsync(leaving, until).ConfigureAwait(false))
            return refusal;
        SessionLog.NickTakenOver(logger, newcomer.RemoteEndPoint);
        var decision = await nicks.ReserveAsync(nick, newcomer).ConfigureAwait(false);
        // The other server does not notify this server when its user has left, so the policy is called again after a delay.
        for (var delay = _firstDelay; isElsewhere && decision.Code == PacketErrorCode.NickTaken && timeProvider.GetTimestamp() < until; delay = delay < _longestDelay ? delay * 2 : delay)
        {
            await Task.Delay(delay, timeProvider).ConfigureAwait(false);
            decision = await nicks.ReserveAsync(nick, newcomer).ConfigureAwait(false);
        }

        return decision;
    }

    private async ValueTask<bool> TryTakeElsewhereAsync(string nick, SecretHash principal)
    {
        try
        {
            return await cluster.TakeOverNickAsync(nick, principal).ConfigureAwait(false);
        }
        catch (RoomStoreException e)
        {
            SessionLog.NickTakeoverFailed(logger, e);
            return false;
        }
    }
}
