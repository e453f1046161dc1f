namespace TPacket.Compare;

/// <summary>Measures the memory of idle members of a room.</summary>
internal static class IdleMemory
{
    public const int Members = 8_000;
    public const int TlsMembers = 4_000;
    private const int MembersOfRoom = 20;

    // The time until a server is idle.
    private static readonly TimeSpan _rest = TimeSpan.FromSeconds(3);

    /// <summary>Returns the resident bytes per member for each server, in the order of <see cref="Comparison.Servers"/>.</summary>
    public static async Task<IReadOnlyList<double>> RunAsync() =>
    [
        await MeasureAsync(Programs.ConsoleHost(), Members),
        await MeasureAsync(Programs.Peer("sockets", "room"), Members),
        await MeasureAsync(Programs.Peer("kestrel", "room"), Members),
    ];

    /// <summary>Returns the resident bytes per member over TLS for each server, in the order of <see cref="TlsComparison.Servers"/>.</summary>
    public static async Task<IReadOnlyList<double>> RunOverTlsAsync(string certificate) =>
    [
        await MeasureAsync(Programs.ConsoleHostOverTls(certificate), TlsMembers, overTls: true),
        await MeasureAsync(Programs.Peer("kestrel", "room", certificate), TlsMembers, overTls: true),
    ];

    private static async Task<double> MeasureAsync(ServerProcess server, int members, bool overTls = false)
    {
        using (server)
        using (var load = new Load(overTls))
        {
            await Task.Delay(_rest);
            var before = server.ResidentBytes;
            await load.ConnectAsync(server.EndPoint, members, i => new RoomClient(load, $"{load.Name}.{i}", $"{load.Name} {i / MembersOfRoom}", MembersOfRoom, Scenario.TextLength));
            await Task.Delay(_rest);
            return (server.ResidentBytes - before) / (double)members;
        }
    }
}
