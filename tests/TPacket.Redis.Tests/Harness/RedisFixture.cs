using Xunit.Abstractions;
using Xunit.Sdk;

namespace TPacket.Redis.Tests.Harness;

/// <summary>The Redis of a collection. Each test uses its own key prefix.</summary>
public sealed class RedisFixture(IMessageSink console) : IAsyncLifetime
{
    private static readonly SemaphoreSlim _finding = new(1, 1);

    public RedisProgram Program { get; private set; } = null!;

    public RedisServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Program = await FindProgramAsync(console);
        Server = await RedisServer.StartAsync(Program);
    }

    /// <summary>Finds redis-server, or unpacks it.</summary>
    public static async Task<RedisProgram> FindProgramAsync(IMessageSink console)
    {
        // The first caller unpacks it; the others wait.
        await _finding.WaitAsync();
        try
        {
            // The folder of the tests is <artifacts>/bin/<project>/<configuration>.
            var artifacts = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.FullName;
            return await RedisProgram.FindAsync(artifacts, what => console.OnMessage(new DiagnosticMessage(what)));
        }
        finally
        {
            _finding.Release();
        }
    }

    public async Task DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();
    }
}
