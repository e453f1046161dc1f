using Microsoft.Extensions.Options;
using TPacket.Server.Stores;

namespace TPacket.Server.Tests.Harness;

/// <summary>The store in memory, with calls that fail on demand: before they did anything, or after they did it all.</summary>
internal sealed class FlakyStore(IOptions<TPacketServerOptions> options) : IRoomStore
{
    private readonly InMemoryRoomStore _inner = new(options);

    /// <summary>The call that fails: Open, Join, Append or Leave.</summary>
    public string Failing { get; set; } = "";

    /// <summary>Whether it fails after it did what it was asked for.</summary>
    public bool Late { get; set; }

    /// <summary>What a join waits for after it has its snapshot.</summary>
    public Task JoinGate { get; set; } = Task.CompletedTask;

    public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        await Task.Yield();
        FailAt("Open");
        return new Log(this, await _inner.OpenAsync(room, subscriber, cancellationToken));
    }

    private void FailAt(string call)
    {
        if (Failing == call)
            throw new TimeoutException("The store is away.");
    }

    private sealed class Log(FlakyStore store, IRoomLog inner) : IRoomLog
    {
        public ValueTask<long?> AppendAsync(RoomEvent roomEvent, long? expectedOffset, CancellationToken cancellationToken) =>
            RunAsync("Append", () => inner.AppendAsync(roomEvent, expectedOffset, cancellationToken));

        public ValueTask<RoomSnapshot> JoinAsync(RoomMember member, CancellationToken cancellationToken) =>
            RunAsync("Join", () => inner.JoinAsync(member, cancellationToken));

        public async ValueTask LeaveAsync(int memberId, CancellationToken cancellationToken) =>
            await RunAsync("Leave", async () =>
            {
                await inner.LeaveAsync(memberId, cancellationToken);
                return true;
            });

        public ValueTask<RoomPage> ReadAsync(long fromOffset, int maxEvents, CancellationToken cancellationToken) =>
            inner.ReadAsync(fromOffset, maxEvents, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private async ValueTask<T> RunAsync<T>(string call, Func<ValueTask<T>> run)
        {
            await Task.Yield();
            if (!store.Late)
                store.FailAt(call);
            var result = await run();
            if (call == "Join")
                await store.JoinGate;
            store.FailAt(call);
            return result;
        }
    }
}
