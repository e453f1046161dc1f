using StackExchange.Redis;

namespace TPacket.Server.Redis.Connections;

/// <summary>What the exceptions of StackExchange.Redis say about a command.</summary>
internal static class Failures
{
    // Redis answers with one of these before a command or the first write of a script is executed.
    private static readonly string[] _refusals =
        ["NOSCRIPT", "LOADING", "READONLY", "OOM", "NOREPLICAS", "MASTERDOWN", "BUSY", "CLUSTERDOWN", "TRYAGAIN", "MISCONF", "NOAUTH", "NOPERM", "WRONGPASS"];

    /// <summary>The failure that a caller of the store gets.</summary>
    public static RoomStoreException Translate(Exception error) => error as RoomStoreException
        ?? new RoomStoreException($"Redis failed: {error.Message}", IsUnknown(error), error);

    private static bool IsUnknown(Exception error) => error switch
    {
        RedisServerException server => !Array.Exists(_refusals, refusal => server.Message.StartsWith(refusal, StringComparison.Ordinal)),
        RedisTimeoutException timeout => timeout.Commandstatus != CommandStatus.WaitingInBacklog,
        RedisConnectionException connection => connection.CommandStatus is not (CommandStatus.WaitingInBacklog or CommandStatus.WaitingToBeSent),
        _ => true,
    };
}
