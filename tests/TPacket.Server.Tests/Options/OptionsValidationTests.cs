using System.Reflection;
using Microsoft.Extensions.Options;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.Server.Tests.Options;

/// <summary>An invalid option keeps the server from starting; the message names the setting and its valid values.</summary>
public class OptionsValidationTests
{
    private static readonly TimeSpan _tooShort = TimeSpan.FromMilliseconds(0.5);
    private static readonly TimeSpan _tooLong = TimeSpan.FromDays(731);

    public static TheoryData<string, object?, string> Wrong => new()
    {
        { "Address", "example.org", "'localhost', 'any' or an IP address" },
        { "Address", "", "empty" },
        { "Address", null, "'localhost', 'any' or an IP address" },
        { "Port", -1, "0 to 65535" },
        { "Port", 65536, "0 to 65535" },
        { "Endpoints", null, "TPacket:Endpoints" },
        { "Endpoints", new TPacketEndpointOptions?[] { null }, "TPacket:Endpoints:0" },
        { "Endpoints", new[] { new TPacketEndpointOptions(), new TPacketEndpointOptions { Port = 65536 } }, "TPacket:Endpoints:1:Port must be 0 to 65535" },
        { "Endpoints", new[] { new TPacketEndpointOptions { Address = "example.org" } }, "TPacket:Endpoints:0:Address" },
        { "Endpoints", new[] { new TPacketEndpointOptions { UnixSocket = "" } }, "1 to 103 bytes" },
        { "Endpoints", new[] { new TPacketEndpointOptions { UnixSocket = new string('x', 104) } }, "1 to 103 bytes" },
        { "Endpoints", new[] { new TPacketEndpointOptions { UnixSocketMode = "" } }, "TPacket:Endpoints:0:UnixSocketMode must be an octal mode of '0000' to '0777', but is empty" },
        { "Endpoints", new[] { new TPacketEndpointOptions { UnixSocketMode = "888" } }, "octal mode" },
        { "Endpoints", new[] { new TPacketEndpointOptions { UnixSocketMode = "1777" } }, "octal mode" },
        { "Endpoints", new[] { new TPacketEndpointOptions { UnixSocketMode = "66" } }, "octal mode" },
        { "Endpoints", new[] { new TPacketEndpointOptions { UnixSocketMode = "0o66" } }, "octal mode" },
        { "Endpoints", new[] { new TPacketEndpointOptions { UnixSocketMode = null! } }, "octal mode" },
        { "Endpoints", new[] { new TPacketEndpointOptions { Certificate = "/nowhere.pem" } }, "TPacket:Endpoints:0:Certificate must be the path of an existing file" },
        { "Endpoints", new[] { new TPacketEndpointOptions { Certificate = typeof(OptionsValidationTests).Assembly.Location, CertificateKey = "/nowhere.pem" } }, "TPacket:Endpoints:0:CertificateKey must be the path of an existing file" },
        { "Endpoints", new[] { new TPacketEndpointOptions { CertificatePassword = "x" } }, "TPacket:Endpoints:0:Certificate must be set, because CertificateKey or CertificatePassword is set" },
        { "Endpoints", new[] { new TPacketEndpointOptions { ProxyProtocol = true, TrustedProxies = ["10.0.0.1", "10.0.0.0/33"] } }, "TPacket:Endpoints:0:TrustedProxies:1" },
        { "Endpoints", new[] { new TPacketEndpointOptions { TrustedProxies = ["10.0.0.1"] } }, "be empty if ProxyProtocol is false" },
        { "Transport", (TransportKind)7, "Auto, Sockets, Epoll" },
        { "EventLoops", -1, "0 to 1024" },
        { "EventLoops", 1025, "0 to 1024" },
        { "Path", "chat", "begin with '/'" },
        { "Path", "", "empty" },
        { "Path", null, "begin with '/'" },
        { "MagicString", "", "1 to 1024 bytes" },
        { "MagicString", new string('x', 1025), "1 to 1024 bytes" },
        { "MagicString", null, "1 to 1024 bytes" },
        { "AllowedOrigins", new[] { "*", "example.org" }, "TPacket:AllowedOrigins:1" },
        { "AllowedOrigins", new[] { "https://example.org/" }, "TPacket:AllowedOrigins:0" },
        { "AllowedOrigins", new[] { "https://example.org/chat" }, "'https://example.org'" },
        { "AllowedOrigins", new string?[] { null }, "TPacket:AllowedOrigins:0" },
        { "AllowedOrigins", new[] { "https://*.example.org" }, "'*', 'null', 'file://'" },
        { "AllowedOrigins", new[] { "https://alice@example.org" }, "TPacket:AllowedOrigins:0" },
        { "AllowedOrigins", new[] { "https://example.org?x" }, "TPacket:AllowedOrigins:0" },
        { "AllowedOrigins", new[] { "https://example.org:x" }, "TPacket:AllowedOrigins:0" },
        { "AllowedOrigins", new[] { "https://example.org:65536" }, "TPacket:AllowedOrigins:0" },
        { "AllowedOrigins", new[] { "https://b\u00FCcher\u00AD\u2028.example" }, "TPacket:AllowedOrigins:0" },
        { "AllowedOrigins", new[] { "file:///home" }, "TPacket:AllowedOrigins:0" },
        { "AllowedOrigins", new[] { "" }, "TPacket:AllowedOrigins:0" },
        { "AllowedOrigins", null, "TPacket:AllowedOrigins" },
        { "CompressionLevel", (System.IO.Compression.CompressionLevel)9, "Optimal, Fastest, NoCompression, SmallestSize" },
        { "CompressionWindowBits", 7, "8 to 15" },
        { "CompressionWindowBits", 16, "8 to 15" },
        { "CompressionMinimumBytes", -1, "0 to 1073741824" },
        { "NickLookAlikes", (NickLookAlikes)3, "Accept, RefuseAcrossScripts, Refuse" },
        { "MaxNickBytes", 0, "1 to 4096" },
        { "MaxNickBytes", 4097, "1 to 4096" },
        { "MaxRoomNameBytes", 0, "1 to 4096" },
        { "MaxRoomNameBytes", 4097, "1 to 4096" },
        { "MaxMessageTextBytes", 0, "1 to 1073741824" },
        { "MaxMessageTextBytes", int.MaxValue, "1 to 1073741824" },
        { "MaxLoggedMessageBytes", 0, "1 to 1073741824" },
        { "MaxLoggedMessageBytes", int.MaxValue, "1 to 1073741824" },
        { "HistoryBytes", -1, "0 to 1073741824" },
        { "HistoryMessages", -1, "0 to 1000000" },
        { "HistoryMessages", 1_000_001, "0 to 1000000" },
        { "MaxRoomMembers", -1, "0 to 2147483647" },
        { "LargeRoomMembers", -1, "0 to 2147483647" },
        { "PresencePeriod", _tooShort, "00:00:00.0010000 to 00:01:00" },
        { "PresencePeriod", TimeSpan.FromSeconds(61), "00:01:00" },
        { "MaxIncomingMessageBytes", 278, "279 to 1073741824" },
        { "MaxIncomingMessageBytes", int.MinValue, "279 to 1073741824" },
        { "PacketsPerSecond", -1, "0 to 1000000" },
        { "PacketsPerSecond", 1_000_001, "0 to 1000000" },
        { "PacketBurst", 0, "1 to 1000000" },
        { "PacketBurst", 1_000_001, "1 to 1000000" },
        { "RateLimitTimeout", _tooShort, "00:00:00.0010000 to 730.00:00:00" },
        { "RateLimitTimeout", _tooLong, "730.00:00:00" },
        { "RoomPacketsPerSecond", -1, "0 to 1000000" },
        { "RoomPacketsPerSecond", 1_000_001, "0 to 1000000" },
        { "RoomPacketBurst", 0, "1 to 1000000" },
        { "RoomPacketBurst", 1_000_001, "1 to 1000000" },
        { "ControlFramesPerSecond", -1, "0 to 1000000" },
        { "ControlFramesPerSecond", 1_000_001, "0 to 1000000" },
        { "ControlFrameBurst", 0, "1 to 1000000" },
        { "ControlFrameBurst", 1_000_001, "1 to 1000000" },
        { "MaxRequestHeadBytes", 255, "256 to 1048576" },
        { "MaxRequestHeadBytes", (1024 * 1024) + 1, "256 to 1048576" },
        { "MaxRequestHeaderLines", 4, "5 to 10000" },
        { "MaxRequestHeaderLines", 10_001, "5 to 10000" },
        { "OutboundQueueBytes", 1023, "1024 to 1073741824" },
        { "OutboundQueuePackets", 0, "1 to 10000000" },
        { "OutboundQueuePackets", 10_000_001, "1 to 10000000" },
        { "SendBufferBytes", -1, "0 to 1073741824" },
        { "SendBufferBytes", (1 << 30) + 1, "0 to 1073741824" },
        { "ReceiveBufferBytes", -1, "0 to 1073741824" },
        { "ReceiveBufferBytes", (1 << 30) + 1, "0 to 1073741824" },
        { "SlowConsumerPolicy", (SlowConsumerPolicy)7, "Disconnect, Abort" },
        { "LogEventsPerMinute", 0, "1 to 1000000" },
        { "LogEventsPerMinute", 1_000_001, "1 to 1000000" },
        { "LogQueueEvents", 0, "1 to 1000000" },
        { "LogQueueEvents", 1_000_001, "1 to 1000000" },
        { "MaxConnections", 0, "1 to 10000000" },
        { "MaxConnections", 10_000_001, "1 to 10000000" },
        { "MaxConnectionsPerAddress", -1, "0 to 10000000" },
        { "MaxConnectionsPerAddress", 10_000_001, "0 to 10000000" },
        { "HandshakeTimeout", _tooShort, "00:00:00.0010000 to 730.00:00:00" },
        { "HandshakeTimeout", _tooLong, "730.00:00:00" },
        { "MagicStringTimeout", _tooShort, "00:00:00.0010000" },
        { "MagicStringTimeout", _tooLong, "730.00:00:00" },
        { "NickTimeout", TimeSpan.Zero, "00:00:00.0010000" },
        { "NickTimeout", _tooLong, "730.00:00:00" },
        { "PingAfterIdle", -TimeSpan.FromSeconds(1), "00:00:00.0010000" },
        { "PingAfterIdle", TimeSpan.MaxValue, "730.00:00:00" },
        { "PongTimeout", _tooShort, "00:00:00.0010000" },
        { "PongTimeout", _tooLong, "730.00:00:00" },
        { "CloseTimeout", _tooShort, "00:00:00.0010000" },
        { "StoreTimeout", _tooShort, "00:00:00.0010000" },
        { "StoreTimeout", TimeSpan.MaxValue, "49.00:00:00" },
        { "PolicyTimeout", _tooShort, "00:00:00.0010000" },
        { "PolicyTimeout", TimeSpan.MaxValue, "49.00:00:00" },
        { "TurnTimeout", _tooShort, "00:00:00.0010000" },
        { "TurnTimeout", TimeSpan.MaxValue, "49.00:00:00" },
        { "HandlerTimeout", _tooShort, "00:00:00.0010000" },
        { "HandlerTimeout", TimeSpan.MaxValue, "49.00:00:00" },
        { "ObserverTimeout", _tooShort, "00:00:00.0010000" },
        { "ObserverTimeout", TimeSpan.MaxValue, "49.00:00:00" },
        { "ObserverQueueEvents", 0, "1 to 1000000" },
        { "ObserverQueueEvents", 1_000_001, "1 to 1000000" },
        { "RulesAttempts", 0, "1 to 1000" },
        { "RulesAttempts", 1001, "1 to 1000" },
        { "RulesThreads", -1, "0 to 256" },
        { "RulesThreads", 257, "0 to 256" },
        { "RulesWakePeriod", _tooShort, "00:00:00.0010000 to 01:00:00" },
        { "RulesWakePeriod", TimeSpan.FromMinutes(61), "01:00:00" },
        { "CloseTimeout", TimeSpan.MinValue, "730.00:00:00" },
        { "HeartbeatPeriod", _tooShort, "00:00:00.0010000 to 00:01:00" },
        { "HeartbeatPeriod", TimeSpan.FromSeconds(61), "00:01:00" },
        { "ResumeBurst", 0, "1 to 1000000" },
        { "ReplayEvents", -1, "0 to 1000000" },
        { "ReplayBytes", -1, "0 to 1073741824" },
        { "ReplayBudgetBytes", 65_535, "65536 to 1073741824" },
        { "SessionGrace", TimeSpan.Zero, "00:00:00.0010000 to 24.00:00:00" },
        { "MaxSessionGrace", Timeout.InfiniteTimeSpan, "00:00:00 to 24.00:00:00" },
        { "MaxSessionGrace", TimeSpan.FromDays(25), "00:00:00 to 24.00:00:00" },
        { "MoveOnSpread", TimeSpan.FromMinutes(11), "00:00:00 to 00:10:00" },
        { "DrainTimeout", Timeout.InfiniteTimeSpan, "00:00:00 to 49.00:00:00" },
        { "DrainTimeout", TimeSpan.FromDays(50), "00:00:00 to 49.00:00:00" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task An_invalid_setting_is_named_with_its_valid_values(string setting, object? value, string allowed)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestServer.StartAsync(o => Set(o, setting, value)));
        // The message also names a setting that depends on this one.
        var failure = Assert.Single(error.Failures, f => f.StartsWith($"TPacket:{setting}", StringComparison.Ordinal));
        Assert.Contains(allowed, failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_invalid_settings_are_named_at_once()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestServer.StartAsync(o => (o.Port, o.MaxNickBytes, o.Path) = (-1, 0, "x")));
        Assert.Equal(3, error.Failures.Count());
    }

