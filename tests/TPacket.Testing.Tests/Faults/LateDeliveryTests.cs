using Microsoft.Extensions.Options;
using TPacket.Server;
using TPacket.Server.Stores.InMemory;

namespace TPacket.Testing.Tests.Faults;

/// <summary>A store passes the specification although it answers late and delivers events after the answer, in batches and on other threads.</summary>
public sealed class LateDeliveryTests : RoomStoreSpecification
{
    protected override int? HistoryMessages => 100;

    internal override int ManyRooms => 500;

    protected override ValueTask<IRoomStore> CreateAsync()
    {
        var plan = new FaultPlan(1)
        {
            ShortDelay = TimeSpan.FromMilliseconds(1),
            LongDelay = TimeSpan.FromMilliseconds(2),
            [StoreFault.Slow] = 10,
            [StoreFault.DeliveryDelayed] = 30,
        };
        return new(new FaultyRoomStore(new InMemoryRoomStore(Options.Create(new TPacketServerOptions()), Time), plan));
    }
}
