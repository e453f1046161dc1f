using System.Text;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Hosting;

/// <summary>Every deadline holds at every kind of endpoint. The test moves the clock: no connection ends before its deadline, and each ends within a period of the heartbeat after it.</summary>
public sealed class EndpointDeadlineTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private readonly WatchedTime _time = new();
    private readonly List<EndpointClient> _later = []; // The garbage collector would end a connection without a reference.
    private readonly TestCertificate _files = new();

    public static TheoryData<EndpointKind> Kinds => [.. Enum.GetValues<EndpointKind>()];

    public static TheoryData<EndpointKind, string> SilentBeginnings => new()
    {
        { EndpointKind.Plain, "" },
        { EndpointKind.Plain, "GET / HTTP/1.1\r\n" },
        { EndpointKind.Proxy, "" },
        { EndpointKind.Unix, "" },
    };

    public static TheoryData<EndpointKind, byte[]> SilentTlsBeginnings => new()
    {
        { EndpointKind.Tls, [] },
        { EndpointKind.Tls, [0x16, 3, 1] },
        { EndpointKind.ProxyAndTls, [] },
        { EndpointKind.ProxyAndTls, [0x16, 3, 1] },
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var later in _later)
            await later.DisposeAsync();
    }

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(SilentBeginnings))]
    public async Task A_missing_handshake_is_answered_with_408(EndpointKind kind, string beginning)
    {
        await using var server = await StartAsync(kind);
        await using var silent = await ConnectAsync(server, kind, Encoding.ASCII.GetBytes(beginning));
        _time.Advance(_second * 9);
        Assert.Equal(2, server.Server.ConnectionCount);
        _time.Advance(_second * 2);
        Assert.StartsWith("HTTP/1.1 408 ", await silent.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SilentTlsBeginnings))]
    public async Task A_missing_TLS_handshake_ends_with_the_deadline_of_the_handshake(EndpointKind kind, byte[] beginning)
    {
        await using var server = await StartAsync(kind);
        await using var silent = await ConnectAsync(server, kind, beginning);
        _time.Advance(_second * 9);
        Assert.Equal(2, server.Server.ConnectionCount);
        _time.Advance(_second * 2);
        // The server cannot answer it.
        await silent.ReadEndAsync();
        Assert.True((await server.EndedAsync()).Is(1102, "Cause", "HandshakeTimeout"));
        Assert.Equal(1, server.Server.ConnectionCount);
    }

    [Theory]
    [InlineData(EndpointKind.Tls)]
    [InlineData(EndpointKind.ProxyAndTls)]
    public async Task TLS_and_HTTP_have_one_deadline_from_the_accepted_connection_on(EndpointKind kind)
    {
        await using var server = await StartAsync(kind);
        await using var slow = await ConnectAsync(server, kind);
        _time.Advance(_second * 8);
        await slow.SecureAsync();
        await slow.SendAsync("GET / HTTP/1.1\r\n"u8.ToArray());
        await FenceAsync(server, kind);
        _time.Advance(_second * 3);
        Assert.StartsWith("HTTP/1.1 408 ", await slow.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_missing_magic_string_closes_the_connection(EndpointKind kind)
    {
        await using var server = await StartAsync(kind);
        await using var silent = await ConnectAsync(server, kind);
        await silent.UpgradeAsync();
        _time.Advance(_second * 9);
        Assert.DoesNotContain(server.Logs.All, static e => e.Id == 1206);
        _time.Advance(_second * 2);
        Assert.Equal(ServerFrame.Close, (await silent.ReadFrameAsync()).Opcode);
        Assert.True((await server.Logs.FirstAsync(static e => e.Id == 1206)).Is(1206, "Violation", "NoMagicString"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_missing_nick_closes_the_connection(EndpointKind kind)
    {
        await using var server = await StartAsync(kind);
        await using var silent = await ConnectAsync(server, kind);
        await silent.UpgradeAsync();
        _time.Advance(_second * 9);
        await silent.SayMagicStringAsync();
        _time.Advance(_second * 9);
        Assert.DoesNotContain(server.Logs.All, static e => e.Id == 1206);
        _time.Advance(_second * 2);
        Assert.Equal(ServerFrame.Close, (await silent.ReadFrameAsync()).Opcode);
        Assert.True((await server.Logs.FirstAsync(static e => e.Id == 1206)).Is(1206, "Violation", "NoNick"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_missing_pong_ends_the_connection(EndpointKind kind)
    {
        await using var server = await StartAsync(kind);
        await using var dead = await ConnectAsync(server, kind);
        await dead.SignInAsync("dead");
        _time.Advance(_second * 31);
        Assert.Equal(ServerFrame.Ping, (await dead.ReadFrameAsync()).Opcode);
        _time.Advance(_second * 13);
        Assert.DoesNotContain(server.Logs.All, static e => e.Id is 1101 or 1102);
        _time.Advance(_second * 3);
        Assert.True((await server.EndedAsync()).Is(1102, "Cause", "PongTimeout"));
        await dead.ReadEndAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_unanswered_close_ends_with_the_close_timeout(EndpointKind kind)
    {
        await using var server = await StartAsync(kind);
        await using var stubborn = await ConnectAsync(server, kind);
        await stubborn.UpgradeAsync();
        await stubborn.SendAsync(ClientFrame.Binary(new Packet(1, Wire.Nop, "wrong")));
        Assert.Equal(ServerFrame.Close, (await stubborn.ReadFrameAsync()).Opcode);
        _time.Advance(_second * 4);
        Assert.DoesNotContain(server.Logs.All, static e => e.Id is 1101 or 1102);
        _time.Advance(_second * 2);
        Assert.True((await server.EndedAsync()).Is(1101, "Cause", "ClosedHere"));
        await stubborn.ReadEndAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_connection_has_no_own_timer(EndpointKind kind)
    {
        await using var server = await StartAsync(kind);
        await using var first = await ConnectAsync(server, kind);
        await first.SignInAsync("first");
        var timers = _time.Timers.All.Length;
        for (var i = 0; i < 10; i++)
            await FenceAsync(server, kind);
        Assert.Equal(timers, _time.Timers.All.Length);
    }

    private Task<TestServer> StartAsync(EndpointKind kind) => TestServer.StartAsync(o => (o.Endpoints, o.EventLoops) = ([EndpointClient.Endpoint(kind, _files)], 1), time: _time);

    /// <summary>Connects, and waits until the server has read the first bytes and waits for more.</summary>
    private async Task<EndpointClient> ConnectAsync(TestServer server, EndpointKind kind, byte[]? beginning = null)
    {
        var client = await EndpointClient.ConnectAsync(kind, server.Server.EndPoints[0]);
        await client.SendAsync(beginning ?? []);
        await server.Logs.FirstAsync(static e => e.Id == 1100);
        await FenceAsync(server, kind);
        return client;
    }

    /// <summary>Connects another client and waits for its answer: the server has read all earlier bytes then.</summary>
    private async Task FenceAsync(TestServer server, EndpointKind kind)
    {
        var later = await EndpointClient.ConnectAsync(kind, server.Server.EndPoints[0]);
        _later.Add(later);
        await later.SignInAsync($"later {Guid.NewGuid():N}");
    }
}
