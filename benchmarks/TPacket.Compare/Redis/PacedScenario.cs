using System.Globalization;

namespace TPacket.Compare.Redis;

/// <summary>Rooms of members, some of whom talk in turn at an even rate.</summary>
/// <param name="Rooms">The number of rooms.</param>
/// <param name="Members">The number of each room's members.</param>
/// <param name="EveryNth">Every nth member talks.</param>
/// <param name="Rate">The total messages per second.</param>
internal sealed record PacedScenario(int Rooms, int Members, int EveryNth, double Rate)
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Rooms} {(Rooms == 1 ? "room" : "rooms")} of {Members:N0}, {Rate:N0} messages a second");

    public async Task<PacedMeasurement> RunAsync(Cluster cluster, TimeSpan warmUp, TimeSpan duration)
    {
        using var load = new Load();
        await load.ConnectAsync(cluster, Rooms * Members, i => cluster.CreateClient(load, new PacedMember(i, $"{load.Name}.{i}", $"{load.Name} {i / Members}", Members)));
        return await load.PaceAsync(cluster, EveryNth, Rate, warmUp, duration);
    }
}
