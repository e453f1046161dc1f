using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Noughts;
using TPacket.Games;
using TPacket.Interop.Tests;
using TPacket.Server;

namespace TPacket.Pages.Tests.Harness;

/// <summary>The game of docs/games.md, with the rules and the page of that document. Tests stop it and start it again on the same port and file.</summary>
internal sealed partial class TestNoughts : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-noughts-");
    private WebApplication? _app;

    private TestNoughts()
    {
        var root = _folder.CreateSubdirectory("wwwroot").FullName;
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pages", "games.md")).ReplaceLineEndings("\n");
        foreach (Match file in PageFile().Matches(text))
            File.WriteAllText(Path.Combine(root, file.Groups["name"].Value), file.Groups["text"].Value);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "pages", "tpacket-client.min.js"), Path.Combine(root, "tpacket-client.min.js"));
    }

    /// <summary>The page's address.</summary>
    public Uri Page { get; private set; } = new("http://127.0.0.1:0/");

    public static async Task<TestNoughts> StartAsync()
    {
        var noughts = new TestNoughts();
        await noughts.StartAgainAsync();
        return noughts;
    }

    public async Task StartAgainAsync()
    {
        using var deadline = Deadline.Start();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = _folder.FullName });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Page.ToString());
        builder.Services.AddTPacketServer().UseSqlite(options => options.Path = Path.Combine(_folder.FullName, "noughts.db")).AddGame<NoughtsAndCrosses>("*");
        _app = builder.Build();
        _app.UseFileServer();
        _app.MapTPacket("/rooms");
        await _app.StartAsync(deadline.Token);
        Page = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    /// <summary>Waits until a seat of the table is taken.</summary>
    public async Task IsSeatedAsync()
    {
        using var deadline = Deadline.Start();
        var rooms = _app!.Services.GetRequiredService<IRoomDirectory>();
        while (rooms.Find("table") is not { } room || !room.TryGetState<GameState<string, int>>(out var game) || game.Seats.All(static seat => seat.IsFree))
            await Task.Delay(5, deadline.Token);
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

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    [GeneratedRegex(@"^`wwwroot/(?<name>[^`]+)`:\n\n```\w+\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex PageFile();
}
