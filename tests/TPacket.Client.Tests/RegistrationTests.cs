using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Client.Tests.Harness;

namespace TPacket.Client.Tests;

public class RegistrationTests
{
    [Fact]
    public async Task The_container_disposes_of_a_registered_client()
    {
        await using var server = await TestServer.StartAsync();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddTPacketClient(server.Uri, options => options.MaxUsers = 1);
        var provider = services.BuildServiceProvider();

        var client = provider.GetRequiredService<TPacketClient>();
        Assert.Same(client, provider.GetRequiredService<TPacketClient>());
        await client.ConnectAsync("alice", "lobby");
        var recorder = new ClientRecorder(client);
        await server.EnterAsync("bob");
        await recorder.RecordsAsync("Closed ProtocolViolation");
        await provider.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.ConnectAsync("alice"));
    }

    [Fact]
    public async Task A_client_can_be_registered_without_logging()
    {
        await using var server = await TestServer.StartAsync();
        await using var provider = new ServiceCollection().AddTPacketClient(server.Uri).BuildServiceProvider();

        await provider.GetRequiredService<TPacketClient>().ConnectAsync("alice");
    }

    [Fact]
    public void Options_may_come_from_the_configuration()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Chat:Timeout", "00:00:00")]).Build();
        var services = new ServiceCollection();
        services.AddTPacketClient(new Uri("ws://localhost/"));
        services.Configure<TPacketClientOptions>(configuration.GetSection("Chat"));
        using var provider = services.BuildServiceProvider();

        Assert.Throws<ArgumentOutOfRangeException>(() => provider.GetRequiredService<TPacketClient>());
    }

    [Theory]
    [InlineData("-00:00:00.001")]
    [InlineData("49.00:00:00.001")]
    public void The_time_until_a_connection_is_stable_has_a_range(string time)
    {
        var options = new TPacketClientOptions { Reconnect = ReconnectOptions.Default with { StableAfter = TimeSpan.Parse(time, CultureInfo.InvariantCulture) } };

        Assert.Equal("StableAfter", Assert.Throws<ArgumentOutOfRangeException>(() => new TPacketClient(new Uri("ws://localhost/"), options)).ParamName);
    }
}
