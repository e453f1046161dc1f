using TPacket.Client.Tests.Harness;

namespace TPacket.Client.Tests.Rooms;

public class EventStreamTests
{
    [Fact]
    public async Task A_slow_enumeration_returns_its_buffered_events_and_the_others_continue()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");
        var (recorder, slow, fast) = (new ClientRecorder(client), client.ReadEventsAsync(capacity: 2), client.ReadEventsAsync());

        foreach (var text in new[] { "one", "two", "three" })
            await client.SendAsync(text);
        await recorder.RecordsAsync("alice: three");

        List<string> read = [];
        var error = await Assert.ThrowsAsync<EventOverflowException>(async () =>
        {
            await foreach (var clientEvent in slow)
                read.Add(ClientRecorder.Describe(clientEvent));
        });
        Assert.Equal(["alice: one", "alice: two"], read);
        Assert.Equal("Ready lobby", ClientRecorder.Describe(error.State));
        Assert.Equal(["alice: one", "alice: two", "alice: three"], await TakeAsync(fast, 3));
    }

    [Fact]
    public async Task An_enumeration_can_be_left_at_any_time()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");
        var (left, other) = (client.ReadEventsAsync(capacity: 1), client.ReadEventsAsync());

        await client.SendAsync("one");
        Assert.Equal(["alice: one"], await TakeAsync(left, 1));
        await client.SendAsync("two");
        await client.SendAsync("three");

        Assert.Equal(["alice: one", "alice: two", "alice: three"], await TakeAsync(other, 3));
    }

    [Fact]
    public async Task A_waiting_enumeration_can_be_cancelled()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");
        using var cancellation = new CancellationTokenSource();
        await using var events = client.ReadEventsAsync().GetAsyncEnumerator(cancellation.Token);
        var next = events.MoveNextAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.Equal("Ready lobby", ClientRecorder.Describe(client.State));
    }

    [Fact]
    public async Task A_stream_is_enumerated_once()
    {
        await using var client = new TPacketClient(new Uri("ws://localhost/"));
        var events = client.ReadEventsAsync();
        await using var first = events.GetAsyncEnumerator();

        Assert.Throws<InvalidOperationException>(() => events.GetAsyncEnumerator());
        Assert.Throws<ArgumentOutOfRangeException>(() => client.ReadEventsAsync(capacity: 0));
    }

    [Fact]
    public async Task A_stream_ends_with_a_client_that_was_never_connected()
    {
        var client = new TPacketClient(new Uri("ws://localhost/"));
        var events = client.ReadEventsAsync();

        await client.DisposeAsync();

        Assert.Empty(await TakeAsync(events, 1));
        Assert.Throws<ObjectDisposedException>(() => client.ReadEventsAsync());
    }

    [Fact]
    public async Task A_stream_ends_with_the_error_that_has_closed_the_client()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");
        var events = client.ReadEventsAsync();

        server.User("alice").Disconnect("no such behaviour here");

        var error = await Assert.ThrowsAsync<TPacketClientException>(() => TakeAsync(events, 1));
        Assert.Equal(client.State, error.State);
        Assert.Contains("no such behaviour here", error.Message, StringComparison.Ordinal);
    }

    private static async Task<List<string>> TakeAsync(IAsyncEnumerable<ClientEvent> events, int count)
    {
        List<string> taken = [];
        await foreach (var clientEvent in events)
        {
            taken.Add(ClientRecorder.Describe(clientEvent));
            if (taken.Count == count)
                break;
        }

        return taken;
    }
}
