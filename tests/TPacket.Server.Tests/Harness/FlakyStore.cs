using Microsoft.Extensions.Options;
using TPacket.Server.Stores;

namespace TPacket.Server.Tests.Harness;

/// <summary>The store in memory, with calls that fail on demand: before they did anything, or after they did it all.</summary>
internal sealed class FlakyStore(IOptions<TPacketServerOptions> options) : IRoomStore
{
    private readonly InMemoryRoomStore _inner = new(options);

    /// <summary>The call that fails: Open, Join, Append, Leave, Read or Dispose.</summary>
    public string Failing { get; set; } = "";

    /// <summary>Whether it fails after it did what it was asked for.</summary>
    public bool Late { get; set; }

    /// <summary>The call whose subscriber is told, or whose caller is given, what no delivery can deal with: Join or Append.</summary>
    public string Confusing { get; set; } = "";

    /// <summary>What ends a read.</summary>
    public CancellationToken Cancelled { get; set; }

    /// <summary>What a join waits for after it has its snapshot.</summary>
    public Task JoinGate { get; set; } = Task.CompletedTask;

    public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        await Task.Yield();
        FailAt("Open");
        return new Log(this, await _inner.OpenAsync(room, subscriber, cancellationToken), subscriber);
    }

    private void FailAt(string call)
    {
        if (Failing == call)
            throw new TimeoutException("The store is away.");
    }

    private sealed class Log(FlakyStore store, IRoomLog inner, IRoomSubscriber subscriber) : IRoomLog
    {
        public ValueTask<long?> AppendAsync(RoomEvent roomEvent, long? expectedOffset, CancellationToken cancellationToken) =>
            RunAsync("Append", () =>
            {
                if (store.Confusing == "Append")
                    subscriber.OnEvent(RoomEvent.Joined(null!));
                return inner.AppendAsync(roomEvent, expectedOffset, cancellationToken);
            });

        public async ValueTask<RoomSnapshot> JoinAsync(RoomMember member, CancellationToken cancellationToken)
        {
            var snapshot = await RunAsync("Join", () => inner.JoinAsync(member, cancellationToken));
            return store.Confusing == "Join" ? snapshot with { Members = [null!] } : snapshot;
        }

        public async ValueTask LeaveAsync(int memberId, CancellationToken cancellationToken) =>
            await RunAsync("Leave", async () =>
            {
                await inner.LeaveAsync(memberId, cancellationToken);
                return true;
            });

        public ValueTask<RoomPage> ReadAsync(long fromOffset, int maxEvents, CancellationToken cancellationToken) =>
            RunAsync("Read", () =>
            {
                store.Cancelled.ThrowIfCancellationRequested();
                return inner.ReadAsync(fromOffset, maxEvents, cancellationToken);
            });

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            store.FailAt("Dispose");
        }

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
