using TPacket.Samples.Tests.Harness;

namespace TPacket.Samples.Tests.TerminalChat;

/// <summary>The program without a terminal, against the console host.</summary>
public sealed class LineModeTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task Two_clients_receive_each_others_messages_and_one_leaves_when_its_input_ends()
    {
        await using var host = await SampleProcess.StartAsync(SampleProcess.ConsoleHost, _deadline.Token);
        var address = $"ws://{host.EndPoint}/";
        await using var alice = await SampleProcess.StartTerminalChatAsync(_deadline.Token, address, "--nick", "alice");
        await using var bob = await SampleProcess.StartTerminalChatAsync(_deadline.Token, address, "--nick", "bøb");
        await alice.LogHasAsync("* bøb has joined.", _deadline.Token);

        await alice.EnterAsync("grüße 😀");
        await bob.LogHasAsync("alice: grüße 😀", _deadline.Token);
        await bob.EnterAsync("/who");
        await bob.LogHasAsync("* 2 here: ", _deadline.Token);
        await bob.EnterAsync("/nick other");
        await bob.LogHasAsync("! ", _deadline.Token);
        await bob.EnterAsync("the last thing");
        Assert.Equal(0, (await bob.EndInputAsync(_deadline.Token)).ExitCode);

        await alice.LogHasAsync("bøb: the last thing", _deadline.Token);
        await alice.LogHasAsync("* bøb has left.", _deadline.Token);
        await alice.EnterAsync("/quit");
        Assert.Equal(0, (await alice.EndInputAsync(_deadline.Token)).ExitCode);
    }

    [Fact]
    public async Task The_program_ends_with_the_chat_although_its_input_is_open()
    {
        var host = await SampleProcess.StartAsync(SampleProcess.ConsoleHost, _deadline.Token);
        await using var alice = await SampleProcess.StartTerminalChatAsync(_deadline.Token, $"ws://{host.EndPoint}/", "--nick", "alice");
        await host.EndAsync(_deadline.Token);
        await host.DisposeAsync();

        // The next server requires another magic string, so that its 1008 is final.
        var port = host.EndPoint[(host.EndPoint.LastIndexOf(':') + 1)..];
        await using var other = await SampleProcess.StartAsync(SampleProcess.ConsoleHost, _deadline.Token, $"--TPacket:Port={port}", "--TPacket:MagicString=open sesame");

        var ended = await alice.WaitForEndAsync(_deadline.Token);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("! The chat has ended: the server closed with 1008", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_server_the_program_prints_the_reason()
    {
        var ended = await SampleProcess.RunAsync(SampleProcess.TerminalChat, _deadline.Token, "ws://127.0.0.1:1/");
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("127.0.0.1:1", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_arguments_print_the_usage()
    {
        var ended = await SampleProcess.RunAsync(SampleProcess.TerminalChat, _deadline.Token, "--help");
        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith("TerminalChat [ADDRESS]", ended.Errors, StringComparison.Ordinal);
    }
}
