using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TPacket.Protocol;
using TPacket.Server.Hosting;
using TPacket.Server.Sessions.Resumption;
using TPacket.Transports.Buffers;

namespace TPacket.Fuzz.Targets;

/// <summary>
/// Fuzzes all texts that peers can choose, with the log at Trace as the oracle: request targets, headers, nicks, names of rooms, messages and commands. The input is a list of steps. A step is a byte
/// and its texts; a text is its length and its bytes. A mutation therefore changes a text and seldom the structure of a frame.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The log has no resources and lives as long as the process.")]
internal sealed class PeersTarget : IFuzzTarget
{
    private const int Connect = 0;
    private const int Nick = 1;
    private const int Room = 2;
    private const int Say = 3;
    private const int Command = 4;
    private const int Malformed = 5;
    private const int Wait = 6;
    private const int Steps = 7;

    private const int MaxConnections = 8;

    // Characters without width, position or form, and characters that the tables of Unicode and of host names treat in a special way.
    private static readonly string[] _texts =
    [
        "\uFFFE", "\uFFFF", "\uFDD0", "\U0001FFFE", "\u2028", "\u2029", "\u0085", "\u202E", "\u200D", "\u200B", "\uFEFF", "\u00AD", "\u0301", "\u0345", "\u1100\u1161\u11A8", "\uAC00", "\u03C2", "\u0130", "\u1E9E",
        "\uFDFA", "\u0340", "\u2126", "\uFF21", "\U0001F600", "\U000E0041", "\u3000", "\0", "\r\n", "\u001B[31m", "{0}", "{User}", "%00", "%E2%80%A8",
    ];

    private static readonly string[] _origins =
    [
        "http://localhost", "null", "http://xn--a", "http://xn--", "http://xn--ls8h.example", "http://[::1]:1", "http://[::1", "http://[fe80::1%25eth0]", "http://a..b", "http://-a-", "http://1.2.3", "http://0x7f.1",
        "http://a_b", "http://\u00AD", "http://\u3002", "http://\uFF0E", "http://%41", "http://user@localhost:1@x", "http://localhost:99999", "file:///", "chrome-extension://abc", "about:blank", "//x", "http:", "http:///", "\u00FF\u00FE",
    ];

    private readonly FakeTimeProvider _time = new();
    private readonly LogOracle _log = new(LogLevel.Trace);
    private readonly ConnectionAcceptor _acceptor;
    private readonly ConnectionLimits _limits;

    public PeersTarget()
    {
        var services = new ServiceCollection();
        _log.AddTo(services);
        services.AddMetrics();
        services.AddSingleton<TimeProvider>(_time);
        services.AddTPacketServer(static options =>
        {
            (options.AllowNickChange, options.AllowRoomChange) = (true, true);
            options.AllowedOrigins.Add("https://friend.example");
        });
        var provider = services.BuildServiceProvider();
        provider.GetRequiredService<SessionExpiry>().Start();
        _acceptor = provider.GetRequiredService<ConnectionAcceptor>();
        _limits = provider.GetRequiredService<ConnectionLimits>();
    }

