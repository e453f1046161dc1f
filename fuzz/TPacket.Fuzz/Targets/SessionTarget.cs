using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TPacket.Protocol;
using TPacket.Server;
using TPacket.Server.Hosting;
using TPacket.Server.Sessions.Resumption;
using TPacket.Transports.Buffers;

namespace TPacket.Fuzz.Targets;

/// <summary>
/// Fuzzes the whole server in memory. A client sends the input after its upgrade while a witness is in a room. Both receive only packets that the oldest client can process, the server logs no error,
/// and no buffer or connection of either is left. The first byte selects the split of the input; its first bit makes a room of two a large room and the rate limits low. The second byte selects when
/// the client's socket is full.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The log has no resources and lives as long as the process.")]
internal sealed class SessionTarget : IFuzzTarget
{
    private const string Upgrade =
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private static readonly byte[] _magic = Frame(Packet(0, "magic string :)"));
    private static readonly byte[] _nick = Frame(Packet(1, "fuzz"));
    private static readonly byte[] _room = Frame(Packet(2, "room"));
    private static readonly byte[] _say = Frame(Packet(7, "hello"));

    private static readonly byte[] _follow = Frame(Packet(10, "", 14, 15));
    private static readonly byte[] _token = [.. Enumerable.Repeat((byte)'t', 32)];
    private static readonly byte[] _session = Frame(Packet(12, _token));
    private static readonly byte[] _presence = Frame(Packet(10, "", 16, 16));
    private static readonly byte[] _receipts = Frame(Packet(10, "", 17, 17));

    private readonly FakeTimeProvider _time = new();
    private readonly LogOracle _errors = new(LogLevel.Error);
    private readonly IServiceProvider _small;
    private readonly IServiceProvider _large;

    public SessionTarget()
    {
        _small = Create(static options => options.PacketsPerSecond = 0);
        _large = Create(static options =>
        {
            options.LargeRoomMembers = 1;
            (options.PacketBurst, options.RoomPacketsPerSecond, options.RoomPacketBurst, options.ControlFrameBurst) = (16, 10, 6, 4);
        });
    }

