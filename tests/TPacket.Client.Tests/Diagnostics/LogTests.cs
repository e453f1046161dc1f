using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TPacket.Client.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Client.Tests.Diagnostics;

/// <summary>The log of a client.</summary>
public class LogTests
{
    [Fact]
    public async Task A_close_reason_cannot_end_or_reorder_a_line_of_the_log()
    {
        const string Reason = "bye\n\u2028\u202E\u0007forged";
        await using var server = new FakeServer();
        var log = new LinesLog();
        await using var client = new TPacketClient(server.Uri, Harness.TestServer.Hasty(null), log);
        var reconnecting = new TaskCompletionSource();
        client.StateChanged += state =>
        {
            if (state.Phase == ClientPhase.Reconnecting)
                reconnecting.TrySetResult();
        };
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = await server.SignInAsync();
        await session.LetInAsync();
        await connecting;

        await session.CloseAsync(1001, Reason);
        await reconnecting.Task.WaitAsync(Deadline.Limit);

        Assert.Contains(log.Lines, static line => line.Contains(@"bye\u000A\u2028\u202E\u0007forged", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, static line => line.Any(static c => char.IsControl(c) || c is '\u2028' or '\u202E'));
        // The application receives the unescaped text.
        Assert.Contains(Reason, client.State.Cause!.Message, StringComparison.Ordinal);
    }

    /// <summary>Records messages and their values as text.</summary>
    private sealed class LinesLog : ILogger<TPacketClient>
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Lines.Enqueue(formatter(state, exception));
            foreach (var (name, value) in (IEnumerable<KeyValuePair<string, object?>>)state!)
                Lines.Enqueue($"{name} {value}");
        }
    }
}
