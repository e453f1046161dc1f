using System.Globalization;

namespace TPacket.Compare.Redis;

/// <summary>Members of rooms, some of whom talk in turn at an even rate.</summary>
/// <param name="Rooms">How many rooms there are.</param>
/// <param name="Members">Members of each.</param>
/// <param name="EveryNth">Every so manieth member talks.</param>
/// <param name="Rate">Messages a second altogether.</param>
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
