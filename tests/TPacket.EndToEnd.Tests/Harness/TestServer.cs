using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Interop.Tests;
using TPacket.Interop.Tests.Tls;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.EndToEnd.Tests.Harness;

/// <summary>A server in a host of its own, with commands of a test application.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    /// <summary>The command that the server answers with the same command, numbers and data.</summary>
    public const int Echo = 256;

    /// <summary>The command that the host broadcasts.</summary>
    public const int Broadcast = 257;

    /// <summary>The command that the server refuses with -1042.</summary>
    public const int Refuse = 258;

    private readonly IHost _host;
    private readonly CertificateFiles? _files;

    private TestServer(IHost host, CertificateFiles? files)
    {
        _host = host;
        _files = files;
    }

    public IPEndPoint EndPoint => (IPEndPoint)_host.Services.GetRequiredService<TPacketServer>().EndPoints[0];

    public static async Task<TestServer> StartAsync(bool tls)
    {
        var files = tls ? new CertificateFiles() : null;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services
            .AddTPacketServer(options =>
                options.Endpoints.Add(new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, Certificate = files?.Certificate, CertificateKey = files?.Key }))
            .AddCommand(Echo, EchoAsync)
            .AddCommand(Refuse, RefuseAsync);
        var server = new TestServer(builder.Build(), files);
        using var deadline = Deadline.Start();
        await server._host.StartAsync(deadline.Token);
        return server;
    }

    public IRoom Room(string name) => _host.Services.GetRequiredService<IRoomDirectory>().Find(name)!;

    public IUser User(string nick) => _host.Services.GetRequiredService<IUserDirectory>().Users.Single(user => user.Nick == nick);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _files?.Dispose();
    }

    private static ValueTask EchoAsync(CommandContext context)
    {
        context.Reply(context.Command, context.P1, context.P2, context.Data.Span);
        return ValueTask.CompletedTask;
    }

    private static ValueTask RefuseAsync(CommandContext context)
    {
        context.ReplyError((PacketErrorCode)(-1042), "Not your turn.");
        return ValueTask.CompletedTask;
    }
}
