using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TPacket.WebSockets;

namespace TPacket.Server.Tests.Options;

/// <summary>Sources of the options.</summary>
public class OptionsBindingTests
{
    [Fact]
    public void Every_option_is_bound_from_its_section()
    {
        var defaults = new TPacketServerOptions();
        var settings = new Dictionary<string, string?>();
        foreach (var property in Properties())
        {
            if (property.PropertyType == typeof(IList<string>))
                (settings[$"TPacket:{property.Name}:0"], settings[$"TPacket:{property.Name}:1"]) = ("https://a.example", "*");
            else if (property.PropertyType == typeof(IList<TPacketEndpointOptions>))
                (settings["TPacket:Endpoints:0:Port"], settings["TPacket:Endpoints:1:UnixSocket"], settings["TPacket:Endpoints:1:ProxyProtocol"], settings["TPacket:Endpoints:1:TrustedProxies:0"]) = ("1", "/run/x", "true", "10.0.0.0/8");
            else
                settings[$"TPacket:{property.Name}"] = Text(Other(property.GetValue(defaults)!));
        }

        var options = Options(settings);
        foreach (var property in Properties())
        {
            if (property.PropertyType == typeof(IList<string>))
                Assert.Equal(["https://a.example", "*"], (IList<string>)property.GetValue(options)!);
            else if (property.PropertyType == typeof(IList<TPacketEndpointOptions>))
                Assert.Equal([("localhost", 1, null, 0), ("localhost", 25021, "/run/x", 1)], options.Endpoints.Select(static e => (e.Address, e.Port, e.UnixSocket, e.TrustedProxies.Count)));
            else
                Assert.Equal(Other(property.GetValue(defaults)!), property.GetValue(options));
        }
    }

    [Fact]
    public void The_defaults_are_those_of_the_protocol_page_and_are_valid()
    {
        var o = Options([]);
        Assert.Equal(("localhost", 25021, "/", "magic string :)"), (o.Address, o.Port, o.Path, o.MagicString));
        Assert.Equal((48, 64, 255, 255), (o.MaxNickBytes, o.MaxRoomNameBytes, o.MaxMessageTextBytes, o.MaxLoggedMessageBytes));
        Assert.Equal((8192, 100, 65536, 8192, 64), (o.HistoryBytes, o.HistoryMessages, o.MaxIncomingMessageBytes, o.MaxRequestHeadBytes, o.MaxRequestHeaderLines));
        Assert.Equal((0, 256, 0.25), (o.MaxRoomMembers, o.LargeRoomMembers, Seconds(o.PresencePeriod)));
        Assert.Equal((10, 10, 10, 30, 15, 5), (Seconds(o.HandshakeTimeout), Seconds(o.MagicStringTimeout), Seconds(o.NickTimeout), Seconds(o.PingAfterIdle), Seconds(o.PongTimeout), Seconds(o.DrainTimeout)));
        Assert.Equal((262144, 1024, 100_000, 0), (o.OutboundQueueBytes, o.OutboundQueuePackets, o.MaxConnections, o.MaxConnectionsPerAddress));
        Assert.Equal((50, 200, 10, 0), (o.PacketsPerSecond, o.PacketBurst, Seconds(o.RateLimitTimeout), o.RoomPacketsPerSecond));
        Assert.Equal((50, 200), (o.ControlFramesPerSecond, o.ControlFrameBurst));
        Assert.Equal((false, false, 0), (o.AllowNickChange, o.AllowRoomChange, o.AllowedOrigins.Count));
    }

    [Fact]
    public void Code_wins_over_configuration()
    {
        var options = Options(new() { ["TPacket:Port"] = "1111", ["TPacket:MaxNickBytes"] = "22" }, o => o.Port = 2222);
        Assert.Equal((2222, 22), (options.Port, options.MaxNickBytes));
    }

    [Theory]
    [InlineData("00:00:07", 7)]
    [InlineData("1.00:00:00", 86_400)]
    [InlineData("00:00:00.250", 0.25)]
    [InlineData("10", 10)]
    [InlineData("0.25", 0.25)]
    public void Times_are_seconds_or_have_days_and_fractions(string text, double seconds)
    {
        Assert.Equal(seconds, Seconds(Options(new() { ["TPacket:PongTimeout"] = text }).PongTimeout));
    }

    [Fact]
    public void Settings_are_read_once()
    {
        var services = new ServiceCollection();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["TPacket:MaxNickBytes"] = "22" }).Build();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddTPacketServer();
        using var provider = services.BuildServiceProvider();
        Assert.Equal(22, provider.GetRequiredService<IOptions<TPacketServerOptions>>().Value.MaxNickBytes);
        configuration["TPacket:MaxNickBytes"] = "33";
        configuration.Reload();
        Assert.Equal(22, provider.GetRequiredService<IOptions<TPacketServerOptions>>().Value.MaxNickBytes);
    }

    [Fact]
    public void The_server_can_be_added_twice_and_every_callback_applies()
    {
        var services = new ServiceCollection();
        services.AddTPacketServer(o => o.Port = 1);
        services.AddTPacketServer(o => o.MaxNickBytes = 2);
        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptions<TPacketServerOptions>>().Value;
        Assert.Equal((1, 2), (options.Port, options.MaxNickBytes));
        Assert.Single(services, s => s.ServiceType == typeof(Microsoft.Extensions.Hosting.IHostedService));
    }

    private static double Seconds(TimeSpan time) => time.TotalSeconds;

    private static PropertyInfo[] Properties() => typeof(TPacketServerOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    private static object Other(object value) => value switch
    {
        string text => text == "localhost" ? "127.0.0.1" : text + "x",
        int number => number == 0 ? 1 : number - 1,
        bool flag => !flag,
        TimeSpan time => time + TimeSpan.FromMilliseconds(500),
        NickLookAlikes => NickLookAlikes.Refuse,
        SlowConsumerPolicy => SlowConsumerPolicy.Abort,
        TransportKind => TransportKind.Sockets,
        CompressionLevel => CompressionLevel.SmallestSize,
        _ => throw new NotSupportedException(value.GetType().Name),
    };

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static TPacketServerOptions Options(Dictionary<string, string?> settings, Action<TPacketServerOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddTPacketServer(configure);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<TPacketServerOptions>>().Value;
    }
}
