using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client.Connection;

/// <summary>
/// What follows the end of a connection: the next attempt and the delay before it, or nothing. Decided from values alone, without a clock and without chance of its own. The TypeScript client has
/// the same decision in reconnection.ts.
/// </summary>
/// <param name="Attempt">Which attempt comes next, counted from 1 since the last connection that was stable.</param>
/// <param name="Delay">How long the client waits before it.</param>
internal readonly record struct Reconnection(int Attempt, TimeSpan Delay)
{
    /// <summary>Close code: another connection has taken the user's session over (docs/protocol.md, Sessions).</summary>
    public const CloseStatus TakenOver = (CloseStatus)4001;

    /// <summary>Decides what follows the end of a connection.</summary>
    /// <param name="cause">Why it has ended, or was not made.</param>
    /// <param name="attempt">Which attempt it came of; 0 for ConnectAsync.</param>
    /// <param name="ready">How long the client was ready; null if it never was.</param>
    /// <param name="options">What the application wants.</param>
    /// <param name="chance">From 0 up to 1.</param>
    /// <param name="wanted">The delay that the server has asked for; null for none.</param>
    /// <returns>Null where the client gives up.</returns>
    public static Reconnection? After(DisconnectCause cause, int attempt, TimeSpan? ready, ReconnectOptions options, double chance, TimeSpan? wanted = null)
    {
        // A first attempt that fails is the caller's to repeat, unless the server has said when to come back.
        if (!IsTransient(cause) || (attempt == 0 && ready is null && wanted is null))
            return null;
        // A server that drops whoever becomes ready would be asked for ever at the shortest delay, if becoming ready were enough (RFC 6455, section 7.2.3).
        var made = ready >= options.StableAfter ? 0 : attempt;
        if (made >= options.MaxAttempts)
            return null;
        var delay = DelayOf(made + 1, options, chance);
        // The server's delay spreads its clients over time, so the first attempt keeps to it exactly. Later ones never come sooner than without it.
        return new Reconnection(made + 1, wanted is { } asked && (made == 0 || asked > delay) ? asked : delay);
    }

    /// <summary>Whether another attempt may fare better.</summary>
    public static bool IsTransient(DisconnectCause cause) => cause.Kind switch
    {
        DisconnectKind.Lost or DisconnectKind.Timeout => true,
        // The client's errors (RFC 9110, section 15.5) are final, but for those that pass with time: Request Timeout, Too Early, Too Many Requests, and the Not Found of a proxy whose server restarts.
        DisconnectKind.Unreachable => cause.HttpStatus is not (>= 400 and < 500) or 404 or 408 or 425 or 429,
        // These say that the client broke the protocol, and would again, or that the server does not want it (RFC 6455, section 7.4).
        DisconnectKind.ClosedByServer => cause.CloseStatus is not (
            CloseStatus.ProtocolError or CloseStatus.UnsupportedData or CloseStatus.InvalidPayloadData or CloseStatus.PolicyViolation or CloseStatus.MessageTooBig or TakenOver),
        // Not what is wrong with the request itself. A nick is taken, too, while the server does not know that the connection before is gone.
        DisconnectKind.Refused => cause.ErrorCode is
            PacketErrorCode.Unspecified or PacketErrorCode.HandlerFailed or PacketErrorCode.StoreFailed or PacketErrorCode.Unknown or PacketErrorCode.NickTaken or
            PacketErrorCode.RateLimited or PacketErrorCode.TryLater,
        _ => false,
    };

    private static TimeSpan DelayOf(int attempt, ReconnectOptions options, double chance)
    {
        var doubled = options.InitialDelay.TotalMilliseconds * Math.Pow(2, attempt - 1);
        return TimeSpan.FromMilliseconds(Math.Min(doubled, options.MaxDelay.TotalMilliseconds) * (1 - chance / 2));
    }
}
