using TPacket.Interop.Tests.Peers;
using Xunit.Abstractions;

namespace TPacket.EndToEnd.Tests.Harness;

/// <summary>Node with the TypeScript client.</summary>
public sealed class NodeFixture(IMessageSink console) : IAsyncLifetime, IClientPlatform
{
    private NodeProcess? _process;

    public bool IsBrowser => false;

    internal string Node { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Node = await Tool.FindNodeAsync(console);
        await TypeScriptPackage.BuildAsync(console);
        _process = await NodeProcess.StartAsync(Node, Path.Combine(AppContext.BaseDirectory, "typescript", "node.mjs"), TypeScriptPackage.Folder);
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    SteeredPeer IClientPlatform.Add() => _process!.Add();
}