    [Fact]
    public void Every_setting_that_can_be_invalid_is_tested()
    {
        var tested = Wrong.Select(row => (string)row[0]!).ToHashSet();
        var all = typeof(TPacketServerOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.PropertyType != typeof(bool)).Select(p => p.Name);
        Assert.Empty(all.Except(tested));
    }

    [Theory]
    [InlineData("Address", "::1")]
    [InlineData("Address", "any")]
    [InlineData("AllowedOrigins", "*")]
    [InlineData("AllowedOrigins", "http://example.org:8080")]
    [InlineData("AllowedOrigins", "null")]
    [InlineData("AllowedOrigins", "file://")]
    [InlineData("AllowedOrigins", "https://b\u00FCcher.example:443")]
    [InlineData("MaxIncomingMessageBytes", 279)]
    [InlineData("MaxRequestHeaderLines", 10_000)]
    [InlineData("MaxNickBytes", 4096)]
    [InlineData("HistoryBytes", 0)]
    [InlineData("HistoryMessages", 1_000_000)]
    [InlineData("OutboundQueueBytes", 1024)]
    public async Task A_setting_at_the_end_of_its_range_is_accepted(string setting, object value)
    {
        await using var server = await TestServer.StartAsync(o => Set(o, setting, setting == "AllowedOrigins" ? new[] { (string)value } : value));
        Assert.NotEqual(0, server.EndPoint.Port);
    }

    [Fact]
    public async Task Deadlines_of_two_years_do_not_overflow()
    {
        var longest = TimeSpan.FromDays(730);
        await using var server = await TestServer.StartAsync(o =>
        {
            (o.HandshakeTimeout, o.MagicStringTimeout, o.NickTimeout) = (longest, longest, longest);
            (o.PingAfterIdle, o.PongTimeout, o.CloseTimeout) = (longest, longest, longest);
        });
        await using var client = await server.JoinAsync("alice", "room");
        await client.SayAsync("hello");
        await client.CloseAsync();
    }

    [Fact]
    public async Task The_longest_drain_timeout_lets_a_stop_wait_for_its_clients()
    {
        await using var server = await TestServer.StartAsync(o => o.DrainTimeout = TimeSpan.FromDays(49));
        await using var client = await server.SignInAsync("alice");
        var stopping = server.StopAsync();
        await client.ReceiveCloseAsync();
        await client.CloseOutputAsync();
        await stopping.WaitAsync(Deadline.Limit);
    }

    private static void Set(TPacketServerOptions options, string setting, object? value) =>
        typeof(TPacketServerOptions).GetProperty(setting)!.SetValue(options, value);
}
