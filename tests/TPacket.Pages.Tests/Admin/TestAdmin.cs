using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Tests.Harness;

namespace TPacket.Pages.Tests.Admin;

/// <summary>An app with rooms and the admin page; tests stop it and start it again on the same port.</summary>
internal sealed class TestAdmin : IAsyncDisposable
{
    private WebApplication? _app;
    private Uri _address = new("http://127.0.0.1:0/");

    /// <summary>Whether each visitor is an operator.</summary>
    public bool IsSignedIn { get; set; } = true;

    /// <summary>The page's address, without the slash at its end.</summary>
    public Uri Page => new(_address, "/admin");

    public IServiceProvider Services => _app!.Services;

    public static async Task<TestAdmin> StartAsync()
    {
        var admin = new TestAdmin();
        await admin.StartAgainAsync();
        return admin;
    }

    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--urls", _address.ToString()] });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(this);
        builder.Services.AddTPacketServer(static o => (o.OutboundQueueBytes, o.OutboundQueuePackets, o.MaxConnections) = (64 * 1024 * 1024, 10_000, 500));
        builder.Services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, Operator>("Test", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("TPacketAdmin", static policy => policy.RequireRole("operator"));
        _app = builder.Build();
        _app.MapTPacket("/chat");
        _app.MapTPacketAdmin();
        using var deadline = TPacket.Interop.Tests.Deadline.Start();
        await _app.StartAsync(deadline.Token);
        _address = new Uri(Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
    }

    public async Task<TestClient> JoinAsync(string nick, string room)
    {
        var client = await TestClient.ConnectAsync(new UriBuilder(_address) { Scheme = "ws", Path = "/chat" }.Uri);
        await client.SignInAsync(nick);
        await client.JoinAsync(room);
        return client;
    }

    public async Task StopAsync()
    {
        if (_app is null)
            return;
        using var abandoned = new CancellationTokenSource();
        await abandoned.CancelAsync();
        await _app.StopAsync(abandoned.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private sealed class Operator(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TestAdmin admin)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(admin.IsSignedIn
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, "operator")], Scheme.Name)), Scheme.Name))
            : AuthenticateResult.NoResult());
    }
}
