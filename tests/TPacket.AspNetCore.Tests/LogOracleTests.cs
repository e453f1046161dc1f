using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using TPacket.AspNetCore.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests;

/// <summary>Tests that no behaviour of a client causes an error in the log of the engine or of Kestrel.</summary>
public class LogOracleTests
{
    private static readonly string[] _headers =
    [
        "", "Origin: http://xn--a\r\n", "Origin: http://xn--£s8h.example\r\n", "Origin: http://[::1\r\n", "Origin: null\r\n", "Origin: http://\u00AD\r\n", "Origin: http://a\uFFFEb\r\n", "Origin: \u2028\r\n", "Cookie: \uFFFF\r\n", "Host: b\r\n",
        "Sec-WebSocket-Protocol: \u2028\r\n", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "X: \0\r\n", "Expect: 100-continue\r\n",
    ];

    private static readonly byte[][] _frames =
    [
        [], [0x82], ClientFrame.Binary("no packet"u8.ToArray()), ClientFrame.Write(1, "text"u8.ToArray()), [0xFF, 0xFF, 0xFF], ClientFrame.Write(8, [0x03, 0xE8]), ClientFrame.Write(8, [1]),
        [.. ClientFrame.Binary(new Packet(1, Wire.Nop, Wire.MagicString)), .. ClientFrame.Binary(new Packet(2, Wire.SetUserNick, "a\u2028")), .. ClientFrame.Binary(new Packet(3, Wire.SetUserNick, "a"))],
        [.. ClientFrame.Binary(new Packet(1, Wire.Nop, Wire.MagicString)), .. ClientFrame.Binary(new Packet(3, Wire.SetUserNick, "x\uFFFE")), .. ClientFrame.Binary(new Packet(4, Wire.SetRoom, "x"))],
    ];

    [Fact]
    public async Task Random_requests_over_HTTP_1_log_no_error()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var errors = new ErrorLog();
        await using (var app = await TestApp.StartAsync(services: builder => builder.Logging.AddProvider(errors)))
        {
            for (var i = 0; i < 300; i++)
            {
                using var client = await RawClient.ConnectAsync(app.EndPoint);
                await client.SendUntilRefusedAsync(Request(random));
                if (random.Next(2) == 0)
                    await client.SendUntilRefusedAsync(_frames[random.Next(_frames.Length)]);
                End(random.Next(4), client);
            }

            // The next client is served.
            await using var alice = await app.JoinAsync("alice", "room");
            await alice.SayAsync("still here");
            await alice.CloseAsync();
            await app.StopAsync();
        }

        Assert.True(errors.Lines.IsEmpty, $"seed {seed}: {string.Join('\n', errors.Lines)}");
    }

    [Fact]
    public async Task Aborted_requests_over_HTTP_2_log_no_error()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var errors = new ErrorLog();
        await using (var app = await TestApp.StartAsync(HttpKind.Http2, services: builder => builder.Logging.AddProvider(errors)))
        {
            for (var i = 0; i < 100; i++)
            {
                using var http = app.CreateHttp();
                using var request = RawWebSocket.Request(app);
                if (random.Next(3) == 0)
                    request.Headers.TryAddWithoutValidation("Origin", "https://stranger.example");
                using var broken = new CancellationTokenSource();
                var sending = http.SendAsync(request, broken.Token);
                for (var turns = random.Next(50); turns > 0; turns--)
                    await Task.Yield();
                if (random.Next(2) == 0)
                    await broken.CancelAsync();
                else
                    http.Dispose();
                // The request may be aborted before, during or after the response.
                if (await Record.ExceptionAsync(async () => (await sending).Dispose()) is { } error)
                    Assert.True(error is OperationCanceledException or HttpRequestException or IOException or ObjectDisposedException, error.ToString());
            }

            await using var alice = await app.JoinAsync("alice", "room");
            await alice.SayAsync("still here");
            await alice.CloseAsync();
            await app.StopAsync();
        }

        Assert.True(errors.Lines.IsEmpty, $"seed {seed}: {string.Join('\n', errors.Lines)}");
    }

    private static byte[] Request(Random random)
    {
        var method = random.Next(10) == 0 ? "POST" : "GET";
        var target = new[] { "/chat", "/chat?a=%E2%80%A8&b=\u00FF", "/elsewhere", "/chat/../chat", "*" }[random.Next(5)];
        var key = random.Next(10) == 0 ? "x" : "dGhlIHNhbXBsZSBub25jZQ==";
        var text = $"{method} {target} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            + $"{_headers[random.Next(_headers.Length)]}{_headers[random.Next(_headers.Length)]}\r\n";
        var bytes = Encoding.UTF8.GetBytes(text);
        return random.Next(5) == 0 ? bytes[..random.Next(1, bytes.Length)] : bytes;
    }

    private static void End(int how, RawClient client)
    {
        try
        {
            if (how == 0)
                client.Reset();
            else if (how == 1)
                client.ShutdownSend();
        }
        catch (SocketException)
        {
            // The server has closed the connection first.
        }
    }

    /// <summary>Collects all logged errors, and all exceptions in the log categories of TPacket.</summary>
    private sealed class ErrorLog : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Category(categoryName, Lines);

        public void Dispose()
        {
        }

        private sealed class Category(string name, ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (logLevel >= LogLevel.Error || (exception is not null && name.StartsWith("TPacket", StringComparison.Ordinal)))
                    lines.Enqueue($"{name} {eventId.Id} {formatter(state, exception)} {exception}");
            }
        }
    }
}
