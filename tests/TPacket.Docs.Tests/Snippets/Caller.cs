// begin-snippet: first-chat-caller
using TPacket.Client;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

/// <summary>The second client of docs/tutorial-first-chat.md.</summary>
internal static class Caller
{
    public static async Task RunAsync(Uri address, Action<string> print, Func<string?> read)
    {
        // The snippet's Console is the test's.
        var Console = new { WriteLine = print, ReadLine = read };
        // begin-snippet: first-chat-caller
        var server = new Uri("ws://localhost:5000/chat");
        // end-snippet
        server = address;
        // begin-snippet: first-chat-caller
        await using var client = new TPacketClient(server);
        client.EventReceived += received =>
        {
            if (received is RoomMessage message)
                Console.WriteLine($"{message.Sender?.Nick ?? "*"}: {message.Text}");
        };
        await client.ConnectAsync("bob", "lobby");
        while (Console.ReadLine() is { } line)
            await client.SendAsync(line);
        // end-snippet
    }
}
