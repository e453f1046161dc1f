using BenchmarkDotNet.Attributes;
using TPacket.Benchmarks.Harness;
using TPacket.Protocol;

namespace TPacket.Benchmarks;

/// <summary>
/// Measures a change to a room with nine members and a history: taking, encoding and sending the snapshot, and notifying the members of both rooms.
/// </summary>
public class HistoryBenchmarks
{
    private const int Residents = 9;

    private static readonly string[] _rooms = ["east", "west"];
    private static readonly byte[][] _moves = [.. _rooms.Select(static room => ClientBytes.Packet(PacketCommand.SetRoom, room))];

    private NullTransport _traveller = null!;
    private int _next;

    [Params(0, 10, 100)]
    public int Messages { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var server = new MemoryServer();
        var message = ClientBytes.Packet(PacketCommand.NewMsg, "A message of some length, as people write them to each other.");
        foreach (var room in _rooms)
        {
            for (var i = 0; i < Residents; i++)
            {
                var resident = server.Enter($"{room} {i}", room);
                for (var said = 0; i == 0 && said < Messages; said++)
                    resident.Receive(message);
            }
        }

        _traveller = server.Enter("traveller", _rooms[1]);
    }

    [Benchmark]
    public long Move()
    {
        _traveller.Receive(_moves[_next]);
        _next ^= 1;
        return _traveller.Sent;
    }
}
