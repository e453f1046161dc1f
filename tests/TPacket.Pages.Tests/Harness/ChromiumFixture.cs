using TPacket.Interop.Tests;
using TPacket.Interop.Tests.Peers;
using Xunit.Abstractions;

namespace TPacket.Pages.Tests.Harness;

/// <summary>A headless browser, which the fixture installs where it can.</summary>
public sealed class ChromiumFixture(IMessageSink console) : IAsyncLifetime
{
    private ChromiumProcess? _browser;
    private DevTools? _tools;

    internal DevTools Tools => _tools!;

    public async Task InitializeAsync()
    {
        var program = await ChromiumProcess.FindAsync(console);
        using var deadline = Deadline.Start();
        _browser = ChromiumProcess.Start(program, new Uri("about:blank"), "--remote-debugging-port=0");
        _tools = await DevTools.ConnectAsync(await _browser.FindDevToolsAsync(deadline.Token), deadline.Token);
    }

    public async Task DisposeAsync()
    {
        if (_tools is not null)
            await _tools.DisposeAsync();
        if (_browser is not null)
            await _browser.DisposeAsync();
    }
}
