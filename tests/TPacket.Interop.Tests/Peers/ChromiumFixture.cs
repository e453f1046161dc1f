using Xunit.Abstractions;

namespace TPacket.Interop.Tests.Peers;

/// <summary>The WebSocket of a headless browser: Chromium or Chrome, which the fixture installs from Debian's packages where it can.</summary>
public sealed class ChromiumFixture(IMessageSink console) : IAsyncLifetime, IPeerClient
{
    private static readonly Dictionary<string, string> _files = new()
    {
        ["/"] = "browser/index.html",
        ["/page.mjs"] = "browser/page.mjs",
        ["/lines.mjs"] = "browser/lines.mjs",
        ["/connection.mjs"] = "node/connection.mjs",
        ["/messages.mjs"] = "node/messages.mjs",
    };

    private PageServer _server = null!;
    private ChromiumProcess _browser = null!;

    public async Task InitializeAsync()
    {
        var program = await ChromiumProcess.FindAsync(console);
        _server = await PageServer.StartAsync(_files);
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
