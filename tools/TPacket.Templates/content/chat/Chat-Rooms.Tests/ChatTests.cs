using TPacket.Client;

namespace Chat_Rooms.Tests;

public class ChatTests
{
    [Fact]
    public async Task A_message_reaches_everybody_in_the_room()
    {
        await using var app = ChatApp.Create("--urls=http://127.0.0.1:0");
        await app.StartAsync();
        var address = new Uri(new Uri(app.Urls.Single()), "chat");
        await using var alice = new TPacketClient(address);
        await using var bob = new TPacketClient(address);
        var events = alice.ReadEventsAsync();
        await alice.ConnectAsync("alice", "lobby");
        await bob.ConnectAsync("bob", "lobby");

        await bob.SendAsync("hello");

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var message = await events.OfType<RoomMessage>().FirstAsync(deadline.Token);
        Assert.Equal("bob", message.Sender?.Nick);
        Assert.Equal("hello", message.Text);
    }
}
