using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Cluster;

/// <summary>Servers of one process that query each other without a shared store.</summary>
internal sealed class LinkedServers : IAsyncDisposable
{
    private readonly List<Link> _links = [];
    private readonly List<TestServer> _servers = [];

    public TestServer this[int index] => _servers[index];

    /// <summary>The task that each answer waits for.</summary>
    public Task Answers { get; set; } = Task.CompletedTask;

    public ICluster Cluster(int index) => _servers[index].Services.GetRequiredService<ICluster>();

    public IClusterAdmin Admin(int index) => _servers[index].Services.GetRequiredService<IClusterAdmin>();

    /// <summary>Returns a server's answer to an encoded question.</summary>
    public ReadOnlyMemory<byte> Answer(int index, ReadOnlyMemory<byte> question) => _links[index].Answer!(question);

    public static async Task<LinkedServers> StartAsync(int count, Action<TPacketServerOptions>? options = null, TimeProvider? time = null)
    {
        var servers = new LinkedServers();
        for (var i = 0; i < count; i++)
        {
            var link = new Link(servers);
            servers._links.Add(link);
            var first = i * 100;
            servers._servers.Add(await TestServer.StartAsync(options, builder =>
            {
                builder.Services.AddSingleton<IServerLink>(link);
                builder.Services.AddSingleton<IUserIdStore>(new Ids(IUserIdStore.FirstId + first));
            }, time));
        }

        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    private sealed class Link(LinkedServers servers) : IServerLink
    {
        public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Answer { get; set; }

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> question, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var other in servers._links.Where(other => other != this))
            {
                await servers.Answers.WaitAsync(cancellationToken);
                yield return other.Answer!(question);
            }
        }
    }

    /// <summary>User ids that differ between the servers.</summary>
    private sealed class Ids(int next) : IUserIdStore
    {
        public ValueTask<UserIdBlock> ReserveAsync(int count) => new(new UserIdBlock(next, 100));
    }
}
