using TPacket.Samples.Tests.Harness;

namespace TPacket.Samples.Tests.TerminalChat;

/// <summary>The program in a terminal of 60 cells and 12 rows.</summary>
public sealed class TerminalModeTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task The_chat_sends_messages_reports_a_lost_connection_and_restores_the_terminal()
    {
        // Linux systems have the script(1) of util-linux.
        if (!OperatingSystem.IsLinux())
            return;
        await using var host = await SampleProcess.StartAsync(SampleProcess.ConsoleHost, _deadline.Token);
        var address = $"ws://{host.EndPoint}/";
        await using var alice = SampleProcess.StartInTerminal(SampleProcess.TerminalChat, rows: 12, columns: 60, address, "--nick", "alice");
        await alice.ScreenHasAsync("\e[?1049h", _deadline.Token);
        await alice.ScreenHasAsync(" lobby | alice | 1 here", _deadline.Token);
        await using var bob = await SampleProcess.StartTerminalChatAsync(_deadline.Token, address, "--nick", "bob");

        await alice.TypeAsync("hullo\e[D\e[D\e[D\e[D\e[3~e\r");
        await bob.LogHasAsync("alice: hello", _deadline.Token);
        await bob.EnterAsync("\e[2J[red]x");
        await alice.ScreenHasAsync("\uFFFD[2J[red]x", _deadline.Token);

        await host.EndAsync(_deadline.Token);
        await alice.ScreenHasAsync(" connection lost: attempt ", _deadline.Token);

        await alice.TypeAsync("\u0003");
        var ended = await alice.WaitForEndAsync(_deadline.Token);
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("\e[?7h\e[?1049l", ended.Output, StringComparison.Ordinal);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_message_is_shown_as_pending_until_its_receipt()
    {
        // Linux systems have the script(1) of util-linux.
        if (!OperatingSystem.IsLinux())
            return;
        await using var host = await SampleProcess.StartAsync(SampleProcess.ConsoleHost, _deadline.Token);
        await using var alice = SampleProcess.StartInTerminal(SampleProcess.TerminalChat, rows: 12, columns: 60, $"ws://{host.EndPoint}/", "--nick", "alice");
        await alice.ScreenHasAsync(" lobby | alice | 1 here", _deadline.Token);
        await host.FreezeAsync(_deadline.Token);

        await alice.TypeAsync("one\r");
        await alice.ScreenHasAsync(" lobby | 1 pending | alice", _deadline.Token);
        await alice.TypeAsync("two\r");
        await alice.ScreenHasAsync("2 pending", _deadline.Token);
        await host.ThawAsync(_deadline.Token);
        await alice.ScreenHasAsync(" lobby | alice | 1 here", _deadline.Token);
    }
}
