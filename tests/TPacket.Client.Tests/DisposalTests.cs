using TPacket.Client.Tests.Harness;
using TPacket.Protocol;

namespace TPacket.Client.Tests;

public class DisposalTests
{
    [Fact]
    public async Task A_client_that_was_never_connected_is_disposed_of_more_than_once()
    {
        var client = new TPacketClient(new Uri("ws://localhost/"));

        await client.DisposeAsync();
        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.ConnectAsync("alice"));
    }

    [Theory]
    [InlineData(ClientPhase.Connecting)]
    [InlineData(ClientPhase.SigningIn)]
    [InlineData(ClientPhase.Joining)]
    [InlineData(ClientPhase.Ready)]
    [InlineData(ClientPhase.Reconnecting)]
    public async Task A_client_is_disposed_of_in_every_state(ClientPhase phase)
    {
        await using var server = new FakeServer();
        var client = server.Client(options => options.Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromDays(1), MaxDelay = TimeSpan.FromDays(1) });
        var recorder = new ClientRecorder(client);
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = phase switch
        {
            ClientPhase.Connecting => await server.AcceptAsync(""),
            ClientPhase.SigningIn => await server.AcceptAsync(),
            _ => await server.SignInAsync(),
        };
        if (phase == ClientPhase.Joining)
            await session.OkAsync(await session.ReadAsync((int)PacketCommand.SetRoom, "lobby"));
        else if (phase > ClientPhase.Joining)
            await session.LetInAsync();
        if (phase == ClientPhase.Reconnecting)
        {
            await connecting;
            session.Cut();
        }

        await recorder.RecordsAsync(phase switch
        {
            ClientPhase.Joining or ClientPhase.Ready => $"{phase} lobby",
            ClientPhase.Reconnecting => "Reconnecting 1 Lost",
            _ => $"{phase}",
        });

        var disposal = client.DisposeAsync();
        if (phase is not (ClientPhase.Connecting or ClientPhase.Reconnecting))
            await session.ReceiveCloseAsync();
        await disposal;

        Assert.Equal(new ClientState(ClientPhase.Closed), client.State);
        if (phase < ClientPhase.Ready)
            await Assert.ThrowsAsync<TPacketClientException>(() => connecting);
        else
            await connecting;
        await Assert.ThrowsAsync<TPacketClientException>(async () => await client.SendAsync("hello"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.ConnectAsync("alice"));
    }

    [Fact]
    public async Task Packets_that_were_sent_before_the_close_arrive()
    {
        await using var server = await TestServer.StartAsync();
        var bob = await server.EnterAsync("bob");
        var bobRecorder = new ClientRecorder(bob);
        var alice = await server.EnterAsync("alice");

        for (var i = 0; i < 100; i++)
            await alice.SendAsync($"{i}");
        await alice.CloseAsync();

        await bobRecorder.RecordsAsync("left alice");
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"alice: {i}"), bobRecorder.Lines.Where(line => line.Contains(": ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Sends_during_the_close_fail_with_the_closed_state()
    {
        await using var server = await TestServer.StartAsync(options => options.PacketsPerSecond = 0);
        var client = await server.EnterAsync("alice");
        var sending = Task.Run(async () =>
        {
            while (true)
                await client.SendAsync(new Packet((int)PacketCommand.Nop));
        });

        await client.CloseAsync();

        var error = await Assert.ThrowsAsync<TPacketClientException>(() => sending);
        Assert.Equal(ClientPhase.Closed, error.State.Phase);
    }
}
