using TPacket.Interop.Tests.Peers;
using Xunit.Abstractions;

namespace TPacket.EndToEnd.Tests.Harness;

/// <summary>clients/typescript, installed and built in its own folder.</summary>
internal static class TypeScriptPackage
{
    private static readonly SemaphoreSlim _gate = new(1);
    private static bool _built;

    public static string Folder { get; } = Path.Combine(Root(), "clients", "typescript");

    public static string Bundle => Path.Combine(Folder, "dist", "tpacket-client.min.js");

    /// <summary>The names of the test files that Node runs.</summary>
    public static IEnumerable<string> TestFiles => Directory.GetFiles(Path.Combine(Folder, "test"), "*.test.mjs").Select(static file => Path.GetFileName(file));

    /// <summary>Installs the packages for the build, unless they are installed, and builds once.</summary>
    public static async Task BuildAsync(IMessageSink console)
    {
        await _gate.WaitAsync();
        try
        {
            if (_built)
                return;
            await using var exclusive = await Tool.LockAsync(Path.Combine(Root(), "artifacts", "typescript.lock"));
            var npm = await Tool.FindNpmAsync(console);
            await InstallAsync(console, npm);
            await Tool.RunInAsync(Folder, npm, "run", "build");
            _built = true;
        }
        finally
        {
            _gate.Release();
        }
    }

    private static async Task InstallAsync(IMessageSink console, string npm)
    {
        var wanted = await File.ReadAllTextAsync(Path.Combine(Folder, "package-lock.json"));
        var installed = Path.Combine(Folder, "node_modules", "installed.json");
        if (File.Exists(installed) && await File.ReadAllTextAsync(installed) == wanted)
            return;
        Tool.Say(console, $"Installing npm packages into {Folder}.");
        // The scripts of the packages only check the installation.
        await Tool.RunInAsync(Folder, npm, "ci", "--ignore-scripts");
        await File.WriteAllTextAsync(installed, wanted);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "TPacket.Net.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run from within the source tree.");
        return folder;
    }
}
