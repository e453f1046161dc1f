using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TPacket.Interop.Tests;
using TPacket.Pages.Tests.Harness;

namespace TPacket.Pages.Tests;

/// <summary>The page without a bundler in docs/clients.md.</summary>
public sealed partial class ClientsPageTests(ChromiumFixture browser) : IClassFixture<ChromiumFixture>, IAsyncLifetime
{
    private const string Address = "ws://localhost:25021/";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-clients-page-");
    private WebApplication _app = null!;
    private Uri _page = null!;

    public async Task InitializeAsync()
    {
        using var deadline = Deadline.Start();
        var root = _folder.CreateSubdirectory("wwwroot").FullName;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = _folder.FullName });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddTPacketServer();
        _app = builder.Build();
        _app.UseFileServer();
        _app.MapTPacket("/rooms");
        await _app.StartAsync(deadline.Token);
        _page = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

        var pages = Path.Combine(AppContext.BaseDirectory, "pages");
        var html = Assert.Single(Block().Matches(File.ReadAllText(Path.Combine(pages, "clients.md")).ReplaceLineEndings("\n"))).Groups[1].Value;
        Assert.Contains(Address, html, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(root, "index.html"), html.Replace(Address, $"ws://{_page.Authority}/rooms", StringComparison.Ordinal));
        File.Copy(Path.Combine(pages, "tpacket-client.min.js"), Path.Combine(root, "tpacket-client.min.js"));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_page_shows_its_own_message()
    {
        await using var page = await browser.Tools.OpenAsync(_page, focus: "");

        await page.ShowsAsync("document.querySelector('ul').textContent", "alice: hello");
        Assert.Empty(page.Complaints());
    }

    [GeneratedRegex("^```html\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
