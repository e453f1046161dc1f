using StackExchange.Redis;

namespace TPacket.Server.Redis.Connections;

/// <summary>Translates exceptions of StackExchange.Redis, and finds out whether Redis may have executed the command.</summary>
internal static class Failures
{
    // Redis answers with one of these before a command or the first write of a script is executed.
    private static readonly string[] _refusals =
        ["NOSCRIPT", "LOADING", "READONLY", "OOM", "NOREPLICAS", "MASTERDOWN", "BUSY", "CLUSTERDOWN", "TRYAGAIN", "MISCONF", "NOAUTH", "NOPERM", "WRONGPASS"];

    // StackExchange.Redis says so of a redirection to a server to which it has no connection, and of one that it was not to follow.
    private const string Unreachable = "is not reachable at this point of time";

    private static readonly string[] _redirections = ["MOVED ", "ASK ", "Key has MOVED", "The server redirected"];

    /// <summary>The failure that a caller of the store gets.</summary>
    public static RoomStoreException Translate(Exception error) => error as RoomStoreException
        ?? new RoomStoreException($"Redis failed: {error.Message}", IsUnknown(error), error);

    /// <summary>Whether a server has answered that another one has the keys: the command was not executed.</summary>
    public static bool IsElsewhere(Exception error) => error is RedisException
        && (Array.Exists(_redirections, redirection => error.Message.StartsWith(redirection, StringComparison.Ordinal)) || error.Message.Contains(Unreachable, StringComparison.Ordinal));

    private static bool IsUnknown(Exception error) => error switch
    {
        _ when IsElsewhere(error) => false,
        RedisServerException server => !Array.Exists(_refusals, refusal => server.Message.StartsWith(refusal, StringComparison.Ordinal)),
        RedisTimeoutException timeout => timeout.Commandstatus != CommandStatus.WaitingInBacklog,
        RedisConnectionException connection => connection.CommandStatus is not (CommandStatus.WaitingInBacklog or CommandStatus.WaitingToBeSent),
        _ => true,
    };
}
