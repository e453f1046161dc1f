using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using SignIn;
using TPacket.Client;
using TPacket.EndToEnd.Tests.Harness;
using TPacket.Interop.Tests;

namespace TPacket.SignIn.Tests;

/// <summary>The sample behind a relay that can cut its connections, with a fake clock for its tokens.</summary>
internal sealed class TestSignIn : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly MessageLog _log;
    private Relay _relay = null!;
    private bool _isDisposed;

    private TestSignIn(WebApplication app, MessageLog log)
    {
        _app = app;
        _log = log;
    }

    /// <summary>The clock of the tokens. A token is valid for 10 s.</summary>
    public FakeTimeProvider Time { get; private init; } = null!;

    /// <summary>The logged messages of all levels.</summary>
    public IReadOnlyCollection<string> Logged => _log.Messages;

    public static async Task<TestSignIn> StartAsync()
    {
        using var deadline = Deadline.Start();
        var log = new MessageLog();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var app = SignInApp.Build(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:Microsoft.AspNetCore", "Trace"], builder =>
        {
            builder.Logging.ClearProviders().AddProvider(log);
            builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
            builder.Services.AddSingleton(services => new TokenIssuer(services.GetRequiredService<IOptions<TokenOptions>>(), time));
        });
        var started = new TestSignIn(app, log) { Time = time };
        await app.StartAsync(deadline.Token);
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        started._relay = Relay.Start(IPEndPoint.Parse(new Uri(address).Authority));
        return started;
    }

    /// <summary>Returns the address of a path of the app.</summary>
    public Uri At(string path) => new($"http://{_relay.EndPoint}/{path}");

    /// <summary>Ends all connections.</summary>
    public void Cut() => _relay.Cut();

    /// <summary>Creates an HTTP client with cookies, like a browser.</summary>
    public HttpClient Browse() => new() { BaseAddress = At(""), Timeout = Deadline.Limit };

    public async Task<HttpClient> SignInAsync(string name, string password)
    {
        var browser = Browse();
        using var response = await browser.PostAsJsonAsync("sign-in", new { name, password });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return browser;
    }

    public static async Task<string> FetchTokenAsync(HttpClient browser)
    {
        using var response = await browser.PostAsync("token", null);
        response.EnsureSuccessStatusCode();
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["token"]!;
    }

    /// <summary>Creates a client that fetches a token for each attempt to connect.</summary>
    /// <param name="browser">The browser that has signed in.</param>
    /// <param name="way">The way to send the token, as for <see cref="Target"/>.</param>
    public TPacketClient CreateTokenClient(HttpClient browser, string way = "header") => CreateClient(At("token-chat"), async () => Target(way, await FetchTokenAsync(browser)));

    /// <summary>Returns the target of a connection with a token.</summary>
    /// <param name="way">The way to send the token: <c>query</c>, <c>subprotocol</c> or <c>header</c>.</param>
    /// <param name="token">The token.</param>
    public ConnectTarget Target(string way, string token) => way switch
    {
        "query" => new ConnectTarget(At($"token-chat?access_token={token}")),
        "subprotocol" => new ConnectTarget(At("token-chat")) { Subprotocols = ["tpacket", $"bearer.{token}"] },
        _ => new ConnectTarget(At("token-chat")) { Headers = [new("Authorization", $"Bearer {token}")] },
    };

    /// <summary>Completes with the next state of a phase.</summary>
    public static Task<ClientState> NextAsync(TPacketClient client, ClientPhase phase)
    {
        var next = new TaskCompletionSource<ClientState>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.StateChanged += state =>
        {
            if (state.Phase == phase)
                next.TrySetResult(state);
        };
        return next.Task;
    }

    /// <summary>Creates a client that reconnects at once.</summary>
    public static TPacketClient CreateClient(Uri address, Func<Task<ConnectTarget?>>? target = null) => new(address, new TPacketClientOptions
    {
        Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(20) },
        Target = target is null ? null : async (_, _) => await target(),
    });

    /// <summary>Stops the app. All messages are logged when it returns.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _relay.DisposeAsync();
        using var abandoned = new CancellationTokenSource();
        await abandoned.CancelAsync();
        await _app.StopAsync(abandoned.Token);
        await _app.DisposeAsync();
    }

    private sealed class MessageLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _messages = new();

        public IReadOnlyCollection<string> Messages => _messages;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            _messages.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _messages.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
