using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Interop.Tests;
using TPacket.Server;
using WebChat;

namespace TPacket.Pages.Tests.Harness;

/// <summary>The sample; tests stop it and start it again on the same port.</summary>
internal sealed class TestChat : IAsyncDisposable
{
    private WebApplication? _app;

    /// <summary>The page's address.</summary>
    public Uri Page { get; private set; } = new("http://127.0.0.1:0/");

    public static async Task<TestChat> StartAsync()
    {
        var chat = new TestChat();
        await chat.StartAgainAsync();
        return chat;
    }

    public IUser User(string nick) => _app!.Services.GetRequiredService<IUserDirectory>().Users.Single(user => user.Nick == nick);

    public IRoom Room(string name) => _app!.Services.GetRequiredService<IRoomDirectory>().Find(name)!;

    public async Task StartAgainAsync()
    {
        using var deadline = Deadline.Start();
        _app = ChatApp.Build(["--urls", Page.ToString(), "--TPacket:Sqlite:Path", "", "--Logging:LogLevel:Default", "None"]);
        await _app.StartAsync(deadline.Token);
        Page = new Uri(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
    }

    public async Task StopAsync()
    {
        if (_app is null)
            return;
        using var deadline = Deadline.Start();
        await _app.StopAsync(deadline.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
