using Xunit.Abstractions;

namespace TPacket.Redis.Tests.Harness;

/// <summary>One Redis for the tests of a collection, which use different prefixes.</summary>
public sealed class RedisFixture(IMessageSink console) : IAsyncLifetime
{
    public RedisProgram Program { get; private set; } = null!;

    public RedisServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Program = await RedisProgram.FindAsync(console);
        Server = await RedisServer.StartAsync(Program);
    }

    public async Task DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();
    }
}