    public string Name => "session";

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        _magic, _nick, _room, _say, _session, _presence, Frame(Packet(13, Resume(default))), Frame(Packet(1, "other")), Frame(Packet(2, "elsewhere")), Frame(Packet(10, "", 256, 300)), Frame(Packet(10, "", 11, 11)), Frame(Packet(0, "")), Frame(Packet(999, "")), Frame(Packet(7, new string('x', 300))),
        Frame([0x03, 0xE8], 0x8), Frame([], 0x9), [.. "Ej8@"u8], [0xFF, 0xFF, 0xFF, 0xFF], [0xED, 0xA0, 0x80],
    ];

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0, 0, .. _magic, .. _nick, .. _room, .. _say, .. Frame([0x03, 0xE8], 0x8)],
        [7, 0, .. _magic, .. _nick, .. _room, .. _say, .. Frame(Packet(1, "other")), .. _say, .. Frame(Packet(2, "elsewhere")), .. _say],
        [0, 9, .. _magic, .. _nick, .. _room, .. _say, .. _say, .. _say, .. _say, .. _say, .. _say, .. _say, .. _say],
        [0, 0, .. _magic, .. Frame(Packet(1, "witness")), .. Frame(Packet(7, "early")), .. _nick, .. Frame(Packet(10, "", 256, 300)), .. Frame(Packet(0, ""))],
        [0, 0, .. Frame(Packet(0, "wrong"))],
        [0x80, 0, .. _magic, .. _nick, .. _room, .. _say, .. Frame(Packet(1, "other")), .. Frame(Packet(2, "elsewhere")), .. _room, .. _say],
        [0, 0, .. _magic, .. _nick, .. _follow, .. _receipts, .. _room, .. _say, .. _say, .. Frame(Packet(1, "other")), .. Frame(Packet(7, "more", uid: 2)), .. Frame(Packet(2, "elsewhere")), .. _say],
        [0, 0, .. _magic, .. _nick, .. _follow, .. _presence, .. _session, .. _room, .. _say, .. _say],
        [0x80, 0, .. _magic, .. _nick, .. _session, .. _room, .. _say, .. Frame([0x03, 0xE9], 0x8)],
        [0x80, 0, .. _magic, .. _nick, .. _session, .. Frame(Packet(10, "", 10, 18)), .. _room, .. _say, .. Frame(Packet(2, "elsewhere")), .. Frame(Packet(1, "other"))],
        [0, 0, .. _magic, .. Frame(Packet(13, Resume(default))), .. _nick, .. _session, .. _session, .. Frame(Packet(13, Resume(default))), .. _say],
        [0x80, 0, .. _magic, .. _nick, .. _say, .. Frame(Packet(10, "", 10, 17)), .. _room, .. Frame(Packet(1, "other")), .. _say, .. Frame(Packet(7, "less", uid: 2)), .. _room],
        [0x80, 0, .. _magic, .. _nick, .. Frame(Packet(10, "", 11, 11)), .. _room, .. Frame(Packet(1, "other")), .. _say, .. Frame(Packet(2, "elsewhere")), .. _room],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2)
            return;
        var outstanding = BufferPool.Outstanding;
        var services = input[0] < 0x80 ? _small : _large;
        var acceptor = services.GetRequiredService<ConnectionAcceptor>();
        var witness = Connect(acceptor);
        foreach (var packet in new[] { _magic, Frame(Packet(1, "witness")), _room })
            witness.Receive(packet);

        var client = Connect(acceptor);
        client.Room = input[1] == 0 ? int.MaxValue : 200 + (input[1] * 16);
        var cut = (input[0] & 0x7F) == 0 ? input.Length : input[0] & 0x7F;
        for (var rest = input[2..]; !rest.IsEmpty; rest = rest[Math.Min(cut, rest.Length)..])
            client.Receive(rest[..Math.Min(cut, rest.Length)]);
        client.Drain();
        _time.Advance(TimeSpan.FromMilliseconds(250));
        client.End();
        var oracle = new ClientOracle(mayAsk: input.IndexOf((byte)PacketCommand.AcceptCommands) >= 0);
        oracle.Read(client.Sent);
        ComeBack(acceptor, oracle);

        FindingException.Unless(!witness.IsClosed, "the witness lost its connection");
        witness.End();
        new ClientOracle(mayAsk: false).Read(witness.Sent);
        FindingException.Unless(services.GetRequiredService<ConnectionLimits>().Count == 0, "a connection is left");
        // The grace of away users ends, and they leave.
        for (var i = 0; i < 3; i++)
            _time.Advance(TimeSpan.FromMilliseconds(100));
        FindingException.Unless(services.GetRequiredService<IUserDirectory>().Users.Count == 0, "a user is left");
        FindingException.Unless(services.GetRequiredService<IRoomDirectory>().Rooms.Count == 0, "a room is left");
        FindingException.Unless(BufferPool.Outstanding == outstanding, "buffers are left");
        _errors.ThrowIfAny();
    }

    public static byte[] Packet(int command, string data, int p1 = 0, int p2 = 0, int uid = 1) => Packet(command, Encoding.UTF8.GetBytes(data), p1, p2, uid);

    private static byte[] Packet(int command, byte[] data, int p1 = 0, int p2 = 0, int uid = 1)
    {
        var packet = new byte[PacketHeader.Size + data.Length];
        PacketWriter.WriteHeader(packet, uid, command, p1, p2, data.Length);
        data.CopyTo(packet, PacketHeader.Size);
        return packet;
    }

    private static byte[] Resume(RoomPosition position)
    {
        var data = new byte[RoomPosition.Size + (2 * _token.Length)];
        position.Write(data);
        _token.CopyTo(data, RoomPosition.Size);
        data.AsSpan(RoomPosition.Size + _token.Length).Fill((byte)'n');
        return data;
    }

    /// <summary>Reconnects the client with its token and position, even if it has no session. The client sends a message and disconnects.</summary>
    private static void ComeBack(ConnectionAcceptor acceptor, ClientOracle oracle)
    {
        var client = Connect(acceptor);
        foreach (var packet in new[] { _magic, Frame(Packet(13, Resume(oracle.Position))), _say })
            client.Receive(packet);
        client.Drain();
        client.End();
        oracle.Read(client.Sent);
    }

    /// <summary>Creates a frame with a masking key of zero, so that the mask does not change a mutation.</summary>
    private static byte[] Frame(byte[] payload, byte opcode = 0x2) => payload.Length < 126
        ? [(byte)(0x80 | opcode), (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]
        : [(byte)(0x80 | opcode), 0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0, .. payload];

    private ServiceProvider Create(Action<TPacketServerOptions> configure)
    {
        var services = new ServiceCollection();
        _errors.AddTo(services);
        services.AddMetrics();
        services.AddSingleton<TimeProvider>(_time);
        services.AddTPacketServer(options =>
        {
            (options.AllowNickChange, options.AllowRoomChange, options.OutboundQueueBytes) = (true, true, 4096);
            options.MaxSessionGrace = TimeSpan.FromMilliseconds(100);
            configure(options);
        });
        var provider = services.BuildServiceProvider();
        // The start of a host does this; here nothing listens.
        provider.GetRequiredService<SessionExpiry>().Start();
        return provider;
    }

    private static MemoryTransport Connect(ConnectionAcceptor acceptor)
    {
        var transport = new MemoryTransport();
        acceptor.Accept(transport);
        transport.Receive(Encoding.ASCII.GetBytes(Upgrade));
        return transport;
    }
}
