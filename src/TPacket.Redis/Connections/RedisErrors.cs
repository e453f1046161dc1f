using StackExchange.Redis;

namespace TPacket.Server.Redis.Connections;

/// <summary>Translates exceptions of StackExchange.Redis and determines whether Redis may have executed the command.</summary>
internal static class RedisErrors
{
    // Redis returns these errors before it executes a command or the first write of a script.
    private static readonly string[] _refusals =
        ["NOSCRIPT", "LOADING", "READONLY", "OOM", "NOREPLICAS", "MASTERDOWN", "BUSY", "CLUSTERDOWN", "TRYAGAIN", "MISCONF", "NOAUTH", "NOPERM", "WRONGPASS"];

    // Part of StackExchange.Redis' message when it has no connection to the target of a redirection, or must not follow the redirection.
    private const string Unreachable = "is not reachable at this point of time";

    private static readonly string[] _redirections = ["MOVED ", "ASK ", "Key has MOVED", "The server redirected"];

    /// <summary>Converts an exception to the exception that the store throws.</summary>
    public static RoomStoreException Translate(Exception error) => error as RoomStoreException
        ?? new RoomStoreException($"Redis failed: {error.Message}", IsUnknown(error), error);

    /// <summary>Returns whether the server has redirected the command to another server. It was not executed.</summary>
    public static bool IsRedirection(Exception error) => error is RedisException
        && (Array.Exists(_redirections, redirection => error.Message.StartsWith(redirection, StringComparison.Ordinal)) || error.Message.Contains(Unreachable, StringComparison.Ordinal));

    private static bool IsUnknown(Exception error) => error switch
    {
        _ when IsRedirection(error) => false,
        RedisServerException server => !Array.Exists(_refusals, refusal => server.Message.StartsWith(refusal, StringComparison.Ordinal)),
        RedisTimeoutException timeout => timeout.Commandstatus != CommandStatus.WaitingInBacklog,
        RedisConnectionException connection => connection.CommandStatus is not (CommandStatus.WaitingInBacklog or CommandStatus.WaitingToBeSent),
        _ => true,
    };
}
