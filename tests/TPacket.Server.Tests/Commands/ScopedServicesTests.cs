using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Commands;

/// <summary>Handlers, filters and policies use scoped services, such as a DbContext, with and without a container that validates scopes.</summary>
public sealed class ScopedServicesTests
{
    private const int Ask = 300;
    private const int AskToo = 301;
    private const int Fail = 302;

    private readonly Ledger _ledger = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_has_its_own_services_for_each_command(bool validates)
    {
        await using var server = await StartAsync(validates, static b => b.AddCommand<DatabaseHandler>(Ask));
        await using var alice = await server.SignInAsync("alice");
        var first = (await alice.ReplyAsync(Ask)).P1;
        Assert.Equal(first + 1, (await alice.ReplyAsync(Ask)).P1);
        await alice.FenceAsync();
        Assert.Equal(_ledger.Created, _ledger.Disposed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filters_and_the_handler_of_a_command_share_its_services(bool validates)
    {
        await using var server = await StartAsync(validates, static b => b.AddFilter<DatabaseFilter>().AddCommand<TransientHandler>(Ask).AddCommand(AskToo, static context =>
        {
            context.Reply(AskToo, context.Services.GetRequiredService<Database>().Number, context.Services.GetRequiredService<Seen>().Number);
            return default;
        }));
        await using var alice = await server.SignInAsync("alice");
        foreach (var command in new[] { Ask, AskToo })
        {
            var reply = await alice.ReplyAsync(command);
            Assert.NotEqual(0, reply.P1);
            Assert.Equal(reply.P1, reply.P2);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_policy_has_its_own_services_for_each_decision(bool validates)
    {
        await using var server = await StartAsync(validates, static b => b.UseNickPolicy<DatabaseNicks>().UseHandshakePolicy<DatabaseHandshakes>());
        var before = _ledger.Created;
        await using (var alice = await server.SignInAsync("alice"))
        {
            Assert.Equal(2, _ledger.Created - before);
            Assert.Equal(_ledger.Created, _ledger.Disposed);
            await using var other = await server.ConnectAsync();
            await other.SendAsync(Wire.Nop, Wire.MagicString);
            Assert.Equal(Wire.ErrorNickTaken, (await other.ReplyAsync(Wire.SetUserNick, "alice"u8.ToArray())).P1);
        }

        // The policy releases the nick with services of that decision.
        await server.EndedAsync(2);
        await using var again = await server.SignInAsync("alice");
        Assert.Equal(_ledger.Created, _ledger.Disposed);
    }

    [Fact]
    public async Task Services_are_disposed_of_if_the_handler_fails()
    {
        await using var server = await StartAsync(validates: true, static b => b.AddCommand<DatabaseHandler>(Fail));
        await using var alice = await server.SignInAsync("alice");
        var reply = await alice.ReplyAsync(Fail);
        Assert.Equal((Wire.RespError, Wire.ErrorHandlerFailed), (reply.Command, reply.P1));
        await alice.FenceAsync();
        Assert.Equal(_ledger.Created, _ledger.Disposed);
    }

    [Fact]
    public async Task A_failure_of_disposing_is_logged_and_the_connection_continues()
    {
        await using var server = await StartAsync(validates: true, static b => b.AddCommand<DatabaseHandler>(Ask));
        await using var alice = await server.SignInAsync("alice");
        _ledger.IsBroken = true;
        Assert.Equal(Ask, (await alice.ReplyAsync(Ask)).Command);
        Assert.Empty(await alice.FenceAsync());
        var logged = await server.Logs.FirstAsync(static e => e.Id == 1203);
        Assert.Equal(LogLevel.Error, logged.Level);
    }

    [Fact]
    public async Task A_handler_of_two_commands_is_one_instance_without_scoped_services()
    {
        await using var server = await StartAsync(validates: true, static b => b.AddCommand<CountingHandler>(Ask).AddCommand<CountingHandler>(AskToo));
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal(1, (await alice.ReplyAsync(Ask)).P1);
        Assert.Equal(2, (await alice.ReplyAsync(AskToo)).P1);
        Assert.Equal(3, (await alice.ReplyAsync(Ask)).P1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_that_the_host_has_registered_has_the_lifetime_of_its_registration(bool isSingleton)
    {
        await using var server = await StartAsync(validates: true, b =>
        {
            b.Services.Add(new ServiceDescriptor(typeof(CountingHandler), typeof(CountingHandler), isSingleton ? ServiceLifetime.Singleton : ServiceLifetime.Scoped));
            b.AddCommand<CountingHandler>(Ask).AddCommand<CountingHandler>(AskToo);
        });
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal(1, (await alice.ReplyAsync(Ask)).P1);
        Assert.Equal(isSingleton ? 2 : 1, (await alice.ReplyAsync(AskToo)).P1);
    }

    [Fact]
    public async Task A_missing_service_fails_the_start()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(validates: false, static b => b.AddCommand<IncompleteHandler>(Ask)));
        Assert.Contains(nameof(IMissing), error.Message, StringComparison.Ordinal);
    }

    private Task<TestServer> StartAsync(bool validates, Action<ITPacketServerBuilder> build) => TestServer.StartAsync(
        build: builder =>
        {
            builder.Services.AddSingleton(_ledger).AddScoped<Database>().AddScoped<Seen>().AddTransient<Repository>();
            build(builder);
        },
        validates: validates);

    private interface IMissing;

    /// <summary>Counts databases.</summary>
    private sealed class Ledger
    {
        private int _created;
        private int _disposed;

        public int Created => Volatile.Read(ref _created);

        public int Disposed => Volatile.Read(ref _disposed);

        public bool IsBroken { get; set; }

        public int Create() => Interlocked.Increment(ref _created);

        public void Dispose()
        {
            Interlocked.Increment(ref _disposed);
            if (IsBroken)
                throw new InvalidOperationException("The database cannot be disposed of.");
        }
    }

    /// <summary>A service like a DbContext: scoped, disposable, for one thread.</summary>
    private sealed class Database(Ledger ledger) : IAsyncDisposable
    {
        public int Number { get; } = ledger.Create();

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            ledger.Dispose();
        }
    }

    private sealed class Seen
    {
        public int Number { get; set; }
    }

    private sealed class Repository(Database database)
    {
        public int Number => database.Number;
    }

    private sealed class DatabaseHandler(Database database) : ICommandHandler
    {
        public ValueTask HandleAsync(CommandContext context)
        {
            if (context.Command == Fail)
                throw new InvalidOperationException("The handler fails.");
            context.Reply(context.Command, database.Number);
            return default;
        }
    }

    /// <summary>Depends on the scoped service through a transient one.</summary>
    private sealed class TransientHandler(Repository repository, IEnumerable<Seen> seen) : ICommandHandler
    {
        public ValueTask HandleAsync(CommandContext context)
        {
            context.Reply(context.Command, repository.Number, seen.Single().Number);
            return default;
        }
    }

    private sealed class DatabaseFilter(Database database, Seen seen) : IPacketFilter
    {
        public ValueTask InvokeAsync(CommandContext context, PacketDelegate next)
        {
            seen.Number = database.Number;
            return next(context);
        }
    }

    private sealed class DatabaseNicks(Database database, UniqueNickPolicy unique) : INickPolicy
    {
        public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => database.Number > 0 ? unique.ReserveAsync(nick, user) : default;

        public ValueTask ReleaseAsync(string nick, IUser user) => unique.ReleaseAsync(nick, user);
    }

    private sealed class DatabaseHandshakes(Database database, OriginPolicy origins) : IHandshakePolicy
    {
        public ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request) => database.Number > 0 ? origins.DecideAsync(request) : new(HandshakeDecision.Refuse(500, "There is no database."));
    }

    private sealed class CountingHandler : ICommandHandler
    {
        private int _count;

        public ValueTask HandleAsync(CommandContext context)
        {
            context.Reply(context.Command, ++_count);
            return default;
        }
    }

    private sealed class IncompleteHandler(Database database, IMissing missing) : ICommandHandler
    {
        public ValueTask HandleAsync(CommandContext context) => throw new InvalidOperationException($"{database}{missing}");
    }
}
