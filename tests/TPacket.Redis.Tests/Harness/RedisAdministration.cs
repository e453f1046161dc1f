using StackExchange.Redis;

namespace TPacket.Redis.Tests.Harness;

/// <summary>Administrative connections to Redis.</summary>
internal static class RedisAdministration
{
    /// <summary>Opens an administrative connection.</summary>
    public static async Task<ConnectionMultiplexer> ConnectAsync(this RedisServer server) => await ConnectionMultiplexer.ConnectAsync($"{server.Configuration},allowAdmin=true");

    /// <summary>Executes a command on one server.</summary>
    public static async Task<RedisResult> ExecuteAsync(this RedisServer server, string command, params object[] arguments)
    {
        await using var connection = await server.ConnectAsync();
        return await connection.GetServer("127.0.0.1", server.Port).ExecuteAsync(command, arguments);
    }
}
