using StackExchange.Redis;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Connections;

/// <summary>
/// Runs scripts by their hashes. Sends the text of a script instead until a call in the same partition has succeeded since the last connect,
/// because Redis may not have the script. Redis executes the calls of a thread in order. Thread-safe.
/// </summary>
internal sealed class ScriptRunner
{
    private readonly IDatabase _database;
    private bool[] _isKnown = new bool[(KeySpace.Partitions + 1) * Script.Count];

    public ScriptRunner(IConnectionMultiplexer connection)
    {
        _database = connection.GetDatabase();
        connection.ConnectionFailed += (_, _) => ForgetAll();
        connection.ConnectionRestored += (_, _) => ForgetAll();
    }

    /// <summary>Runs a script. Repeats the call with the script's text if Redis does not know the hash.</summary>
    /// <exception cref="RoomStoreException">The script was not executed, or its outcome is unknown.</exception>
    public async Task<RedisResult> RunAsync(Script script, int partition, RedisKey[] keys, RedisValue[] arguments)
    {
        var result = IsKnown(script, partition) ? await RunHashAsync(script, partition, keys, arguments, CommandFlags.None).ConfigureAwait(false) : null;
        // Redis has executed nothing if it does not know the hash. Callers of this method do not depend on the order.
        return result ?? (await RunTextAsync(script, partition, keys, arguments, CommandFlags.None).ConfigureAwait(false))!;
    }

    /// <summary>
    /// Runs a script on the server that had the partition last. Does not follow a redirection: the call would be executed after later calls,
    /// which go to the right server at once.
    /// </summary>
    /// <returns>
    /// Null if the server does not know the hash or does not have the partition. The script was not executed; the next call sends the text to the right server.
    /// </returns>
    /// <exception cref="RoomStoreException">The script was not executed, or its outcome is unknown.</exception>
    public Task<RedisResult?> TryRunAsync(Script script, int partition, RedisKey[] keys, RedisValue[] arguments) => IsKnown(script, partition)
        ? RunHashAsync(script, partition, keys, arguments, CommandFlags.NoRedirect)
        : RunTextAsync(script, partition, keys, arguments, CommandFlags.NoRedirect);

    private bool IsKnown(Script script, int partition) => Volatile.Read(ref _isKnown)[Index(script, partition)];

    private async Task<RedisResult?> RunHashAsync(Script script, int partition, RedisKey[] keys, RedisValue[] arguments, CommandFlags flags)
    {
        try
        {
            return await _database.ScriptEvaluateAsync(script.Hash, keys, arguments, flags).ConfigureAwait(false);
        }
        catch (RedisException e) when (e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal) || (flags == CommandFlags.NoRedirect && RedisErrors.IsRedirection(e)))
        {
            Volatile.Read(ref _isKnown)[Index(script, partition)] = false;
            return null;
        }
        catch (Exception e)
        {
            throw RedisErrors.Translate(e);
        }
    }

    private async Task<RedisResult?> RunTextAsync(Script script, int partition, RedisKey[] keys, RedisValue[] arguments, CommandFlags flags)
    {
        var known = Volatile.Read(ref _isKnown);
        var all = new object[2 + keys.Length + arguments.Length];
        (all[0], all[1]) = (script.Text, keys.Length);
        for (var i = 0; i < keys.Length; i++)
            all[2 + i] = keys[i];
        for (var i = 0; i < arguments.Length; i++)
            all[2 + keys.Length + i] = arguments[i];
        try
        {
            var result = await _database.ExecuteAsync("EVAL", all, flags).ConfigureAwait(false);
            known[Index(script, partition)] = true;
            return result;
        }
        catch (RedisException e) when (flags == CommandFlags.NoRedirect && RedisErrors.IsRedirection(e))
        {
            return null;
        }
        catch (Exception e)
        {
            throw RedisErrors.Translate(e);
        }
    }

    private void ForgetAll() => Volatile.Write(ref _isKnown, new bool[_isKnown.Length]);

    private static int Index(Script script, int partition) => (partition * Script.Count) + script.Index;
}
