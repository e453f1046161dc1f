using Microsoft.Extensions.DependencyInjection;
using TPacket.Server;
using TPacket.Testing;

namespace TPacket.Docs.Tests.Snippets;

/// <summary>The server's own.</summary>
internal sealed class MyStore(TimeProvider time) : IRoomStore
{
    private readonly IRoomStore _inner = Create(time);

    public ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken) => _inner.OpenAsync(room, subscriber, cancellationToken);

    public ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken) => _inner.ReadWakesAsync(before, maxRooms, cancellationToken);

    private static IRoomStore Create(TimeProvider time)
    {
        var services = new ServiceCollection().AddSingleton(time);
        services.AddTPacketServer();
        return services.BuildServiceProvider().GetRequiredService<IRoomStore>();
    }
}

internal static class FailingStores
{
    public static void Register(IServiceCollection services, int seed, TimeProvider time)
    {
        // begin-snippet: faulty-store
        var plan = new FaultPlan(seed, time) { [StoreFault.Slow] = 20, [StoreFault.AnswerLost] = 5 };
        services.AddSingleton<IRoomStore>(new FaultyRoomStore(new MyStore(time), plan));
        services.AddTPacketServer();
        // end-snippet
    }
}