    public string Name => "peers";

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. _texts.Select(static text => Encoding.UTF8.GetBytes(text)),
        .. _texts.Select(static text => Step(Nick, "x" + text)),
        .. _texts.Select(static text => Step(Room, "x" + text)),
        .. _origins.Select(static origin => Step(Connect, "/", $"Origin: {origin}\r\n")),
        Step(Connect, "/", "Origin: http://localhost\r\n"), Step(Connect, "/elsewhere?a=b", ""), Step(Malformed, "x"), Step(Say, "hello"), [Wait], [0xFF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
    ];

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [.. Step(Connect, "/", ""), .. Step(Nick, "alice"), .. Step(Room, "room"), .. Step(Say, "hello"), .. Step(Connect, "/", ""), .. Step(Nick, "bob"), .. Step(Room, "room"), .. Step(Say, "hello")],
        [.. Step(Connect, "/", "Origin: https://stranger.example\r\n"), .. Step(Connect, "/?token=1", "Origin: https://friend.example\r\n"), .. Step(Nick, "alice"), .. Step(Nick, "ALICE"), .. Step(Malformed, "x")],
        [.. Step(Connect, "/", ""), .. Step(Nick, "a"), Command, 7, 0, 1, (byte)'x', Command, 2, 0, 1, (byte)'r', Command, 10, 11, 0, Wait, Wait],
        .. _origins.Select(static origin => Step(Connect, "/", $"Origin: {origin}\r\n")),
        .. _origins.Select(static origin => Step(Connect, "/", $"Origin: http://localhost\r\nHost: {origin[(origin.IndexOf('/', StringComparison.Ordinal) + 1)..]}\r\n")),
        .. _texts.Select(static text => (byte[])[.. Step(Connect, "/", ""), .. Step(Nick, "alice"), .. Step(Room, text), .. Step(Room, "x" + text), .. Step(Say, text)]),
        .. _texts.Select(static text => (byte[])[.. Step(Connect, "/", ""), .. Step(Nick, text), .. Step(Nick, "x" + text), .. Step(Nick, text + "x")]),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var outstanding = BufferPool.Outstanding;
        var peers = new List<MemoryTransport>();
        while (!input.IsEmpty)
            Take(ref input, peers);
        foreach (var peer in peers)
            peer.End();

        FindingException.Unless(_limits.Count == 0, "a connection is left");
        FindingException.Unless(BufferPool.Outstanding == outstanding, "buffers are left");
        _log.ThrowIfAny();
    }

    private void Take(ref ReadOnlySpan<byte> input, List<MemoryTransport> peers)
    {
        var step = TakeByte(ref input) % Steps;
        if (step == Connect)
        {
            Open(peers, TakeText(ref input), TakeText(ref input));
            return;
        }

        var peer = peers.LastOrDefault();
        switch (step)
        {
            case Nick or Room or Say:
                Send(peer, step == Say ? (int)PacketCommand.NewMsg : step, 0, 0, TakeText(ref input));
                break;
            case Command:
                Send(peer, TakeByte(ref input), TakeByte(ref input), 20, TakeText(ref input));
                break;
            case Malformed:
                peer?.Receive(Frame(TakeText(ref input)));
                break;
            default:
                _time.Advance(TimeSpan.FromSeconds(1));
                break;
        }
    }

    private void Open(List<MemoryTransport> peers, ReadOnlySpan<byte> target, ReadOnlySpan<byte> headers)
    {
        if (peers.Count == MaxConnections)
            return;
        var peer = new MemoryTransport();
        peers.Add(peer);
        _acceptor.Accept(peer);
        var host = headers.IndexOf("Host: "u8) >= 0 ? ""u8 : "Host: localhost\r\n"u8;
        peer.Receive([
            .. "GET "u8, .. target, .. " HTTP/1.1\r\n"u8, .. host, .. "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"u8, .. headers, .. "\r\n"u8,
        ]);
        Send(peer, (int)PacketCommand.Nop, 0, 0, "magic string :)"u8);
    }

    private static void Send(MemoryTransport? peer, int command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        var packet = new byte[PacketHeader.Size + data.Length];
        PacketWriter.Write(packet, uid: 1, command, p1, p2, data);
        peer?.Receive(Frame(packet));
    }

    private static byte[] Frame(ReadOnlySpan<byte> payload) => payload.Length < 126
        ? [0x82, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]
        : [0x82, 0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0, .. payload];

    private static byte[] Step(byte step, params string[] texts) => [step, .. texts.SelectMany(static text => (byte[])[(byte)Encoding.UTF8.GetByteCount(text), .. Encoding.UTF8.GetBytes(text)])];

    private static byte TakeByte(ref ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return 0;
        var first = input[0];
        input = input[1..];
        return first;
    }

    private static ReadOnlySpan<byte> TakeText(ref ReadOnlySpan<byte> input)
    {
        var length = Math.Min(TakeByte(ref input), input.Length);
        var text = input[..length];
        input = input[length..];
        return text;
    }
}
