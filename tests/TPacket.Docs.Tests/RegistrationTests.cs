using Microsoft.Extensions.DependencyInjection;
using TPacket.Docs.Tests.Snippets;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Docs.Tests;

/// <summary>The container can create the services that the pages register.</summary>
public class RegistrationTests
{
    public static TheoryData<string> Names => ["commands", "filters", "policies", "outside"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Services_that_a_page_registers_can_be_created(string name)
    {
        var services = new ServiceCollection().AddLogging().AddMetrics();
        services.AddTPacketServer(options => options.Transport = TransportKind.Sockets);
        Action<IServiceCollection> register = name switch
        {
            "commands" => Commands.Register,
            "filters" => Filters.Register,
            "policies" => Policies.Register,
            _ => Outside.Register,
        };
        register(services);
        using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        Assert.NotNull(provider.GetRequiredService<TPacketServer>());
    }

    [Fact]
    public void The_codecs_example_round_trips()
    {
        Assert.Equal(PacketReadStatus.Done, Packets.WriteAndRead());
    }
}
