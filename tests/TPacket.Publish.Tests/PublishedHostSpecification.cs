using System.Runtime.InteropServices;
using TPacket.Samples.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Publish.Tests;

/// <summary>The behaviour of the console host, for each way to publish it.</summary>
public abstract class PublishedHostSpecification(PublishedHost host) : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    [Fact]
    public async Task The_host_answers_recorded_clients_with_the_recorded_packets_and_ends_cleanly()
    {
        await using var running = await host.StartAsync(_deadline.Token);
        await new Transcript().ReplayAsync(() => TestClient.ConnectAsync(new Uri($"ws://{running.EndPoint}/")));
        // Windows has no signals to send; the test ends there.
        if (OperatingSystem.IsWindows())
            return;

        var ended = await running.StopAsync(PosixSignal.SIGTERM, _deadline.Token);

        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Contains("Stopped.", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_compresses_if_the_setting_is_on()
    {
        await using var running = await host.StartAsync(_deadline.Token, "--TPacket:Compression=true", "--TPacket:CompressionMinimumBytes=0");
        await new Transcript().ReplayAsync(() => TestClient.ConnectAsync(new Uri($"ws://{running.EndPoint}/"), compression: true));
    }

    [Fact]
    public async Task The_host_keeps_rooms_in_a_file()
    {
        var folder = Directory.CreateTempSubdirectory("tpacket-publish-");
        try
        {
            var argument = $"--TPacket:Sqlite:Path={Path.Combine(folder.FullName, "chat.db")}";
            await using (var running = await host.StartAsync(_deadline.Token, argument))
            {
                await using var alice = await ConnectAsync(running, "alice");
                await alice.JoinAsync("lobby");
                await alice.SayAsync("hello");
                await running.EndAsync(_deadline.Token);
            }

            await using var again = await host.StartAsync(_deadline.Token, argument);
            await using var bob = await ConnectAsync(again, "bob");
            Assert.Equal([(Wire.NewUser, "bob"), (Wire.LoggedMsg, "alice: hello")], (await bob.JoinAsync("lobby")).Select(static packet => (packet.Command, packet.Text)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _deadline.Dispose();
    }

    private static async Task<TestClient> ConnectAsync(SampleProcess running, string nick)
    {
        var client = await TestClient.ConnectAsync(new Uri($"ws://{running.EndPoint}/"));
        await client.SignInAsync(nick);
        return client;
    }
}
