using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Docs.Tests.Snippets;
using TPacket.Server;

namespace TPacket.Docs.Tests;

public class FirstStepsTests
{
    [Fact]
    public async Task The_readmes_server_and_a_client_with_only_the_codec_exchange_messages()
    {
        Client? client = null;

        var server = FirstServer.RunAsync(
            ["--TPacket:Address=127.0.0.1", "--TPacket:Port=0"],
            builder => builder.Services.AddSingleton<IHostedService>(services => client = new Client(services)));
        await server.WaitAsync(TimeSpan.FromMinutes(1));
        await client!.Talk;

        Assert.Equal(["RespOk 0 ", "RespOk 0 ", "NewUser 4096 alice", "NewMsg 4096 hello"], client.Printed.Take(4));
    }

    /// <summary>Runs the client when the server listens, and stops the host when the client has received its own message.</summary>
    private sealed class Client(IServiceProvider services) : IHostedService
    {
        public List<string> Printed { get; } = [];

        public Task Talk { get; private set; } = Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var endPoint = (IPEndPoint)services.GetRequiredService<TPacketServer>().EndPoints[0];
            Talk = CodecClient.RunAsync(new Uri($"ws://{endPoint}/"), Print);
            return Task.CompletedTask;
        }

        // The server ends the connection.
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private void Print(string line)
        {
            Printed.Add(line);
            if (line.StartsWith("NewMsg", StringComparison.Ordinal))
                services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        }
    }
}
