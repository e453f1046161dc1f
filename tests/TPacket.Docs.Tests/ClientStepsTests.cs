using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Client;
using TPacket.Docs.Tests.Snippets;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Docs.Tests;

/// <summary>The .NET client's pages: their programs run, and the members that they list exist.</summary>
public class ClientStepsTests
{
    [Fact]
    public Task The_pages_client_receives_its_own_message() => ServeAsync(static async server =>
    {
        var printed = new List<string>();

        // The loop of the page does not end by itself.
        await Assert.ThrowsAsync<OperationCanceledException>(() => DotNetClients.JoinAsync(server, line =>
        {
            printed.Add(line);
            throw new OperationCanceledException();
        }).WaitAsync(TimeSpan.FromMinutes(1)));

        Assert.Equal(["alice: hello"], printed);
    });

    [Fact]
    public Task The_pages_client_receives_the_position_of_its_message() => ServeAsync(static async server =>
    {
        var printed = new List<string>();
        await using var client = new TPacketClient(server);
        await client.ConnectAsync("alice", "lobby");

        await DotNetClients.ReceiptAsync(client, printed.Add).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.StartsWith("event 1 of the room, at ", Assert.Single(printed), StringComparison.Ordinal);
    });

    [Fact]
    public Task The_pages_client_sends_a_request_and_receives_the_reply() => ServeAsync(static async server =>
    {
        var printed = new List<string>();

        await DotNetClients.AskAsync(server, printed.Add).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["Connecting", "SigningIn", "Joining: lobby", "Ready: lobby", "257 1 2", "Refused: It is late.", "Closed"], printed);
    });

    [Fact]
    public async Task The_pages_client_is_registered()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        HostedClient.Register(builder, "token");
        using var host = builder.Build();

        Assert.Equal(ClientPhase.Closed, host.Services.GetRequiredService<TPacketClient>().State.Phase);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public void The_page_has_every_option_with_its_default()
    {
        var expected = typeof(TPacketClientOptions).GetProperties().Where(property => property.CanWrite).Select(property => property.Name);

        Assert.Equal(expected.Order(StringComparer.Ordinal), Pages.Rows("docs/clients.md", "Options and limits").Select(cells => cells[0].Trim('`')).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Events", typeof(ClientEvent))]
    [InlineData("Errors", typeof(TPacketClientException))]
    public void The_page_has_every_event_and_every_error(string heading, Type root)
    {
        var expected = root.Assembly.GetExportedTypes().Where(type => type.IsAssignableTo(root) && !type.IsAbstract).Select(type => type.Name);

        Assert.Equal(expected.Order(StringComparer.Ordinal), Pages.Rows("docs/clients.md", heading).Select(cells => cells[0].Trim('`')).Order(StringComparer.Ordinal));
    }

    private static async Task ServeAsync(Func<Uri, Task> talk)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services
            .AddTPacketServer(options => (options.Address, options.Port) = ("127.0.0.1", 0))
            .AddCommand(258, static async context =>
            {
                await context.Room!.BroadcastAsync(257, 1, 2);
                context.ReplyError(PacketErrorCode.Refused, "It is late.");
            });
        using var host = builder.Build();
        await host.StartAsync();
        await talk(new Uri($"ws://{(IPEndPoint)host.Services.GetRequiredService<TPacketServer>().EndPoints[0]}/"));
        await host.StopAsync();
    }
}
