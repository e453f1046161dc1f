using System.Text.Json;
using TPacket.Interop.Tests.Tls;
using Xunit.Abstractions;

namespace TPacket.Interop.Tests.Peers;

/// <summary>Node's package <c>ws</c> in both roles, installed into artifacts/interop as node/package-lock.json says.</summary>
public sealed class NodeFixture(IMessageSink console) : IAsyncLifetime, IPeerClient, IPeerServer
{
    private NodeProcess _process = null!;
    private string[] _ports = [];

    public async Task InitializeAsync()
    {
        var node = await Tool.FindNodeAsync(console);
        _process = await NodeProcess.StartAsync(node, Path.Combine(await InstallAsync(), "peer.mjs"));
        _ports = _process.Greeting.Split(' ')[1..];
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    public Peer Connect(Uri uri, ClientOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var peer = _process.Add();
        var options = new { protocols = offer.Subprotocols, autoPong = offer.AnswersPings, perMessageDeflate = offer.Deflate?.ForNode() ?? (object)false, ca = TestCertificate.Pem };
        peer.DoAsync($"connect {uri} {JsonSerializer.Serialize(options)}");
        return peer;
    }

    public (Uri Uri, Peer Peer) Expect(string treatment = "", Agreement? deflate = null, bool tls = false)
    {
        var peer = _process.Add();
        if (deflate is not null)
            treatment = $"deflate={Uri.EscapeDataString(JsonSerializer.Serialize(deflate.ForNode()))}";
        return (new Uri($"{(tls ? $"wss://127.0.0.1:{_ports[1]}" : $"ws://127.0.0.1:{_ports[0]}")}/{peer.Id}?{treatment}"), peer);
    }

    /// <summary>Copies the scripts into the folder of the package, and installs the package unless it is installed.</summary>
    private async Task<string> InstallAsync()
    {
        // The tests lie in <artifacts>/bin/<project>/<configuration>.
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var folder = Directory.CreateDirectory(Path.Combine(output.Parent!.Parent!.Parent!.FullName, "interop")).FullName;
        var wanted = await File.ReadAllTextAsync(Path.Combine(output.FullName, "node", "package-lock.json"));
        var installed = Path.Combine(folder, "installed.json");
        var isInstalled = File.Exists(installed) && await File.ReadAllTextAsync(installed) == wanted;
        foreach (var file in Directory.GetFiles(Path.Combine(output.FullName, "node")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (isInstalled)
            return folder;

        var npm = await Tool.FindNpmAsync(console);
        Tool.Say(console, $"Installing the npm package ws into {folder}.");
        await Tool.RunInAsync(folder, npm, "ci");
        await File.WriteAllTextAsync(installed, wanted);
        return folder;
    }
}
