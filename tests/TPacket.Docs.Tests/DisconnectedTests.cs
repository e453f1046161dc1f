using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Docs.Tests;

/// <summary>docs/extending.md: <c>context.User.Disconnected</c> ends the wait of a handler when its client is gone.</summary>
public class DisconnectedTests
{
    private const int Wait = 256;
    private const int UserIsGone = 1201;
    private const int HandlerFailed = 1203;

    [Fact]
    public async Task A_handler_that_is_cancelled_because_its_client_disconnected_logs_no_error()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var waiting = new TaskCompletionSource();
        using var log = new EventLog(UserIsGone);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddTPacketServer(options => (options.Address, options.Port) = ("127.0.0.1", 0))
            .AddCommand(Wait, async context =>
            {
                waiting.SetResult();
                await Task.Delay(Timeout.Infinite, context.User.Disconnected);
            });
        using var host = builder.Build();
        await host.StartAsync(deadline.Token);

        using (var socket = new ClientWebSocket())
        {
            await socket.ConnectAsync(new Uri($"ws://{host.Services.GetRequiredService<TPacketServer>().EndPoints[0]}/"), deadline.Token);
            await SendAsync(socket, PacketCommand.Nop, "magic string :)"u8.ToArray(), deadline.Token);
            await SendAsync(socket, PacketCommand.SetUserNick, "alice"u8.ToArray(), deadline.Token);
            await SendAsync(socket, (PacketCommand)Wait, [], deadline.Token);
            await waiting.Task.WaitAsync(deadline.Token);
            socket.Abort();
        }

        await log.Awaited.WaitAsync(deadline.Token);
        await host.StopAsync(deadline.Token);

        Assert.DoesNotContain(HandlerFailed, log.Ids);
    }

    private static Task SendAsync(ClientWebSocket socket, PacketCommand command, byte[] data, CancellationToken deadline)
    {
        var packet = new byte[PacketHeader.Size + data.Length];
        PacketWriter.Write(packet, uid: 1, (int)command, p1: 0, p2: 0, data);
        return socket.SendAsync(packet, WebSocketMessageType.Binary, endOfMessage: true, deadline);
    }

    /// <summary>Collects the ids of log events, and lets tests wait for one.</summary>
    private sealed class EventLog(int awaited) : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource _awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<int> Ids { get; } = new();

        public Task Awaited => _awaited.Task;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Ids.Enqueue(eventId.Id);
            if (eventId.Id == awaited)
                _awaited.TrySetResult();
        }

        public void Dispose()
        {
        }
    }
}
