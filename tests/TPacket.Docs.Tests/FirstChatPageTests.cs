using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using TPacket.Client;
using TPacket.Docs.Tests.Snippets;

namespace TPacket.Docs.Tests;

/// <summary>The programs of docs/tutorial-first-chat.md talk to each other.</summary>
public class FirstChatPageTests
{
    [Fact]
    public async Task The_pages_server_passes_messages_between_the_pages_client_and_another()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using var app = FirstChat.Create("--urls=http://127.0.0.1:0");
        await app.StartAsync(deadline.Token);
        var address = new Uri(new Uri(app.Urls.Single()), "chat");
        await using var alice = new TPacketClient(address);
        var events = alice.ReadEventsAsync();
        await alice.ConnectAsync("alice", "lobby", deadline.Token);
        var printed = new ConcurrentQueue<string>();
        using var received = new ManualResetEventSlim();
        Queue<string> lines = new(["hello"]);

        await Task.Run(() => Caller.RunAsync(address, Print, Read)).WaitAsync(deadline.Token);

        Assert.Equal(["bob: hello"], printed);
        Assert.Equal("hello", (await events.OfType<RoomMessage>().FirstAsync(deadline.Token)).Text);
        await app.StopAsync(deadline.Token);

        void Print(string line)
        {
            printed.Enqueue(line);
            received.Set();
        }

        // The input ends when the client has received its own message.
        string? Read()
        {
            if (lines.TryDequeue(out var line))
                return line;
            received.Wait(deadline.Token);
            return null;
        }
    }

    [Fact]
    public void The_pages_server_is_equal_to_the_template()
    {
        if (Repository.Root() is not { } root)
            return; // Run from elsewhere: the repository is not there.
        var template = File.ReadAllText(Path.Combine(root, "tools", "TPacket.Templates", "content", "chat", "Chat-Rooms", "ChatApp.cs"));
        var body = Regex.Match(template, @"^    \{\n(.*?)^    \}\n", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;

        Assert.Equal(Pages.Normalise("using TPacket.Server;\n" + body), Pages.Normalise(Pages.Snippets()["first-chat-server"]));
    }
}
