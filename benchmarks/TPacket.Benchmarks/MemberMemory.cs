using System.Diagnostics;
using System.Globalization;
using TPacket.Benchmarks.Harness;
using TPacket.Protocol;

namespace TPacket.Benchmarks;

/// <summary>
/// Measures the managed memory of an idle member, with and without a session, as the difference of the heap between 16,000 and 4,000 members. The clients are in memory and the same for all kinds.
/// </summary>
internal static class MemberMemory
{
    /// <summary>The argument that runs this measurement.</summary>
    public const string Argument = "--members";

    private const int Few = 4_000;
    private const int Many = 16_000;
    private const int MembersOfRoom = 10;
    private const int Repetitions = 3;

    // More than the number of a member's requests that the server remembers.
    private const int Messages = 300;

    private static readonly byte[] _text = [.. "Hello, everybody."u8];

    /// <summary>Measures and prints all figures, each in a separate process, because the garbage of one measurement would affect the next.</summary>
    public static void Run()
    {
        foreach (var talks in new[] { false, true })
        {
            for (var i = 0; i < Repetitions; i++)
            {
                var bytes = Enum.GetValues<MemberKind>().Select(kind => MeasureApart(kind, talks)).ToArray();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(talks ? "has talked" : "has not talked")}: asks for nothing {bytes[0]:N0} bytes, follows with receipts {bytes[1]:N0} bytes, and has a session {bytes[2]:N0} bytes: {bytes[2] - bytes[1]:N0} and {bytes[2] - bytes[0]:N0} more"));
            }
        }
    }

    /// <summary>Measures one kind of member and prints the bytes.</summary>
    public static void Run(MemberKind kind, bool talks) => Console.WriteLine(Measure(kind, talks, Few, Many).ToString(CultureInfo.InvariantCulture));

    private static double MeasureApart(MemberKind kind, bool talks)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(MemberMemory).Assembly.Location, Argument, $"{kind}", $"{talks}"]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(output, CultureInfo.InvariantCulture);
    }

    private static double Measure(MemberKind kind, bool talks, int few, int many)
    {
        var server = new MemoryServer();
        var clients = new List<NullTransport>(many);
        Enter(server, clients, few, kind, talks);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Enter(server, clients, many, kind, talks);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(server);
        GC.KeepAlive(clients);
        return (after - before) / (double)(many - few);
    }

    private static void Enter(MemoryServer server, List<NullTransport> clients, int upTo, MemberKind kind, bool talks)
    {
        var first = clients.Count;
        while (clients.Count < upTo)
        {
            var client = server.SignIn($"user {clients.Count:D5}");
            if (kind != MemberKind.Plain)
            {
                client.Receive(ClientBytes.Packet(PacketCommand.AcceptCommands, p1: (int)PacketCommand.Receipt, p2: (int)PacketCommand.MoveOn));
                client.Receive(ClientBytes.Packet(PacketCommand.AcceptCommands, p1: (int)PacketCommand.Event, p2: (int)PacketCommand.Presence));
            }

            if (kind == MemberKind.Session)
                client.Receive(ClientBytes.Packet(PacketCommand.Session, $"{clients.Count:D32}"));
            client.Receive(ClientBytes.Packet(PacketCommand.SetRoom, $"room {clients.Count / MembersOfRoom:D4}"));
            clients.Add(client);
        }

        if (!talks)
            return;
        for (var i = 0; i < Messages; i++)
        {
            // Each packet has its own uid.
            var packet = new byte[PacketHeader.Size + _text.Length];
            PacketWriter.Write(packet, uid: 0x1000 + i, (int)PacketCommand.NewMsg, p1: 0, p2: 0, _text);
            var message = ClientBytes.Frame(packet);
            foreach (var client in clients.Skip(first))
                client.Receive(message);
        }

        // Each member receives the messages of all members of its room.
        if (clients.Skip(first).Any(static client => client.Sent < (long)Messages * MembersOfRoom * _text.Length))
            throw new InvalidOperationException("Messages were rejected.");
    }
}
