using System.Runtime.InteropServices;
using TPacket.Samples.Tests.Harness;
using TPacket.Server.Tests.Harness;
using TPacket.Sqlite.Tests.Harness;

namespace TPacket.Sqlite.Tests.Hosting;

/// <summary>The sample host with a SQLite file.</summary>
[Trait("Speed", "Slow")]
public sealed class HostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_room_has_its_history_and_no_members_after_a_restart()
    {
        if (OperatingSystem.IsWindows())
            return; // Windows has no SIGTERM.
        await using (var host = await StartAsync())
        {
            await using var alice = await TestClient.ConnectAsync(new Uri($"ws://{host.EndPoint}/"));
            await alice.SignInAsync("alice");
            await alice.JoinAsync("lobby");
            await alice.SayAsync("hello");
            var ending = host.StopAsync(PosixSignal.SIGTERM, _deadline.Token);
            await alice.ReceiveCloseAsync();
            await alice.CloseAsync();
            var ended = await ending;
            Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        }

        Assert.False(File.Exists(_folder.File + "-wal"));
        await using var again = await StartAsync();
        await using var bob = await TestClient.ConnectAsync(new Uri($"ws://{again.EndPoint}/"));
        await bob.SignInAsync("bob");
        Assert.Equal([(Wire.NewUser, "bob"), (Wire.LoggedMsg, "alice: hello")], (await bob.JoinAsync("lobby")).Select(static packet => (packet.Command, packet.Text)));
    }

    [Fact]
    public async Task A_second_host_ends_with_one_line_and_exit_code_1()
    {
        await using var host = await StartAsync();

        var second = await SampleProcess.RunAsync(SampleProcess.ConsoleHost, _deadline.Token, "--TPacket:Port=0", $"--TPacket:Sqlite:Path={_folder.File}");

        Assert.Equal((1, $"The file '{_folder.File}' is served by another process, which holds '{_folder.File}.lock'."), (second.ExitCode, second.Errors.Trim()));
    }

    [Fact]
    public async Task A_setting_that_is_out_of_range_ends_the_host_with_one_line_and_exit_code_1()
    {
        var ended = await SampleProcess.RunAsync(
            SampleProcess.ConsoleHost, _deadline.Token, "--TPacket:Port=0", $"--TPacket:Sqlite:Path={_folder.File}", "--TPacket:Sqlite:ReadConnections=0");

        Assert.Equal((1, "TPacket:Sqlite:ReadConnections must be 1 to 64, but is 0."), (ended.ExitCode, ended.Errors.Trim()));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    public void Dispose()
    {
        _deadline.Dispose();
        _folder.Dispose();
    }

    private Task<SampleProcess> StartAsync() => SampleProcess.StartAsync(SampleProcess.ConsoleHost, _deadline.Token, $"--TPacket:Sqlite:Path={_folder.File}");
}
