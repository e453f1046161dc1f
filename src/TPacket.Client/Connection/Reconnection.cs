using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client.Connection;

/// <summary>
/// The next attempt after the end of a connection, and the delay before it. <see cref="After"/> is a pure function: it reads no clock and draws no random
/// number. The TypeScript client has the same function in reconnection.ts.
/// </summary>
/// <param name="Attempt">The number of the attempt, from 1 after the last stable connection.</param>
/// <param name="Delay">The delay before the attempt.</param>
internal readonly record struct Reconnection(int Attempt, TimeSpan Delay)
{
    /// <summary>The close code of a connection that lost the user's session to another one (docs/protocol.md, Sessions).</summary>
    public const CloseStatus TakenOver = (CloseStatus)4001;

    /// <summary>Decides whether the client makes another attempt after the end of a connection, and after which delay.</summary>
    /// <param name="cause">The cause of the end, or of the failed attempt.</param>
    /// <param name="attempt">The number of the attempt that made the connection; 0 for ConnectAsync.</param>
    /// <param name="ready">How long the client was ready; null if it never was.</param>
    /// <param name="options">The application's options.</param>
    /// <param name="chance">A random number from 0 inclusive to 1 exclusive.</param>
    /// <param name="wanted">The delay that the server asks for; null for none.</param>
    /// <returns>The next attempt; null if the client gives up.</returns>
    public static Reconnection? After(DisconnectCause cause, int attempt, TimeSpan? ready, ReconnectOptions options, double chance, TimeSpan? wanted = null)
    {
        // The client does not repeat a failed first attempt, unless the server has named a delay for the next one.
        if (!IsTransient(cause) || (attempt == 0 && ready is null && wanted is null))
            return null;
        // Only a stable connection resets the count. Otherwise a client would reconnect at the shortest delay forever to a server that drops it whenever
        // it is ready (RFC 6455, section 7.2.3).
        var made = ready >= options.StableAfter ? 0 : attempt;
        if (made >= options.MaxAttempts)
            return null;
        var delay = DelayOf(made + 1, options, chance);
        // The server's delay spreads its clients over time, so the first attempt uses it exactly. Later attempts use the longer delay.
        return new Reconnection(made + 1, wanted is { } asked && (made == 0 || asked > delay) ? asked : delay);
    }

    /// <summary>Returns whether another attempt may succeed.</summary>
    public static bool IsTransient(DisconnectCause cause) => cause.Kind switch
    {
        DisconnectKind.Lost or DisconnectKind.Timeout => true,
        // Client errors (RFC 9110, section 15.5) are final, except the temporary ones: Request Timeout, Too Early, Too Many Requests,
        // and the Not Found of a proxy while its server restarts.
        DisconnectKind.Unreachable => cause.HttpStatus is not (>= 400 and < 500) or 404 or 408 or 425 or 429,
        // With these codes the server says that the client has violated the protocol, which it would do again, or that it rejects the client (RFC 6455,
        // section 7.4).
        DisconnectKind.ClosedByServer => cause.CloseStatus is not (
            CloseStatus.ProtocolError or CloseStatus.UnsupportedData or CloseStatus.InvalidPayloadData or CloseStatus.PolicyViolation or CloseStatus.MessageTooBig or TakenOver),
        // The request itself does not cause these errors. NickTaken is temporary while the server has not noticed the end of the previous connection.
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
