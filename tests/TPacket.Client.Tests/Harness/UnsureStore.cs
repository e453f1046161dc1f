using Microsoft.Extensions.DependencyInjection;
using TPacket.Server;

namespace TPacket.Client.Tests.Harness;

/// <summary>Wraps a server's store. On demand, appends of messages fail before or after they take effect.</summary>
internal sealed class UnsureStore(IRoomStore inner) : IRoomStore
{
    /// <summary>Whether appends of messages fail without effect.</summary>
    public bool Fails { get; set; }

    /// <summary>Whether appends of messages take effect, and their answers are lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Wraps the store of a server.</summary>
    public static void Use(ITPacketServerBuilder builder)
    {
        var own = builder.Services.Last(static service => service.ServiceType == typeof(IRoomStore)).ImplementationType!;
        builder.Services.AddSingleton<IRoomStore>(provider => new UnsureStore((IRoomStore)ActivatorUtilities.CreateInstance(provider, own)));
    }

    public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken) =>
        new Log(this, await inner.OpenAsync(room, subscriber, cancellationToken));

    public ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken) => inner.ReadWakesAsync(before, maxRooms, cancellationToken);

    private sealed class Log(UnsureStore store, IRoomLog inner) : IRoomLog
    {
        public async ValueTask<AppendResult> AppendAsync(RoomAppend append)
        {
            var isMessage = append.Count > 0 && append[0].Kind == RoomEventKind.Message;
            if (store.Fails && isMessage)
                throw new RoomStoreException("The store is away.", isOutcomeUnknown: false);
            var result = await inner.AppendAsync(append);
            if (store.LosesAnswers && isMessage)
                throw new RoomStoreException("The answer is lost.", isOutcomeUnknown: true);
            return result;
        }

        public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken) => inner.ReadRulesAsync(after, maxEvents, cancellationToken);

        public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) => inner.ReadAsync(after, maxEvents, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
