using System.Net;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Tests.Harness;
using TPacket.Transports;

namespace TPacket.Server.Tests.Diagnostics;

/// <summary>Logs and metrics.</summary>
public class DiagnosticsTests
{
    private static readonly Dictionary<string, (int First, int Last)> _ranges = new()
    {
        ["ServerLog"] = (1000, 1099),
        ["ConnectionLog"] = (1100, 1199),
        ["SessionLog"] = (1200, 1299),
        ["RoomLog"] = (1300, 1399),
        ["RulesLog"] = (1500, 1599),
        ["ModerationLog"] = (1750, 1799),
    };

    [Fact]
    public void No_event_id_is_used_twice_and_each_is_of_its_class()
    {
        var events = (
            from type in typeof(TPacketServer).Assembly.GetTypes()
            from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
            where attribute is not null
            select (Class: type.Name, Method: method.Name, attribute.EventId)).ToArray();
        Assert.NotEmpty(events);
        Assert.Equal(events.Length, events.Select(e => e.EventId).Distinct().Count());
        Assert.All(events, e => Assert.InRange(e.EventId, _ranges[e.Class].First, _ranges[e.Class].Last));
        Assert.Equal(_ranges.Keys.Order(), events.Select(e => e.Class).Distinct().Order());
    }

    [Fact]
    public void No_log_event_has_a_nullable_address_as_a_parameter()
    {
        var nullability = new NullabilityInfoContext();
        var addresses = (
            from type in typeof(TPacketServer).Assembly.GetTypes()
            from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            where method.GetCustomAttribute<LoggerMessageAttribute>() is not null
            from parameter in method.GetParameters()
            where parameter.ParameterType.IsAssignableTo(typeof(EndPoint))
            select (method.Name, nullability.Create(parameter).WriteState)).ToArray();
        Assert.NotEmpty(addresses);
        // It would be logged as "(null)"; a LoggedEndPoint is logged as "unknown".
        Assert.All(addresses, static address => Assert.Equal((address.Name, NullabilityState.NotNull), address));
    }

    [Fact]
    public async Task Metrics_have_their_names_and_units_and_no_tag_identifies_a_user_or_a_room()
    {
        await using var server = await TestServer.StartAsync(o => (o.MaxConnections, o.RoomPacketsPerSecond, o.RoomPacketBurst) = (2, 1, 1));
        await using (var alice = await server.JoinAsync("secret nick", "secret room"))
        {
            await alice.SayAsync("secret text");
            await alice.ReplyAsync(Wire.NewMsg, "secret text too much");
            await alice.CloseAsync();
        }

        await server.EndedAsync();
        using (var texting = await server.ConnectRawAsync())
        {
            await texting.UpgradeAsync();
            await texting.SendAsync(ClientFrame.Write(1, "secret text"u8.ToArray()));
            await texting.ReadFrameAsync();
        }

        using (var hostile = await server.ConnectRawAsync())
        {
            await hostile.UpgradeAsync();
            await hostile.SendAsync(ClientFrame.Binary("secret garbage that is no packet"u8.ToArray()));
            await hostile.ReadFrameAsync();
        }

        await server.EndedAsync(3);
        var token = SessionSteps.NewToken();
        await using (var lost = await server.JoinWithSessionAsync("lost", token))
            lost.Cut();
        await server.AwayAsync();
        await using (var back = await server.ResumeAsync(token))
        {
            await back.ReceiveAsync();
            await back.CloseAsync();
        }

        await server.EndedAsync(5);
        await using (var one = await server.SignInAsync("one"))
        await using (var two = await server.SignInAsync("two"))
        using (var three = await server.ConnectRawAsync())
            await three.ReadToEndAsync();
        server.Services.GetRequiredService<Transport>().Suspended!(new IOException("few are left"));
        var metrics = server.Services.GetRequiredService<ServerMetrics>();
        metrics.RulesDecided("Appended");
        metrics.RulesConflicted();
        metrics.RulesWoken();

        Assert.Equal(
            [
                "tpacket.server.accept_suspensions {suspension}",
                "tpacket.server.active_connections {connection}",
                "tpacket.server.active_users {user}",
                "tpacket.server.away_users {user}",
                "tpacket.server.bad_packets {packet}",
                "tpacket.server.connection.duration s",
                "tpacket.server.deliveries {packet}",
                "tpacket.server.packets {packet}",
                "tpacket.server.protocol_violations {client}",
                "tpacket.server.refused_connections {connection}",
                "tpacket.server.refused_packets {packet}",
                "tpacket.server.resumes {request}",
                "tpacket.server.rules.conflicts {decision}",
                "tpacket.server.rules.decisions {command}",
                "tpacket.server.rules.wakes {wake}",
            ],
            server.Metrics.Instruments.All.Select(i => $"{i.Name} {i.Unit}").Order(StringComparer.Ordinal));
        var measurements = server.Metrics.Measurements.All;
        Assert.All(server.Metrics.Instruments.All, i => Assert.Equal("TPacket.Server", i.Meter.Name));
        Assert.All(server.Metrics.Instruments.All, i => Assert.Contains(measurements, m => m.Instrument == i.Name));

        string[] allowed = ["tpacket.end", "tpacket.limit", "tpacket.command", "tpacket.status", "tpacket.violation", "tpacket.outcome"];
        Assert.Empty(measurements.SelectMany(m => m.Tags.Keys).Distinct().Except(allowed));
        var values = measurements.SelectMany(m => m.Tags.Values).Select(v => v!.ToString()!).Distinct();
        Assert.All(values, v => Assert.Matches("^[A-Za-z]+$", v));
    }

