using TPacket.Samples.Tests.Harness;

namespace TPacket.Publish.Tests;

public sealed class NativeChatTests(NativeChat chat) : IClassFixture<NativeChat>
{
    [Fact]
    public async Task The_client_joins_and_sends_messages()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await using var host = await SampleProcess.StartAsync(SampleProcess.ConsoleHost, deadline.Token);
        var address = $"ws://{host.EndPoint}/";
        await using var alice = await SampleProcess.StartTerminalChatProgramAsync(chat.Program, deadline.Token, address, "--nick", "alice");
        await using var bob = await SampleProcess.StartTerminalChatProgramAsync(chat.Program, deadline.Token, address, "--nick", "bob");

        await bob.EnterAsync("hello");

        await alice.LogHasAsync("bob: hello", deadline.Token);
        Assert.Equal(0, (await bob.EndInputAsync(deadline.Token)).ExitCode);
        await alice.LogHasAsync("* bob has left.", deadline.Token);
    }

    [Fact]
    public void The_program_needs_no_runtime() => Assert.Empty(Directory.GetFiles(chat.Folder, "*.dll"));
}
