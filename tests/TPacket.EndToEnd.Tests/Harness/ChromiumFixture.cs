using TPacket.Interop.Tests.Peers;
using Xunit.Abstractions;

namespace TPacket.EndToEnd.Tests.Harness;

/// <summary>A browser's page with the TypeScript client's bundle.</summary>
public sealed class ChromiumFixture(IMessageSink console) : IAsyncLifetime, IClientPlatform
{
    private static readonly Dictionary<string, string> _files = new()
    {
        ["/"] = "browser/index.html",
        ["/lines.mjs"] = "browser/lines.mjs",
        ["/page.mjs"] = "typescript/page.mjs",
        ["/steer.mjs"] = "typescript/steer.mjs",
        ["/tpacket-client.min.js"] = TypeScriptPackage.Bundle,
    };

    private PageServer? _server;
    private ChromiumProcess? _browser;

    public bool IsBrowser => true;

    public async Task InitializeAsync()
    {
        var program = await ChromiumProcess.FindAsync(console);
        await TypeScriptPackage.BuildAsync(console);
        _server = await PageServer.StartAsync(_files);
        _browser = ChromiumProcess.Start(program, _server.Page);
        _ = TellEndAsync(_browser, _server);
        await _server.LoadedAsync();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    SteeredPeer IClientPlatform.Add() => _server!.Add();

    private static async Task TellEndAsync(ChromiumProcess browser, PageServer server) => server.OnEnded(await browser.Ended);
}
