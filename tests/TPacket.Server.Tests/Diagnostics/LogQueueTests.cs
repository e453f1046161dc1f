using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Diagnostics;

/// <summary>No log makes a client wait, and no client fills a log.</summary>
public class LogQueueTests
{
    private const int Stopped = 1003;
    private const int LeftOut = 1020;
    private const int Accepted = 1100;
    private const int BadPacket = 1202;
    private const int HandlerFailed = 1203;

    [Fact]
    public void Every_part_of_the_engine_logs_into_the_queue()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddTPacketServer();
        using var provider = services.BuildServiceProvider();

        var logs = typeof(TPacketServer).Assembly.GetTypes()
            .SelectMany(static type => type.GetConstructors(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic))
            .SelectMany(static constructor => constructor.GetParameters())
            .Select(static parameter => parameter.ParameterType)
            .Where(static type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ILogger<>))
            .Distinct()
            .ToArray();

        Assert.NotEmpty(logs);
        Assert.All(logs, log => Assert.Equal(typeof(QueuedLogger<>).MakeGenericType(log.GetGenericArguments()), provider.GetRequiredService(log).GetType()));
    }

    [Fact]
    public async Task An_unread_log_blocks_no_thread_and_receives_a_count_of_the_dropped_events()
    {
        // More than the number of event kinds, so that the counts of all kinds leave room for the last event.
        const int Room = 30;
        const int Malformed = 100;
        var log = new StuckLog();
        await using var server = await TestServer.StartAsync(o => o.LogQueueEvents = Room, b => b.Services.AddLogging(logging => logging.AddProvider(log)));
        log.Stop();
        for (var i = 0; i < Malformed; i++)
            await SendMalformedAsync(server);

        await using (var alice = await server.JoinAsync("alice", "room"))
        await using (var bob = await server.JoinAsync("bob", "room"))
        {
            await bob.SayAsync("still here");
            log.Go();
            await bob.FenceAsync();
        }

        await server.EndedAsync(1);
        await server.StopAsync();
        var read = log.Read.All;
        Assert.Equal(Stopped, read[^1].Id);
        // The queue keeps the order: it held the first events.
        Assert.Equal([1000, Accepted], read.Take(2).Select(static e => e.Id));
        var counts = read.Where(static e => e.Id == LeftOut).ToDictionary(static e => (int)e.Values["Event"]!, static e => (int)e.Values["Count"]!);
        foreach (var id in new[] { Accepted, BadPacket })
            Assert.True(counts[id] > Malformed - Room - 2, $"{counts[id]} of {id} are left out");
        Assert.Equal(Malformed, counts[BadPacket] + read.Count(static e => e.Id == BadPacket));
    }

    [Fact]
    public async Task A_server_stops_although_its_log_is_not_read()
    {
        var log = new StuckLog();
        await using var server = await TestServer.StartAsync(build: b => b.Services.AddLogging(logging => logging.AddProvider(log)));
        log.Stop();
        await using var alice = await server.JoinAsync("alice", "room");
        var stopping = server.StopAsync();
        await alice.ReceiveCloseAsync();
        await alice.CloseOutputAsync();
        await stopping.WaitAsync(Deadline.Limit);
        log.Go();
    }

    [Fact]
    public async Task A_log_that_throws_costs_no_connection()
    {
        var log = new StuckLog { Error = new IOException("The disk is full.") };
        await using var server = await TestServer.StartAsync(build: b => b.Services.AddLogging(logging => logging.AddProvider(log)));
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.SayAsync("still here");
        log.Error = null;
        alice.Cut();
        await server.StopAsync();
        Assert.Equal(Stopped, log.Read.All[^1].Id);
    }

    [Fact]
    public async Task Beyond_its_rate_a_kind_of_event_is_counted_and_the_other_kinds_are_logged()
    {
        const int Rate = 3;
        const int Malformed = 10;
        var time = new WatchedTime();
        await using var server = await TestServer.StartAsync(o => o.LogEventsPerMinute = Rate, time: time);
        for (var i = 0; i < Malformed; i++)
            await SendMalformedAsync(server);

        Assert.Equal(Rate, server.Logs.All.Count(static e => e.Id == BadPacket));
        // Events below Information have no limit: the host has enabled them.
        Assert.Equal(Malformed, server.Logs.All.Count(static e => e.Id == Accepted));
        Assert.DoesNotContain(server.Logs.All, static e => e.Id == LeftOut);

        time.Advance(TimeSpan.FromMinutes(1));
        var left = await server.Logs.FirstAsync(static e => e.Id == LeftOut);
        Assert.Equal((LogLevel.Warning, Malformed - Rate, BadPacket, "BadPacket"), (left.Level, left.Values["Count"], left.Values["Event"], left.Values["Name"]));

        await SendMalformedAsync(server);
        Assert.Equal(Rate + 1, server.Logs.All.Count(static e => e.Id == BadPacket));
    }

    [Fact]
    public async Task The_number_of_dropped_events_is_logged_at_the_stop()
    {
        await using var server = await TestServer.StartAsync(o => o.LogEventsPerMinute = 1);
        await SendMalformedAsync(server);
        await SendMalformedAsync(server);
        await server.StopAsync();
        Assert.Equal(1, Assert.Single(server.Logs.All, static e => e.Id == LeftOut).Values["Count"]);
    }

    [Fact]
    public async Task The_stack_of_an_exception_is_logged_once_a_minute_for_each_type()
    {
        var time = new WatchedTime();
        Exception[] errors = [new InvalidOperationException("one"), new InvalidOperationException("two"), new TimeoutException("three"), new InvalidOperationException("four")];
        var next = 0;
        await using var server = await TestServer.StartAsync(
            o => o.PingAfterIdle = TimeSpan.FromDays(1), b => b.AddCommand(256, _ => throw errors[next++], inline: true), time);
        await using var alice = await server.SignInAsync("alice");
        for (var i = 0; i < 3; i++)
            Assert.Equal(Wire.ErrorHandlerFailed, (await alice.ReplyAsync(256)).P1);

        var failures = server.Logs.All.Where(static e => e.Id == HandlerFailed).ToArray();
        Assert.Equal([errors[0], null, errors[2]], failures.Select(static e => e.Error));
        Assert.Equal("The handler of command 256 failed. System.InvalidOperationException again; an earlier event of this minute has the stack trace.", failures[1].Message);

        time.Advance(TimeSpan.FromMinutes(1));
        await alice.ReplyAsync(256);
        Assert.Same(errors[3], server.Logs.All.Last(static e => e.Id == HandlerFailed).Error);
    }

    [Fact]
    public async Task Each_exception_is_logged_with_its_stack_if_there_are_too_many_types_to_remember()
    {
        Type[] types = [typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(char), typeof(bool), typeof(float), typeof(double), typeof(decimal), typeof(Half), typeof(nint), typeof(nuint), typeof(string)];
        Exception[] errors = [.. from type in types.Append(typeof(string)).Append(typeof(byte)) select (Exception)Activator.CreateInstance(typeof(Fault<>).MakeGenericType(type))!];
        var next = 0;
        await using var server = await TestServer.StartAsync(build: b => b.AddCommand(256, _ => throw errors[next++], inline: true));
        await using var alice = await server.SignInAsync("alice");
        for (var i = 0; i < errors.Length; i++)
            await alice.ReplyAsync(256);

        // Only the last error has a type that the server remembers.
        Assert.Equal([.. errors[..^1], null], server.Logs.All.Where(static e => e.Id == HandlerFailed).Select(static e => e.Error));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_nick_policy_that_throws_for_unknown_clients_does_not_fill_the_log()
    {
        const int Packets = 10_000;
        await using var server = await TestServer.StartAsync(
            o => (o.LogEventsPerMinute, o.NickTimeout, o.PacketsPerSecond) = (new TPacketServerOptions().LogEventsPerMinute, TimeSpan.FromHours(1), 0), b => b.UseNickPolicy<BrokenNickPolicy>());
        using var peer = await server.ConnectRawAsync();
        await peer.UpgradeAsync();
        await peer.SendAsync(new Packet(1, Wire.Nop, Wire.MagicString));
        for (var i = 0; i < Packets; i++)
        {
            await peer.SendAsync(new Packet(i, Wire.SetUserNick, "x"));
            var answer = (await peer.ReadFrameAsync()).Packet;
            Assert.Equal((i, Wire.RespError, Wire.ErrorHandlerFailed), (answer.Uid, answer.Command, answer.P1));
        }

        await server.StopAsync();
        var failures = server.Logs.All.Where(static e => e.Id == HandlerFailed).ToArray();
        Assert.InRange(failures.Length, 100, 500);
        Assert.InRange(failures.Count(static e => e.Error is not null), 1, 5);
        Assert.Equal(Packets, failures.Length + server.Logs.All.Where(static e => e.Id == LeftOut).Sum(static e => (int)e.Values["Count"]!));
    }

    [Fact]
    public async Task The_scopes_of_the_code_that_logs_are_kept()
    {
        var scopes = new ScopeLog();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(scopes));
        services.AddTPacketServer();
        await using var provider = services.BuildServiceProvider();
        var log = provider.GetRequiredService<ILogger<OriginPolicy>>();
        using (log.BeginScope("the request"))
            ConnectionLog.OriginRefused(log, null, "https://evil.example");
        await provider.GetRequiredService<LogQueue>().FlushAsync(CancellationToken.None);
        Assert.Equal(["the request"], scopes.Scopes);
    }

    private static async Task SendMalformedAsync(TestServer server)
    {
        using var peer = await server.ConnectRawAsync();
        await peer.UpgradeAsync();
        await peer.SendAsync(ClientFrame.Binary("no packet"u8.ToArray()));
        await peer.ReadFrameAsync();
    }

    private sealed class BrokenNickPolicy : INickPolicy
    {
        public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => throw new InvalidOperationException("broken");

        public ValueTask ReleaseAsync(string nick, IUser user) => default;
    }

    private sealed class ScopeLog : ILoggerProvider, ILogger, ISupportExternalScope
    {
        private IExternalScopeProvider? _scopes;

        public List<object?> Scopes { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _scopes!.ForEachScope(static (scope, found) => found.Add(scope), Scopes);

        public void Dispose()
        {
        }
    }

    private sealed class Fault<T> : Exception;
}
