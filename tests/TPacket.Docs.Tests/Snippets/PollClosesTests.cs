// begin-snippet: app-test
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Poll;
using TPacket.Client;
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Tutorial;

// begin-snippet: app-test
public sealed class PollClosesTests
{
    [Fact]
    public async Task A_poll_closes_a_minute_after_the_first_vote()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var deadline = timeout.Token;
        var time = new FakeTimeProvider();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services
            .AddTPacketServer(options =>
            {
                options.Address = "127.0.0.1";
                options.Port = 0;
            })
            .AddRules<PollRules>("*", command: 256);
        using var host = builder.Build();
        await host.StartAsync(deadline);
        var server = new Uri($"ws://{host.Services.GetRequiredService<TPacketServer>().EndPoints[0]}/");

        await using var alice = new TPacketClient(server, new TPacketClientOptions { AcceptedCommands = [(256, 256)] });
        var packets = alice.ReadEventsAsync().OfType<PacketReceived>();
        await alice.ConnectAsync("alice", "tea", deadline);
        await alice.AppendAsync(new Packet(256, """{"Choice":0}"""), deadline);
        await foreach (var received in packets.WithCancellation(deadline))
        {
            var ballot = Encoding.UTF8.GetString(received.Packet.Data.Span);
            if (ballot.Contains("IsClosed\":true", StringComparison.Ordinal))
                break;
            if (ballot.Contains("alice", StringComparison.Ordinal))
                time.Advance(TimeSpan.FromMinutes(1));
        }

        await host.StopAsync(deadline);
    }
}
// end-snippet
