using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TPacket.Server;

namespace TPacket.Docs.Tests;

/// <summary>docs/extending.md names every metric and every log event.</summary>
public class ObservingPageTests
{
    private const string Page = "docs/extending.md";

    [Fact]
    public void The_page_has_every_metric_with_its_unit()
    {
        var published = new List<string>();
        var services = new ServiceCollection().AddLogging().AddMetrics();
        services.AddTPacketServer(options => options.Transport = TransportKind.Sockets);
        using var provider = services.BuildServiceProvider();
        // Tests that run at the same time have servers, too.
        var meters = provider.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "TPacket.Server" && ReferenceEquals(instrument.Meter.Scope, meters))
                    published.Add($"{instrument.Name} {instrument.Unit}");
            },
        };
        _ = provider.GetRequiredService<TPacketServer>();
        listener.Start();

        Assert.Equal(
            published.Distinct().Order(StringComparer.Ordinal),
            Pages.Rows(Page, "Metrics").Where(static cells => cells[0].StartsWith("`tpacket.server.", StringComparison.Ordinal)).Select(cells => $"{cells[0].Trim('`')} {cells[1].Trim('`')}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_has_every_log_event_and_no_id_is_used_twice()
    {
        var events = typeof(TPacketServer).Assembly.GetTypes().Concat(typeof(SqliteOptions).Assembly.GetTypes()).Concat(typeof(RedisOptions).Assembly.GetTypes()).Concat(typeof(TPacketEndpointRouteBuilderExtensions).Assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .OrderBy(message => message.EventId)
            .Select(message => string.Create(CultureInfo.InvariantCulture, $"{message.EventId} {message.Level} {message.Message}"))
            .ToArray();

        Assert.NotEmpty(events);
        Assert.Equal(events.Length, events.Select(message => message.Split(' ')[0]).Distinct().Count());
        Assert.Equal(events, Pages.Rows(Page, "Log events").Select(cells => $"{cells[0].Trim('`')} {cells[1]} {cells[2]}"));
    }
}
