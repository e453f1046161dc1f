namespace TPacket.Compare;

/// <summary>A load of clients.</summary>
/// <param name="Name">The name for the report.</param>
/// <param name="Clients">The number of clients.</param>
/// <param name="EveryNth">Every nth client talks.</param>
/// <param name="Create">Creates the client with an index.</param>
internal sealed record Scenario(string Name, int Clients, int EveryNth, Func<Load, int, LoadClient> Create)
{
    /// <summary>The length of a room's message in bytes.</summary>
    public const int TextLength = 64;

    public static Scenario Echo(int clients, int depth, int length) =>
        new(depth == 1 ? $"echo, {clients} × 1, {length} B" : $"echo, {clients} × {depth} in flight, {length} B", clients, 1, (load, _) => new EchoClient(load, length, depth));

    /// <summary>Creates rooms of members of whom every nth talks.</summary>
    public static Scenario Rooms(int rooms, int members, int everyNth) =>
        new(
            $"{Count(rooms, "room")} of {members:N0}, {(everyNth == 1 ? "all talk" : Count(((rooms * members) - 1) / everyNth + 1, "talker"))}",
            rooms * members,
            everyNth,
            (load, i) => new RoomClient(load, $"{load.Name}.{i}", $"{load.Name} {i / members}", members, TextLength));

    /// <summary>Creates rooms with rules, in which every nth member makes decisions.</summary>
    public static Scenario Decisions(int rooms, int members, int everyNth) =>
        new($"{Count(rooms, "room")} of {members:N0} with rules", rooms * members, everyNth, (load, i) => new DecisionClient(load, $"{load.Name}.{i}", $"counter {load.Name} {i / members}", members));

    public async Task<Measurement> RunAsync(ServerProcess server, TimeSpan duration, bool overTls = false)
    {
        using var load = new Load(overTls);
        await load.ConnectAsync(server.EndPoint, Clients, i => Create(load, i));
        return await load.MeasureAsync(server, EveryNth, duration / 4, duration);
    }

    private static string Count(int count, string what) => $"{count:N0} {what}{(count == 1 ? "" : "s")}";
}
