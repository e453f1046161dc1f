using BenchmarkDotNet.Attributes;
using TPacket.Benchmarks.Harness;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Benchmarks;

/// <summary>A decision of a room's rules, from the bytes of the command to the views of all members and the answer, beside a message that is as long. Nobody else decides meanwhile.</summary>
public class RulesBenchmarks
{
    private static readonly byte[] _message = ClientBytes.Packet(PacketCommand.NewMsg, """{"Number":1}""");
    private static readonly byte[] _command = ClientBytes.Packet(CounterRules.Command, """{"Number":1}""");
    private static readonly byte[] _refused = ClientBytes.Packet(CounterRules.Command, """{"Number":0}""");

    private NullTransport _talker = null!;
    private NullTransport _player = null!;

    [Params(1, 10, 100)]
    public int Members { get; set; }

    [GlobalSetup]
    public void Enter()
    {
        var server = new MemoryServer(build: static builder => builder.AddRules("counter", CounterRules.Command, new CounterRules()));
        server.Open("counter");
        for (var i = 0; i < Members; i++)
        {
            _talker = server.Enter($"talker {i}", "lobby");
            _player = server.Enter($"player {i}", "counter", accept: CounterRules.Command);
        }
    }

    [Benchmark(Baseline = true)]
    public long Message() => Receive(_talker, _message);

    [Benchmark]
    public long Decision() => Receive(_player, _command);

    [Benchmark]
    public long Refusal() => Receive(_player, _refused);

    private static long Receive(NullTransport client, byte[] packet)
    {
        client.Receive(packet);
        return client.Sent;
    }
}
