using System.Reflection;
using Microsoft.Extensions.Logging;

namespace TPacket.Client.Tests;

public class LayerTests
{
    [Fact]
    public void The_library_references_only_what_its_layer_may_know()
    {
        string[] allowed =
        [
            "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options", "TPacket.Protocol", "TPacket.WebSockets",
        ];

        var others = typeof(TPacketClient).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => !name.StartsWith("System.", StringComparison.Ordinal));

        Assert.Equal(allowed, others.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_event_id_is_used_twice_and_each_is_of_its_range()
    {
        var events = typeof(TPacketClient).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .Select(message => message.EventId)
            .ToArray();

        Assert.NotEmpty(events);
        Assert.Equal(events.Distinct(), events);
        Assert.All(events, id => Assert.InRange(id, 2000, 2099));
    }
}
