// begin-snippet: client-join
using TPacket.Client;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

internal static class DotNetClients
{
    public static async Task JoinAsync(Uri endPoint, Action<string> print)
    {
        // Stands for Console in the snippets.
        var Console = new { WriteLine = print };
        // begin-snippet: client-join
        var server = new Uri("ws://localhost:25021/");
        // end-snippet
        server = endPoint;
        // begin-snippet: client-join
        await using var client = new TPacketClient(server);
        var events = client.ReadEventsAsync();
        await client.ConnectAsync("alice", "lobby");
        await client.SendAsync("hello");
        await foreach (var message in events.OfType<RoomMessage>())
            Console.WriteLine($"{message.Sender?.Nick ?? "*"}: {message.Text}");
        // end-snippet
    }

    public static async Task ReceiptAsync(TPacketClient client, Action<string> print)
    {
        var Console = new { WriteLine = print };
        // begin-snippet: client-receipt
        var receipt = await client.SendAsync("hello");
        Console.WriteLine(receipt.Offset is { } offset ? $"event {offset} of the room, at {receipt.Time}" : "sent");
        // end-snippet
    }

    public static async Task AskAsync(Uri server, Action<string> print)
    {
        var Console = new { WriteLine = print };
        // begin-snippet: client-ask
        await using var client = new TPacketClient(server, new TPacketClientOptions { AcceptedCommands = [(257, 257)] });
        client.StateChanged += state => Console.WriteLine(state.ToString());
        client.EventReceived += roomEvent =>
        {
            if (roomEvent is PacketReceived { Packet: var packet })
                Console.WriteLine($"{packet.Command} {packet.P1} {packet.P2}");
        };
        await client.ConnectAsync("alice", "lobby");
        try
        {
            var reply = await client.RequestAsync(new Packet(258, "what time is it?"), TimeSpan.FromSeconds(2));
            Console.WriteLine(reply.Text);
        }
        catch (RequestRefusedException error)
        {
            Console.WriteLine($"{error.Code}: {error.Text}");
        }

        // end-snippet
    }
}
