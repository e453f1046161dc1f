using System.Text.Json;

namespace TPacket.Interop.Tests;

/// <summary>The lock file has a hash of each npm package, but no registry: the machine's own setting chooses it.</summary>
public class NpmPackageTests
{
    [Fact]
    public async Task The_lock_file_has_one_version_and_its_digest_and_names_no_registry()
    {
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "node", "package-lock.json")));
        var packages = file.RootElement.GetProperty("packages").EnumerateObject().Where(static package => package.Name.Length > 0).ToArray();

        var ws = Assert.Single(packages);
        Assert.Equal(("node_modules/ws", "8.23.0"), (ws.Name, ws.Value.GetProperty("version").GetString()));
        Assert.StartsWith("sha512-", ws.Value.GetProperty("integrity").GetString(), StringComparison.Ordinal);
        Assert.False(ws.Value.TryGetProperty("resolved", out _));
    }
}
