using Xunit.Abstractions;

namespace TPacket.Interop.Tests.Peers;

/// <summary>The WebSocket of a browser without a window: Chromium or Chrome, which is installed where Debian's packages can be.</summary>
public sealed class ChromiumFixture(IMessageSink console) : IAsyncLifetime, IPeerClient
{
    private static readonly string[] _places =
    [
        "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "/usr/lib/chromium/chromium", "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe", @"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    ];

    private PageServer _server = null!;
    private ChromiumProcess _browser = null!;

    public async Task InitializeAsync()
    {
        var program = await Tool.FindOrInstallAsync(console, "chromium", _places);
        _server = await PageServer.StartAsync();
        _browser = ChromiumProcess.Start(program, _server.Page);
        _ = TellEndAsync();
        await _server.LoadedAsync();
    }

    // xunit calls this also when the initialization has failed.
    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    public Peer Connect(Uri uri, ClientOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var peer = _server.Add();
        peer.DoAsync($"connect {uri} {string.Join(' ', offer.Subprotocols)}".TrimEnd());
        return peer;
    }

    private async Task TellEndAsync() => _server.OnEnded(await _browser.Ended);
}
