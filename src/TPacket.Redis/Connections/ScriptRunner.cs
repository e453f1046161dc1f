using StackExchange.Redis;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Connections;

/// <summary>
/// Runs scripts by their hash, and by their text where Redis may not know them: with the first call in each partition after a connection was made. Calls of one thread are executed in their order.
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

    /// <summary>Runs a script, and runs it again with its text where its hash is unknown.</summary>
    /// <exception cref="RoomStoreException">The script was not executed, or it is unknown whether it was.</exception>
    public async Task<RedisResult> RunAsync(Script script, int partition, RedisKey[] keys, RedisValue[] arguments)
    {
        var result = await TryRunAsync(script, partition, keys, arguments).ConfigureAwait(false);
        // A hash that is unknown was not executed, and nothing depends on the order.
        return result ?? await RunTextAsync(script, partition, keys, arguments).ConfigureAwait(false);
    }

    /// <summary>Runs a script.</summary>
    /// <returns>Null where Redis does not know its hash: it was not executed, and the next call brings the text.</returns>
    /// <exception cref="RoomStoreException">The script was not executed, or it is unknown whether it was.</exception>
    public Task<RedisResult?> TryRunAsync(Script script, int partition, RedisKey[] keys, RedisValue[] arguments)
    {
        if (Volatile.Read(ref _isKnown)[Index(script, partition)])
            return RunHashAsync(script, partition, keys, arguments);
        Task<RedisResult?> running = RunTextAsync(script, partition, keys, arguments)!;
        return running;
    }

    private async Task<RedisResult?> RunHashAsync(Script script, int partition, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return await _database.ScriptEvaluateAsync(script.Hash, keys, arguments).ConfigureAwait(false);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            Volatile.Read(ref _isKnown)[Index(script, partition)] = false;
            return null;
        }
        catch (Exception e)
        {
            throw Failures.Translate(e);
        }
    }

    private async Task<RedisResult> RunTextAsync(Script script, int partition, RedisKey[] keys, RedisValue[] arguments)
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
            var result = await _database.ExecuteAsync("EVAL", all).ConfigureAwait(false);
            known[Index(script, partition)] = true;
            return result;
        }
        catch (Exception e)
        {
            throw Failures.Translate(e);
        }
    }

    private void ForgetAll() => Volatile.Write(ref _isKnown, new bool[_isKnown.Length]);

    private static int Index(Script script, int partition) => (partition * Script.Count) + script.Index;
}