    [Fact]
    public async Task Deliveries_count_the_packets_that_members_receive()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await alice.FenceAsync();
        var before = server.Metrics.Sum("tpacket.server.deliveries");
        await alice.SayAsync("hello");
        await bob.FenceAsync();
        Assert.Equal(2, server.Metrics.Sum("tpacket.server.deliveries") - before);
    }

    [Fact]
    public async Task A_packet_that_no_member_accepts_is_not_counted_as_a_delivery()
    {
        await using var server = await TestServer.StartAsync(build: b => b.AddCommand(256, async context => await context.Room!.BroadcastAsync(300)));
        await using var alice = await server.JoinAsync("alice", "room");
        var before = server.Metrics.Sum("tpacket.server.deliveries");
        await alice.SendAsync(256);
        await alice.FenceAsync();
        Assert.Equal(0, server.Metrics.Sum("tpacket.server.deliveries") - before);
    }

    [Fact]
    public async Task Unknown_commands_share_few_tags()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.SignInAsync("alice");
        foreach (var command in new[] { -5, 9, 42, 63, 64, 127, 128, 256, 1000, int.MaxValue, Wire.NewMsg })
            await alice.ReplyAsync(command);
        var tags = server.Metrics.Measurements.All.Where(m => m.Instrument == "tpacket.server.packets").Select(m => m.Tags["tpacket.command"]!.ToString()).Distinct();
        Assert.Equal(["Application", "Game", "NewMsg", "SetUserNick", "Unknown"], tags.Order());
    }

    [Fact]
    public async Task No_message_is_logged_and_a_normal_disconnect_is_no_warning()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        using var rude = await server.ConnectRawAsync();
        await rude.JoinAsync("rude", "room");
        await alice.FenceAsync();
        await alice.SayAsync("whispered words");
        rude.Reset();
        await alice.ReceiveAsync();
        await alice.CloseAsync();
        await server.EndedAsync(2);
        await server.StopAsync();
        Assert.DoesNotContain(server.Logs.All, e => e.Message.Contains("whispered", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Logs.All, e => e.Level >= LogLevel.Warning);
    }
}
