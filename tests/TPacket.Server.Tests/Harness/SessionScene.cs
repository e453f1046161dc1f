using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Server.Tests.Harness;

/// <summary>The scene that tests of sessions share: a clock that only the test moves, the tokens of a client, and a server on that clock.</summary>
public abstract class SessionScene
{
    private protected WatchedTime Time { get; } = new();

    /// <summary>The token of the session.</summary>
    private protected byte[] Token { get; } = SessionSteps.NewToken();

    /// <summary>The next token, which the client sends in RESUME.</summary>
    private protected byte[] Next { get; } = SessionSteps.NewToken();

    /// <summary>The store of sessions of a server with <see cref="WithFlakySessions"/>.</summary>
    private protected FlakySessionStore Sessions { get; } = new();

    /// <summary>The nick policy of a server with <see cref="WithGatedNicks"/>.</summary>
    private protected GatedNickPolicy Nicks { get; } = new();

    private protected void WithFlakySessions(ITPacketServerBuilder builder) => builder.Services.AddSingleton<ISessionStore>(Sessions);

    private protected void WithGatedNicks(ITPacketServerBuilder builder) => builder.Services.AddSingleton<INickPolicy>(Nicks);

    private protected Task<TestServer> StartAsync(Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? build = null) =>
        TestServer.StartAsync(
            o =>
            {
                // No client of these tests answers pings, and the clock must not let any of them time out.
                o.PingAfterIdle = o.HandshakeTimeout = o.MagicStringTimeout = o.NickTimeout = TimeSpan.FromDays(700);
                options?.Invoke(o);
            },
            build,
            Time);

    /// <summary>Advances the clock until a task completes, however many threads take part in it. Each second takes a millisecond at least, so that the clock does not run ahead of threads that read it.</summary>
    private protected async Task<T> PassUntilAsync<T>(Task<T> happened)
    {
        using var deadline = Deadline.Start();
        while (!happened.IsCompleted)
        {
            deadline.Token.ThrowIfCancellationRequested();
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(happened, Task.Delay(TimeSpan.FromMilliseconds(1)));
        }

        return await happened;
    }
}
